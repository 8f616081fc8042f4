"""A metric alarm, read from a DescribeAlarms item.

Sources: CloudWatch API reference, MetricAlarm and PutMetricAlarm.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.arn import Arn
from alarmchain.chain.alarm.alarm_actions import Actions
from alarmchain.chain.alarm.alarm_state import DAY, AlarmState
from alarmchain.chain.alarm.evaluation import MISSING, SIGNS, Evaluation
from alarmchain.chain.api_item import integer, mapping, number, quote, structures, text
from alarmchain.chain.metric.metric_signal import Metric
from alarmchain.chain.metric.time_series import Undecided
from alarmchain.chain.metric_math.metric_query import Query, read_metric

_UNSUPPORTED = {
    "ThresholdMetricId": "compares with an anomaly detection band",
    "EvaluationCriteria": "evaluates a PromQL query",
    "EvaluationInterval": "evaluates a PromQL query",
    "WarmUpConfiguration": "has a warm-up period",
}
"""Members whose effect on one event is not documented, with what the alarm does by them."""

_HOUR, _WEEK = 3600, 604_800


@dataclass(frozen=True, slots=True)
class MetricAlarm:
    """A MetricAlarms item of DescribeAlarms, with the API's defaults.

    `metric`: that of an alarm on a single metric. `queries`: those of an alarm on metric math. What
    is absent or malformed is None or "". `unsupported`: what the alarm does that is not supported,
    as a predicate ("evaluates a PromQL query"), or "".
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
    unsupported: str
    state: AlarmState
    actions: Actions

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> "MetricAlarm":
        """Return the alarm in the API's item; a malformed member makes the judgement unknown."""
        periods = integer(item, "EvaluationPeriods")
        has_datapoints = item.get("DatapointsToAlarm") is not None
        return cls(
            name=text(item, "AlarmName"),
            arn=text(item, "AlarmArn"),
            metric=read_metric(item) if text(item, "MetricName") else None,
            statistic=text(item, "ExtendedStatistic") or text(item, "Statistic"),
            unit=text(item, "Unit"),
            period=integer(item, "Period"),
            queries=tuple(Query.read(entry) for entry in structures(item, "Metrics")),
            operator=text(item, "ComparisonOperator"),
            threshold=number(item, "Threshold"),
            evaluation_periods=periods,
            datapoints_to_alarm=integer(item, "DatapointsToAlarm") if has_datapoints else periods,
            missing=_text_or_default(item, "TreatMissingData", "missing"),
            low_samples=_text_or_default(item, "EvaluateLowSampleCountPercentile", "evaluate"),
            unsupported=_unsupported(item),
            state=AlarmState.read(item),
            actions=Actions.read(item),
        )

    @property
    def called(self) -> str:
        """What a message calls the alarm."""
        return f"alarm {quote(self.name)}"

    @property
    def account(self) -> str:
        """The account that owns the alarm, "" if its ARN does not say."""
        arn = Arn.parse(self.arn)
        return arn.account if arn else ""

    @property
    def longest_alarm(self) -> float:
        """Seconds in ALARM after which it is stuck: a day, or N + 5 periods if they are longer."""
        periods = [self.period or 0, *(query.period or 0 for query in self.queries)]
        return max(DAY, ((self.evaluation_periods or 0) + 5) * max(periods))

    def watches(self) -> tuple[Metric, ...]:
        """Return the metrics of its own account that it reads, each once."""
        if self.metric is not None:
            return (self.metric,)
        own = (query.metric for query in self.queries if query.metric and query.of(self.account))
        return tuple(dict.fromkeys(own))

    def evaluation(self, period: int | None) -> Evaluation:
        """Return how it evaluates a series of that period, in seconds.

        Raises Undecided if a member is absent, or has a value that AWS does not document.
        """
        if self.operator not in SIGNS:
            raise Undecided(f"ComparisonOperator {self.operator or 'none'} is not supported")
        if self.threshold is None:
            raise Undecided("Threshold is missing or not a number")
        if self.missing not in MISSING:
            raise Undecided(f"TreatMissingData {self.missing} is not supported")
        m, n = self.datapoints_to_alarm, self.evaluation_periods
        if m is None or n is None or not 1 <= m <= n:
            raise Undecided(f"DatapointsToAlarm {m} of EvaluationPeriods {n} is not supported")
        if period is None or period < 1 or (period > 60 and period % 60):
            raise Undecided(f"a period of {period} s is not supported")
        if period < 60:
            raise Undecided(f"a period of {period} s is shorter than a metric filter's minute")
        if n * period > (DAY if period < _HOUR else _WEEK):
            raise Undecided(f"{n} periods of {period} s are more than an alarm may evaluate")
        sign = SIGNS[self.operator]
        return Evaluation(self.called, sign, self.threshold, period, n, m, self._missing())

    def _missing(self) -> str:
        """Return how it treats missing data; alarms on AWS/DynamoDB always ignore it.

        Source: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data".
        """
        on_dynamo = any(metric.namespace == "AWS/DynamoDB" for metric in self.watches())
        return "ignore" if on_dynamo else self.missing


def _text_or_default(item: Mapping[str, Any], member: str, default: str) -> str:
    """Return the member's text, the default if it is absent, "?" if it is not a text."""
    if item.get(member) is None:
        return default
    return text(item, member) or "?"


def _unsupported(item: Mapping[str, Any]) -> str:
    for member, predicate in _UNSUPPORTED.items():
        if item.get(member):
            return predicate
    window = item.get("EvaluationWindow")
    if window and "SlidingWindow" not in mapping(item, "EvaluationWindow"):
        return "evaluates a wall clock window"
    if item.get("EvaluationState"):
        return f"has the evaluation state {item['EvaluationState']}"
    return ""
