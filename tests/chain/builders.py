"""A working chain's items: each builder gives something good, a test changes one thing."""

import json
from typing import Any

from alarmchain.chain.alarm.metric_alarm import MetricAlarm
from alarmchain.chain.metric.metric_signal import Contribution, Metric, MetricSignal

ACCOUNT = "123456789012"
REGION = "us-east-1"
NOW = 1_795_000_000.0
METRIC = Metric("CloudTrailMetrics", "M")
OTHER = Metric("CloudTrailMetrics", "N")
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms"


def arn(name: str) -> str:
    """An alarm's ARN."""
    return f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}"


def alarm_item(**changes: Any) -> dict[str, Any]:
    """A DescribeAlarms item that rings on one event; a change to None removes the member."""
    name = changes.get("AlarmName", "A")
    item = {
        "AlarmName": name,
        "AlarmArn": arn(name),
        "MetricName": "M",
        "Namespace": "CloudTrailMetrics",
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        "ActionsEnabled": True,
        "AlarmActions": [TOPIC],
        "StateValue": "OK",
        **changes,
    }
    return {member: value for member, value in item.items() if value is not None}


def alarm(**changes: Any) -> MetricAlarm:
    """The same, read."""
    return MetricAlarm.read(alarm_item(**changes))


def math_alarm(*queries: dict[str, Any], **changes: Any) -> MetricAlarm:
    """An alarm on metric math."""
    none = dict.fromkeys(("MetricName", "Namespace", "Statistic", "Period"))
    return alarm(**none, Metrics=list(queries), **changes)


def query(
    name: str = "m1", metric: Metric = METRIC, *, returned: bool = False, **changes: Any
) -> dict[str, Any]:
    """A metric among an alarm's Metrics."""
    dimensions = [{"Name": key, "Value": value} for key, value in metric.dimensions]
    named = {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}
    stat = {"Metric": named, "Period": 300, "Stat": "Sum"}
    account = changes.pop("AccountId", None)
    found = {"Id": name, "MetricStat": {**stat, **changes}, "ReturnData": returned}
    return found | ({"AccountId": account} if account else {})


def expression(text: str, name: str = "e1", *, returned: bool = True) -> dict[str, Any]:
    """An expression among an alarm's Metrics."""
    return {"Id": name, "Expression": text, "ReturnData": returned}


def signals(*sure: Contribution, maybe: tuple[Contribution, ...] = (), doubt: str = "") -> Any:
    """What one event writes to METRIC: by default a 1."""
    return {METRIC: MetricSignal(METRIC, sure or (Contribution(),), maybe, doubt)}


def policy(*statements: dict[str, Any]) -> str:
    """A resource policy's text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def statement(**changes: Any) -> dict[str, Any]:
    """A statement that lets CloudWatch publish; a change to None removes the element."""
    good = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": TOPIC,
        **changes,
    }
    return {element: value for element, value in good.items() if value is not None}


DEFAULT_STATEMENT = {
    "Sid": "__default_statement_ID",
    "Effect": "Allow",
    "Principal": {"AWS": "*"},
    "Action": ["SNS:Publish", "SNS:Subscribe"],
    "Resource": TOPIC,
    "Condition": {"StringEquals": {"AWS:SourceOwner": ACCOUNT}},
}
"""The one with which SNS makes a topic."""


def topic_item(**attributes: Any) -> dict[str, Any]:
    """A snapshot's topic with the default policy and one confirmed subscription."""
    found = {"Policy": policy(DEFAULT_STATEMENT), **attributes}
    return {
        "TopicArn": TOPIC,
        "Attributes": {name: value for name, value in found.items() if value is not None},
        "Subscriptions": [subscription()],
    }


def subscription(**attributes: Any) -> dict[str, Any]:
    """A confirmed subscription."""
    return {
        "SubscriptionArn": f"{TOPIC}:00000000-0000-0000-0000-000000000000",
        "Protocol": "email",
        "Endpoint": "a@b.c",
        "Attributes": attributes,
    }
