"""Reads what now stands, and lets AWS Config evaluate the rule anew: its verdict is the proof.

A difference fails the execution; AWS Config's refusal to evaluate is told, and no failure.
"""

import json
import time
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

ATTEMPTS = 5  # AWS may answer from before the change for a moment


def missing(events: dict[str, Any]) -> list[str]:
    """What was planned and is not there."""
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
    """The rule itself, else its namesakes in conformance packs."""
    pages = config.get_paginator("describe_config_rules").paginate()
    names = [one["ConfigRuleName"] for page in pages for one in page["ConfigRules"]]
    packed = [one for one in names if one.startswith(f"{name}-conformance-pack-")]
    return [name] if name in names else packed


def start(config: Any, name: str) -> str:
    """Starts one rule's evaluation; says so, or why not."""
    try:
        config.start_config_rules_evaluation(ConfigRuleNames=[name])
    except (ClientError, BotoCoreError) as error:
        return f"not started for {name}: {error}"
    return f"started for {name}"


def reevaluation(name: str, region: str) -> str:
    """Starts the evaluation of the rule or of its namesakes; says what came of it."""
    config = boto3.client("config", region_name=region)
    try:
        said = [start(config, one) for one in rules(config, name)]
    except (ClientError, BotoCoreError) as error:
        said = [f"not started: {error}"]
    return "; ".join(said) or f"not started: no rule {name} in {region}"


def handler(events: dict[str, Any], context: Any) -> dict[str, Any]:
    """What was made, reused, left alone, what a person has to do yet, and the re-evaluation."""
    plan, topic, done = events["Plan"], events["Topic"], events["Done"]
    try:
        for attempt in range(ATTEMPTS):
            lacking = missing(events)
            if not lacking:
                break
            time.sleep(attempt)
        else:
            raise ValueError(f"Not to be read back: {', '.join(lacking)}")
    except Exception as error:
        raise RuntimeError(f"{error}. Done before: {done}. Start again to finish.") from error
    said = "not started: nothing was changed"
    # Else the verdict would stay, and start an automatic remediation anew.
    if done or "NON_COMPLIANT" not in topic["ToDo"]:
        said = reevaluation(events["ConfigRuleName"], events["Region"])
    return {
        "Made": done,
        "Reused": topic["Reuse"] + plan["Reuse"],
        "LeftAlone": topic["Leave"] + plan["Leave"],
        "ToDo": topic["ToDo"] or "Nothing.",
        "Reevaluation": said,
    }
