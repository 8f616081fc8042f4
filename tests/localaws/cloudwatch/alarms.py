"""Alarms to put into the local AWS for its tests."""

from __future__ import annotations

from typing import Any

ACCOUNT = "123456789012"


def put(client: Any, name: str = "a", **changes: Any) -> None:
    """Create an alarm that goes off at one data point of n/m. None drops a member."""
    good = {
        "AlarmName": name,
        "MetricName": "m",
        "Namespace": "n",
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }
    client.put_metric_alarm(**{k: v for k, v in (good | changes).items() if v is not None})


def publish(client: Any, value: float = 1.0, **changes: Any) -> None:
    client.put_metric_data(
        Namespace="n", MetricData=[{"MetricName": "m", "Value": value} | changes]
    )


def state(client: Any, name: str = "a") -> str:
    response = client.describe_alarms(
        AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    (alarm,) = response["MetricAlarms"] + response["CompositeAlarms"]
    return str(alarm["StateValue"])


def names(answer: dict[str, Any], kind: str = "MetricAlarms") -> list[str]:
    return [alarm["AlarmName"] for alarm in answer[kind]]


def actions(client: Any, name: str = "a") -> list[str]:
    items = client.describe_alarm_history(AlarmName=name, HistoryItemType="Action")
    return [item["HistorySummary"] for item in items["AlarmHistoryItems"]]


def mute(client: Any, name: str = "r", **changes: Any) -> None:
    schedule = {"Expression": "cron(* * * * *)", "Duration": "PT1H"}
    request = {"Name": name, "Rule": {"Schedule": schedule}, "MuteTargets": {"AlarmNames": ["a"]}}
    client.put_alarm_mute_rule(**request | changes)
