"""Read back what was made, and start the rule's evaluation, whose verdict is the proof.

A difference fails the execution; if AWS Config refuses to evaluate, that is only reported.
"""

import json
import time
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

ATTEMPTS = 5  # for a moment AWS may return the earlier state


def missing(events: dict[str, Any]) -> list[str]:
    """Return what was planned but does not exist."""
    plan, group, topic = events["Plan"], events["Group"], events["Topic"]
    region, metric = group["Region"], [plan["Namespace"], plan["MetricName"]]
    pages = boto3.client("logs", region_name=region).get_paginator("describe_metric_filters")
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
    cloudwatch = boto3.client("cloudwatch", region_name=region)
    alarms = cloudwatch.describe_alarms(AlarmNames=[plan["AlarmName"]])["MetricAlarms"]
    if [
        [one.get("Namespace"), one.get("MetricName")]
        for one in alarms
        if topic["Arn"] in one["AlarmActions"]
    ] != [metric]:
        lacking.append(f"alarm {plan['AlarmName']}")
    sns = boto3.client("sns", region_name=region)
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


def start(config: Any, name: str) -> str:
    """Start a rule's evaluation; return that, or why it was not started."""
    try:
        config.start_config_rules_evaluation(ConfigRuleNames=[name])
    except (ClientError, BotoCoreError) as error:
        return f"not started for {name}: {error}"
    return f"started for {name}"


def reevaluation(name: str, region: str) -> str:
    """Start the evaluation of the rule or of the packs' rules; return the result."""
    config = boto3.client("config", region_name=region)
    try:
        results = [start(config, one) for one in rules(config, name)]
    except (ClientError, BotoCoreError) as error:
        results = [f"not started: {error}"]
    return "; ".join(results) or f"not started: no rule {name} in {region}"


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
    evaluation = "not started: nothing was changed"
    # Otherwise the verdict would not change, and would start an automatic remediation again.
    if done or "NON_COMPLIANT" not in topic["ToDo"]:
        evaluation = reevaluation(events["ConfigRuleName"], events["Region"])
    return {
        "Made": done,
        "Reused": topic["Reuse"] + plan["Reuse"],
        "LeftAlone": topic["Leave"] + plan["Leave"],
        "ToDo": topic["ToDo"] or "Nothing.",
        "Reevaluation": evaluation,
    }
