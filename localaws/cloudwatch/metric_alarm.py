"""A metric alarm, read from its definition in the API's shape."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from localaws.cloudwatch.datapoints import Datum, MetricKey, MetricStore
from localaws.cloudwatch.evaluation import EXTRA_POINTS, State, evaluate
from localaws.cloudwatch.metric_math import (
    Expression,
    Series,
    UnsupportedError,
    compile_expression,
)
from localaws.cloudwatch.periods import window
from localaws.cloudwatch.statistics import is_supported, samples_needed, statistic

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}

WORDS = {
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "GreaterThanThreshold": "greater than",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}


@dataclass(frozen=True, slots=True)
class MetricStat:
    """A statistic of one metric over periods."""

    key: MetricKey
    period: int
    stat: str
    unit: str | None

    def data(self, store: MetricStore, end: float, count: int) -> list[list[Datum]]:
        """Return the data of the newest ``count`` windows, oldest first."""
        spans = (window(end, self.period, index) for index in reversed(range(count)))
        return [store.between(self.key, start, stop, self.unit) for start, stop in spans]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one evaluation: a state (None: the alarm keeps its state) and the reason."""

    state: State | None
    reason: str
    recent: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class MetricAlarm:
    """A metric alarm. ``unsupported`` says why it cannot be evaluated (None: it can)."""

    stats: dict[str, MetricStat]
    expressions: tuple[tuple[str, Expression], ...]
    returned: str
    period: int
    comparison: str
    threshold: float
    evaluation_periods: int
    datapoints_to_alarm: int
    missing: str
    ignores_low_samples: bool
    unsupported: str = ""

    @property
    def windows(self) -> int:
        return self.evaluation_periods + EXTRA_POINTS

    @property
    def rises_only(self) -> bool:
        """Return whether more data in a window can only move the value towards breaching."""
        stat = self.stats.get(self.returned)
        rising = stat is not None and stat.stat in {"Sum", "Maximum", "SampleCount"}
        return rising and self.comparison.startswith("Greater")

    def evaluate(self, store: MetricStore, end: float) -> Outcome:
        """Evaluate the windows that end at ``end`` (epoch seconds)."""
        if self.unsupported:
            return Outcome("INSUFFICIENT_DATA", self.unsupported)
        data = {name: stat.data(store, end, self.windows) for name, stat in self.stats.items()}
        if self.ignores_low_samples and self._too_few_samples(data[self.returned]):
            return Outcome(None, "too few samples for the percentile")
        series: dict[str, Series] = {
            name: [statistic(self.stats[name].stat, points) for points in windows]
            for name, windows in data.items()
        }
        try:
            for name, expression in self.expressions:
                series[name] = expression.series(
                    {m: series[m] for m in self.stats} if expression.takes_every_metric else series
                )
        except UnsupportedError as reason:
            return Outcome("INSUFFICIENT_DATA", str(reason))
        return self._decide(series[self.returned])

    def _too_few_samples(self, windows: list[list[Datum]]) -> bool:
        needed = samples_needed(self.stats[self.returned].stat)
        counts = [sum(datum.count for datum in data) for data in windows if data]
        return any(count < needed for count in counts[-self.evaluation_periods :])

    def _decide(self, values: Series) -> Outcome:
        breaches = OPERATORS[self.comparison]
        points = [None if v is None else breaches(v, self.threshold) for v in values]
        state = evaluate(points, self.evaluation_periods, self.datapoints_to_alarm, self.missing)
        real = tuple(value for value in values if value is not None)
        recent = real[-self.evaluation_periods :]
        return Outcome(state, self._reason(state, recent), recent)

    def _reason(self, state: State | None, recent: tuple[float, ...]) -> str:
        """Return the reason in the words of CloudWatch's notifications."""
        periods = self.evaluation_periods
        if state == "INSUFFICIENT_DATA":
            return f"Insufficient Data: {periods - len(recent)} datapoints were unknown."
        treated = ""
        if len(recent) < periods:
            how = {"breaching": "Breaching", "notBreaching": "NonBreaching"}.get(self.missing, "")
            treated = f" and {periods - len(recent)} missing datapoints were treated as [{how}]"
        words = WORDS[self.comparison]
        was = "was" if state == "ALARM" else "was not"
        shown = ", ".join(str(value) for value in recent)
        return (
            f"Threshold Crossed: {len(recent)} out of the last {periods} datapoints [{shown}] "
            f"{was} {words} the threshold ({self.threshold}){treated} "
            f"(minimum {self.datapoints_to_alarm} datapoints for ALARM transition)."
        )


def metric_stat(item: Mapping[str, Any], period: Any, stat: Any) -> MetricStat:
    """Return the statistic of an alarm, or of the ``Metric`` of a MetricStat."""
    key = MetricKey.of(item["Namespace"], item["MetricName"], item.get("Dimensions") or [])
    return MetricStat(key, int(period), str(stat), item.get("Unit"))


def read_alarm(alarm: Mapping[str, Any]) -> MetricAlarm:
    """Return the alarm of a DescribeAlarms item or a PutMetricAlarm request."""
    stats, expressions, returned, unsupported = _watched(alarm)
    periods = {stat.period for stat in stats.values()}
    if not unsupported and len(periods) != 1:
        unsupported = "metrics of several periods are not evaluated here"
    if not unsupported and alarm.get("ComparisonOperator") not in OPERATORS:
        unsupported = f"{alarm.get('ComparisonOperator')} is not evaluated here"
    evaluation_periods = int(alarm.get("EvaluationPeriods") or 1)
    return MetricAlarm(
        stats=stats,
        expressions=expressions,
        returned=returned,
        period=min(periods, default=60),
        comparison=str(alarm.get("ComparisonOperator")),
        threshold=float(alarm.get("Threshold") or 0.0),
        evaluation_periods=evaluation_periods,
        datapoints_to_alarm=int(alarm.get("DatapointsToAlarm") or evaluation_periods),
        missing=alarm.get("TreatMissingData") or "missing",
        ignores_low_samples=alarm.get("EvaluateLowSampleCountPercentile") == "ignore"
        and returned in stats,
        unsupported=unsupported,
    )


type _Watched = tuple[dict[str, MetricStat], tuple[tuple[str, Expression], ...], str, str]


def _watched(alarm: Mapping[str, Any]) -> _Watched:
    """Return the metrics by id, the expressions in order and the id that is compared."""
    try:
        if alarm.get("ThresholdMetricId"):
            raise UnsupportedError("anomaly detection is not evaluated here")
        if alarm.get("MetricName"):
            stat = alarm.get("Statistic") or alarm.get("ExtendedStatistic")
            stats = {"m": metric_stat(alarm, alarm["Period"], stat)}
            return _checked(stats), (), "m", ""
        if not alarm.get("Metrics"):
            raise UnsupportedError("the alarm watches neither a metric nor an expression")
        return _math(alarm["Metrics"])
    except UnsupportedError as reason:
        return {}, (), "", str(reason)


def _checked(stats: dict[str, MetricStat]) -> dict[str, MetricStat]:
    for stat in stats.values():
        if not is_supported(stat.stat):
            raise UnsupportedError(f"statistic {stat.stat} is not evaluated here")
    return stats


def _math(queries: list[Mapping[str, Any]]) -> _Watched:
    stats: dict[str, MetricStat] = {}
    pending: dict[str, Expression] = {}
    for query in queries:
        if query.get("AccountId"):
            raise UnsupportedError("metrics of other accounts are not evaluated here")
        stat = query.get("MetricStat")
        if stat:
            metric = {**stat["Metric"], "Unit": stat.get("Unit")}
            stats[query["Id"]] = metric_stat(metric, stat["Period"], stat["Stat"])
        else:
            pending[query["Id"]] = compile_expression(query["Expression"])
    returned = [query["Id"] for query in queries if query.get("ReturnData", True) is not False]
    if len(returned) != 1:
        raise UnsupportedError(f"{len(returned)} metrics return data; an alarm needs exactly one")
    return _checked(stats), _ordered(pending, set(stats)), returned[0], ""


def _ordered(pending: dict[str, Expression], known: set[str]) -> tuple[tuple[str, Expression], ...]:
    """Return the expressions in an order in which each follows those that it uses."""
    ordered: list[tuple[str, Expression]] = []
    while pending:
        ready = [name for name, expression in pending.items() if expression.metrics <= known]
        if not ready:
            raise UnsupportedError(f"expressions name unknown ids or each other: {list(pending)}")
        for name in ready:
            ordered.append((name, pending.pop(name)))
            known.add(name)
    return tuple(ordered)
