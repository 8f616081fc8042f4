"""Read back what was made, and start the rule's evaluation, whose verdict is the proof.

A difference fails the execution. If AWS Config refuses to evaluate, the result says what to do.
"""

import json
import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from alarmchain.remediation.steps.clients import client

ATTEMPTS = 5  # for a moment AWS may return the earlier state
PATIENCE, PAUSE = 120, 20  # seconds; a step has 600
BUSY = ("LimitExceededException", "ResourceInUseException")


def missing(events: dict[str, Any]) -> list[str]:
    """Return what was planned but does not exist."""
    plan, group, topic = events["Plan"], events["Group"], events["Topic"]
    region, metric = group["Region"], [plan["Namespace"], plan["MetricName"]]
    pages = client("logs", region).get_paginator("describe_metric_filters")
    fed = {
        one["filterName"]: one["filterPattern"]
        for page in pages.paginate(logGroupName=group["Name"])
        for one in page["metricFilters"]
        for to in one["metricTransformations"]
        if [to["metricNamespace"], to["metricName"]] == metric
    }
    put = plan["PutFilters"]
    lacking = [
        f"metric filter {name}"
        for name in plan["Filters"]
        if name not in fed or put.get(name, fed[name]) != fed[name]
    ]
    cloudwatch = client("cloudwatch", region)
    alarms = cloudwatch.describe_alarms(AlarmNames=[plan["AlarmName"]])["MetricAlarms"]
    if [
        [one.get("Namespace"), one.get("MetricName")]
        for one in alarms
        if topic["Arn"] in one["AlarmActions"]
    ] != [metric]:
        lacking.append(f"alarm {plan['AlarmName']}")
    sns = client("sns", region)
    has = sns.get_topic_attributes(TopicArn=topic["Arn"])["Attributes"]
    if topic["KmsMasterKeyId"] not in ("", has.get("KmsMasterKeyId")):
        lacking.append(f"key of topic {topic['Arn']}")
    ours = topic["Statement"]
    if ours and ours not in json.loads(has.get("Policy", "{}")).get("Statement", []):
        lacking.append(f"policy of topic {topic['Arn']}")
    return lacking


def rules(config: Any, name: str) -> list[str]:
    """Return the rule, or else the conformance packs' rules of its name."""
    pages = config.get_paginator("describe_config_rules").paginate()
    names = [one["ConfigRuleName"] for page in pages for one in page["ConfigRules"]]
    packed = [one for one in names if one.startswith(f"{name}-conformance-pack-")]
    return [name] if name in names else packed


def start(config: Any, names: list[str]) -> str:
    """Start the evaluation of up to 25 rules; return "", or why AWS Config refused."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            config.start_config_rules_evaluation(ConfigRuleNames=names)
            return ""
        except (ClientError, BotoCoreError) as error:
            code = getattr(error, "response", {"Error": {"Code": ""}})["Error"]["Code"]
            if code not in BUSY or time.monotonic() > end:
                return str(error)
        time.sleep(PAUSE)


def reevaluation(name: str, region: str) -> tuple[str, str]:
    """Start the evaluation of the rule or of the packs' rules; return the result, and what to do.

    AWS's API reference, StartConfigRulesEvaluation: 25 rules a call, one call a minute, and none
    while an evaluation runs.
    """
    try:
        config = client("config", region)
        names = rules(config, name)
        problems = [start(config, names[at : at + 25]) for at in range(0, len(names), 25)]
        problem = "; ".join(filter(None, problems))
    except (ClientError, BotoCoreError) as error:
        names, problem = [name], str(error)
    if not names:
        return f"not started: no rule {name} in {region}", ""
    listed = " ".join(names)
    if not problem:
        return f"started for {listed}", ""
    command = f"aws configservice start-config-rules-evaluation --region {region}"
    return f"not started for {listed}: {problem}", (
        "Until the next evaluation, up to 24 hours, AWS Config shows the old verdict. To start it: "
        f"{command} --config-rule-names {listed}"
    )


def handler(events: dict[str, Any], context: Any) -> dict[str, Any]:
    """Return what was made, reused and left alone, what a person must do, and the evaluation."""
    plan, topic, done = events["Plan"], events["Topic"], events["Done"]
    try:
        for attempt in range(ATTEMPTS):
            lacking = missing(events)
            if not lacking:
                break
            time.sleep(attempt)
        else:
            raise ValueError(f"Missing afterwards: {', '.join(lacking)}")
    except Exception as error:
        raise RuntimeError(f"{error}. Done before: {done}. Run it again to finish.") from error
    evaluation, later = "not started: nothing was changed", ""
    # Otherwise the verdict would not change, and would start an automatic remediation again.
    if done or "NON_COMPLIANT" not in topic["ToDo"]:
        evaluation, later = reevaluation(events["ConfigRuleName"], events["Region"])
    return {
        "Made": done,
        "Reused": topic["Reuse"] + plan["Reuse"],
        "LeftAlone": topic["Leave"] + plan["Leave"],
        "ToDo": " ".join(filter(None, [topic["ToDo"], later])) or "Nothing.",
        "Reevaluation": evaluation,
    }
