"""A metric alarm as DescribeAlarms tells of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.arn import Arn
from alarmchain.chain.alarm.alarm_actions import Actions
from alarmchain.chain.alarm.alarm_state import DAY, AlarmState
from alarmchain.chain.alarm.evaluation import MISSING, SIGNS, Terms
from alarmchain.chain.api_item import integer, mapping, number, structures, text
from alarmchain.chain.metric.metric_signal import Metric
from alarmchain.chain.metric.time_series import Undecided
from alarmchain.chain.metric_math.metric_query import Query, read_metric

_NOT_FOLLOWED = {
    "ThresholdMetricId": "compares with an anomaly detection band",
    "EvaluationCriteria": "evaluates a PromQL query",
    "EvaluationInterval": "evaluates a PromQL query",
    "WarmUpConfiguration": "has a warm-up period, in which it does nothing",
}
"""Members whose effect on one event the documents leave open, with what they do."""

_HOUR, _WEEK = 3600, 604_800


@dataclass(frozen=True, slots=True)
class MetricAlarm:
    """A DescribeAlarms MetricAlarms item, with the API's defaults.

    `metric`: that of an alarm on a single metric. `queries`: those of one on metric math. What is
    absent or malformed is None or "". `not_followed`: why its effect can't be told, or "".
    """

    name: str
    arn: str
    metric: Metric | None
    statistic: str
    unit: str
    period: int | None
    queries: tuple[Query, ...]
    operator: str
    threshold: float | None
    evaluation_periods: int | None
    datapoints_to_alarm: int | None
    missing: str
    low_samples: str
    not_followed: str
    standing: AlarmState
    actions: Actions

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> "MetricAlarm":
        """From the API's item; whatever is malformed in it makes the judgement unknown."""
        periods = integer(item, "EvaluationPeriods")
        told = item.get("DatapointsToAlarm") is not None
        return cls(
            name=text(item, "AlarmName"),
            arn=text(item, "AlarmArn"),
            metric=read_metric(item) if text(item, "MetricName") else None,
            statistic=text(item, "ExtendedStatistic") or text(item, "Statistic"),
            unit=text(item, "Unit"),
            period=integer(item, "Period"),
            queries=tuple(Query.read(one) for one in structures(item, "Metrics")),
            operator=text(item, "ComparisonOperator"),
            threshold=number(item, "Threshold"),
            evaluation_periods=periods,
            datapoints_to_alarm=integer(item, "DatapointsToAlarm") if told else periods,
            missing=_told(item, "TreatMissingData", "missing"),
            low_samples=_told(item, "EvaluateLowSampleCountPercentile", "evaluate"),
            not_followed=_not_followed(item),
            standing=AlarmState.read(item),
            actions=Actions.read(item),
        )

    @property
    def account(self) -> str:
        """The account that owns the alarm, "" if its ARN does not tell."""
        arn = Arn.parse(self.arn)
        return arn.account if arn else ""

    @property
    def limit(self) -> float:
        """After how many seconds in ALARM it is stuck: a day, or N + 5 periods if they are more."""
        periods = [self.period or 0, *(one.period or 0 for one in self.queries)]
        return max(DAY, ((self.evaluation_periods or 0) + 5) * max(periods))

    def watches(self) -> tuple[Metric, ...]:
        """The metrics of its own account that it reads, each once."""
        if self.metric is not None:
            return (self.metric,)
        own = (one.metric for one in self.queries if one.metric and one.of(self.account))
        return tuple(dict.fromkeys(own))

    def terms(self, period: int | None) -> Terms:
        """How it judges a series of that period; Undecided where a member is absent or none that
        AWS accepts."""
        if self.operator not in SIGNS:
            raise Undecided(f"its ComparisonOperator {self.operator or 'none'} can't be followed")
        if self.threshold is None:
            raise Undecided("its Threshold can't be read")
        if self.missing not in MISSING:
            raise Undecided(f"its TreatMissingData {self.missing} can't be followed")
        m, n = self.datapoints_to_alarm, self.evaluation_periods
        if m is None or n is None or not 1 <= m <= n:
            raise Undecided(f"DatapointsToAlarm {m} of EvaluationPeriods {n} can't be followed")
        if period is None or period < 1 or (period > 60 and period % 60):
            raise Undecided(f"a period of {period} s can't be followed")
        if period < 60:
            raise Undecided(f"a period of {period} s is shorter than a metric filter's minute")
        if n * period > (DAY if period < _HOUR else _WEEK):
            raise Undecided(f"{n} periods of {period} s are more than an alarm looks back")
        return Terms(SIGNS[self.operator], self.threshold, period, n, m, self._missing())

    def _missing(self) -> str:
        """How missing data is treated; alarms on AWS/DynamoDB always ignore it [B]."""
        on_dynamo = any(one.namespace == "AWS/DynamoDB" for one in self.watches())
        return "ignore" if on_dynamo else self.missing


def _told(item: Mapping[str, Any], member: str, default: str) -> str:
    """The member's text; the default if it is absent, "?" if it is no text."""
    if item.get(member) is None:
        return default
    return text(item, member) or "?"


def _not_followed(item: Mapping[str, Any]) -> str:
    for member, does in _NOT_FOLLOWED.items():
        if item.get(member):
            return does
    window = item.get("EvaluationWindow")
    if window and "SlidingWindow" not in mapping(item, "EvaluationWindow"):
        return "evaluates a wall clock window"
    if item.get("EvaluationState"):
        return f"its evaluation is in the state {item['EvaluationState']}"
    return ""
