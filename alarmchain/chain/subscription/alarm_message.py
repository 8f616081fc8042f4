"""The JSON that an alarm publishes when it goes to ALARM, as far as it follows from the alarm.

Source: CloudWatch user guide, "Notify users on alarm changes", and the notifications that AWS shows
in its guides. Members that neither shows are left out.
"""

from collections.abc import Mapping
from typing import Any

from alarmchain.arn import Arn
from alarmchain.chain.api_item import number, text
from alarmchain.chain.subscription.filter_policy import PRESENT, OneOf

Message = Mapping[str, Any]
"""The known members of an alarm's message, nested as they are."""

_REGIONS = {
    "us-east-1": "US East (N. Virginia)",
    "eu-west-1": "EU (Ireland)",
    "eu-central-1": "EU (Frankfurt)",
}
"""The names of regions in messages, as notifications show them."""
_STATISTICS = {"Sum": "SUM", "Average": "AVERAGE", "Minimum": "MINIMUM", "Maximum": "MAXIMUM"}


def alarm_message(item: Mapping[str, Any]) -> Message:
    """Return what is known of the message of an alarm.

    `item`: of DescribeAlarms, of any kind of alarm. The message may have further members: a filter
    on them is not decided.
    """
    arn = Arn.parse(item.get("AlarmArn"))
    message: dict[str, Any] = {
        "AlarmName": text(item, "AlarmName"),
        "AlarmArn": text(item, "AlarmArn"),
        "NewStateValue": "ALARM",
        "OldStateValue": OneOf(("OK", "INSUFFICIENT_DATA")),
        "NewStateReason": PRESENT,
        "StateChangeTime": PRESENT,
        "Region": _REGIONS.get(arn.region, PRESENT) if arn else PRESENT,
    }
    if text(item, "AlarmDescription"):  # one with an address is not read
        message["AlarmDescription"] = text(item, "AlarmDescription")
    if arn is not None:
        message["AWSAccountId"] = arn.account
    if text(item, "MetricName"):
        message["Trigger"] = _trigger(item)
    elif text(item, "AlarmRule"):
        message["AlarmRule"] = text(item, "AlarmRule")
    return message


def _trigger(item: Mapping[str, Any]) -> Message:
    """Return the Trigger of an alarm on a single metric.

    TreatMissingData is present, but AWS has written its value in several ways.
    """
    known: dict[str, Any] = {
        name: text(item, name) for name in ("MetricName", "Namespace", "ComparisonOperator")
    }
    known |= {name: number(item, name) for name in ("Period", "EvaluationPeriods", "Threshold")}
    statistic = text(item, "Statistic")
    if statistic:
        known["StatisticType"] = "Statistic"
        known["Statistic"] = _STATISTICS.get(statistic, PRESENT)
    return {
        **{name: value for name, value in known.items() if value not in ("", None)},
        "Unit": text(item, "Unit") or None,
        "Dimensions": PRESENT,
        "TreatMissingData": PRESENT,
    }
