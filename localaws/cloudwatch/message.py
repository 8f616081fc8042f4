"""The JSON that CloudWatch publishes to SNS when an alarm changes its state, and its subject."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import botocore.session

from localaws.cloudwatch.engine import Transition

SUBJECT_LIMIT = 100


@cache
def region_name(region: str) -> str:
    """Return ``US East (N. Virginia)`` for us-east-1; the region itself if botocore has no name."""
    for partition in botocore.session.Session().get_data("endpoints")["partitions"]:
        description = partition["regions"].get(region)
        if description:
            return str(description["description"])
    return region


def timestamp(seconds: float) -> str:
    """Return the time in CloudWatch's form: ``2026-11-20T12:00:00.000+0000``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + (
        f"{int(seconds % 1 * 1000):03}+0000"
    )


def subject(alarm: Mapping[str, Any], state: str, region: str) -> str:
    """Return ``ALARM: "name" in US East (N. Virginia)``, cut at SNS's limit."""
    return f'{state}: "{alarm["AlarmName"]}" in {region_name(region)}'[:SUBJECT_LIMIT]


def message(alarm: Mapping[str, Any], transition: Transition) -> str:
    """Return the message for a transition of an alarm (a DescribeAlarms item)."""
    region, account = alarm["AlarmArn"].split(":")[3:5]
    body = {
        "AlarmName": alarm["AlarmName"],
        "AlarmDescription": alarm.get("AlarmDescription"),
        "AWSAccountId": account,
        "AlarmConfigurationUpdatedTimestamp": timestamp(
            alarm["AlarmConfigurationUpdatedTimestamp"].timestamp()
        ),
        "NewStateValue": transition.new,
        "NewStateReason": transition.reason,
        "StateChangeTime": timestamp(transition.time),
        "Region": region_name(region),
        "AlarmArn": alarm["AlarmArn"],
        "OldStateValue": transition.old,
        "OKActions": alarm.get("OKActions") or [],
        "AlarmActions": alarm.get("AlarmActions") or [],
        "InsufficientDataActions": alarm.get("InsufficientDataActions") or [],
    }
    if "AlarmRule" in alarm:
        return json.dumps(body | {"AlarmRule": alarm["AlarmRule"]})
    return json.dumps(body | {"Trigger": _trigger(alarm)})


def _trigger(alarm: Mapping[str, Any]) -> dict[str, Any]:
    shared = {
        "Period": alarm.get("Period"),
        "EvaluationPeriods": alarm.get("EvaluationPeriods"),
        "DatapointsToAlarm": alarm.get("DatapointsToAlarm"),
        "ComparisonOperator": alarm.get("ComparisonOperator"),
        "Threshold": alarm.get("Threshold"),
        "TreatMissingData": alarm.get("TreatMissingData") or "missing",
        "EvaluateLowSampleCountPercentile": alarm.get("EvaluateLowSampleCountPercentile") or "",
    }
    if alarm.get("Metrics"):
        return shared | {"Metrics": alarm["Metrics"]}
    dimensions = alarm.get("Dimensions") or []
    statistic = alarm.get("Statistic")
    metric = {
        "MetricName": alarm.get("MetricName"),
        "Namespace": alarm.get("Namespace"),
        "StatisticType": "Statistic" if statistic else "ExtendedStatistic",
        "Statistic": statistic.upper() if statistic else alarm.get("ExtendedStatistic"),
        "Unit": alarm.get("Unit"),
        "Dimensions": [{"value": d["Value"], "name": d["Name"]} for d in dimensions],
    }
    return metric | shared
