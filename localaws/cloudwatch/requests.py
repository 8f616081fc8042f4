"""The checks of a PutMetricAlarm request (CloudWatch API, PutMetricAlarm)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localaws.cloudwatch.metric_alarm import OPERATORS
from localaws.cloudwatch.statistics import percentile

TREATMENTS = ("breaching", "notBreaching", "ignore", "missing")
BAND_OPERATORS = (
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
)
_DAY = 86_400
_OTHER_STATISTICS = ("tm", "wm", "tc", "ts", "TM(", "WM(", "TC(", "TS(", "PR(", "IQM")


def validate(alarm: Mapping[str, Any]) -> None:
    """Raise ValueError for an invalid request, with the member and the expected value."""
    _one_source(alarm)
    _enumerated(alarm)
    periods = alarm.get("EvaluationPeriods")
    if periods is None or int(periods) < 1:
        raise ValueError(f"EvaluationPeriods is {periods}; expected 1 or more")
    enough = alarm.get("DatapointsToAlarm")
    if enough is not None and not 1 <= int(enough) <= int(periods):
        raise ValueError(f"DatapointsToAlarm is {enough}; expected 1 to EvaluationPeriods")
    if alarm.get("Threshold") is None and not alarm.get("ThresholdMetricId"):
        raise ValueError("Threshold or ThresholdMetricId is required")
    if alarm.get("MetricName"):
        _period(int(alarm.get("Period") or 0), int(periods))
    for actions in ("AlarmActions", "OKActions", "InsufficientDataActions"):
        if len(alarm.get(actions) or []) > 5:
            raise ValueError(f"{actions}: at most 5 actions")


def _one_source(alarm: Mapping[str, Any]) -> None:
    metric, queries = alarm.get("MetricName"), alarm.get("Metrics")
    if alarm.get("EvaluationCriteria"):
        return
    if bool(metric) == bool(queries):
        raise ValueError("exactly one of MetricName and Metrics is required")
    if metric and not alarm.get("Namespace"):
        raise ValueError("Namespace is required with MetricName")
    simple, extended = alarm.get("Statistic"), alarm.get("ExtendedStatistic")
    if metric and bool(simple) == bool(extended):
        raise ValueError("exactly one of Statistic and ExtendedStatistic is required")
    if extended and percentile(extended) is None and not extended.startswith(_OTHER_STATISTICS):
        raise ValueError(f"The value {extended} for parameter ExtendedStatistic is not supported.")


def _enumerated(alarm: Mapping[str, Any]) -> None:
    allowed = {
        "ComparisonOperator": (*OPERATORS, *BAND_OPERATORS),
        "TreatMissingData": TREATMENTS,
        "EvaluateLowSampleCountPercentile": ("evaluate", "ignore"),
    }
    for member, values in allowed.items():
        value = alarm.get(member)
        if value is not None and value not in values:
            raise ValueError(f"{member} is {value!r}; expected one of {', '.join(values)}")
    if not alarm.get("ComparisonOperator") and not alarm.get("EvaluationCriteria"):
        raise ValueError("ComparisonOperator is required")


def _period(period: int, evaluation_periods: int) -> None:
    if period not in (10, 20, 30) and (period < 60 or period % 60):
        raise ValueError(f"Period is {period}; expected 10, 20, 30 or a multiple of 60")
    longest = 7 * _DAY if period >= 3600 else _DAY
    if period * evaluation_periods > longest:
        raise ValueError(
            f"Metrics cannot be checked across more than {longest} seconds "
            "(EvaluationPeriods * Period)"
        )
