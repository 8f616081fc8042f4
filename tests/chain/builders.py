"""Build the items of a working chain; a test changes one thing in them."""

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
    """Return the ARN of the alarm with this name."""
    return f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}"


def alarm_item(**changes: Any) -> dict[str, Any]:
    """Return an alarm that one event brings to ALARM; a change to None removes the member."""
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
    """Return the alarm of `alarm_item`."""
    return MetricAlarm.read(alarm_item(**changes))


def math_alarm(*queries: dict[str, Any], **changes: Any) -> MetricAlarm:
    """Return an alarm on metric math."""
    none = dict.fromkeys(("MetricName", "Namespace", "Statistic", "Period"))
    return alarm(**none, Metrics=list(queries), **changes)


def query(
    name: str = "m1", metric: Metric = METRIC, *, returned: bool = False, **changes: Any
) -> dict[str, Any]:
    """Return a metric of an alarm's Metrics; `changes` are those of its MetricStat."""
    dimensions = [{"Name": key, "Value": value} for key, value in metric.dimensions]
    named = {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}
    stat = {"Metric": named, "Period": 300, "Stat": "Sum"}
    account = changes.pop("AccountId", None)
    entry = {"Id": name, "MetricStat": {**stat, **changes}, "ReturnData": returned}
    return entry | ({"AccountId": account} if account else {})


def expression(text: str, name: str = "e1", *, returned: bool = True) -> dict[str, Any]:
    """Return an expression of an alarm's Metrics."""
    return {"Id": name, "Expression": text, "ReturnData": returned}


def signals(
    *sure: Contribution, maybe: tuple[Contribution, ...] = (), **more: Any
) -> dict[Metric, MetricSignal]:
    """Return what one event writes to METRIC, by default a 1; `more` are members of the signal."""
    return {METRIC: MetricSignal(METRIC, sure or (Contribution(),), maybe, **more)}


def policy(*statements: dict[str, Any]) -> str:
    """Return the text of a resource policy with these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def statement(**changes: Any) -> dict[str, Any]:
    """Return a statement that allows CloudWatch to publish; a change to None removes it."""
    elements = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": TOPIC,
        **changes,
    }
    return {element: value for element, value in elements.items() if value is not None}


DEFAULT_STATEMENT = {
    "Sid": "__default_statement_ID",
    "Effect": "Allow",
    "Principal": {"AWS": "*"},
    "Action": ["SNS:Publish", "SNS:Subscribe"],
    "Resource": TOPIC,
    "Condition": {"StringEquals": {"AWS:SourceOwner": ACCOUNT}},
}
"""The statement that SNS gives a new topic."""


def topic_item(**attributes: Any) -> dict[str, Any]:
    """Return a snapshot's topic with the default policy and one confirmed subscription."""
    given = {"Policy": policy(DEFAULT_STATEMENT), **attributes}
    return {
        "TopicArn": TOPIC,
        "Attributes": {name: value for name, value in given.items() if value is not None},
        "Subscriptions": [subscription()],
    }


def subscription(**attributes: Any) -> dict[str, Any]:
    """Return a confirmed subscription with these attributes."""
    return {
        "SubscriptionArn": f"{TOPIC}:00000000-0000-0000-0000-000000000000",
        "Protocol": "email",
        "Endpoint": "a@b.c",
        "Attributes": attributes,
    }
