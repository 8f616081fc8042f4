"""What an alarm on metric math watches, computed with bounds.

Facts: CloudWatch user guide, "Using metric math". Arithmetic treats a missing value as 0, and a
division by zero drops the point. Functions of the whole evaluation range are not followed.
"""

from collections.abc import Mapping
from functools import cached_property

from alarmchain.chain.api_item import clip, quote
from alarmchain.chain.metric.interval import ANY
from alarmchain.chain.metric.metric_signal import Metric, MetricSignal
from alarmchain.chain.metric.statistic import observe
from alarmchain.chain.metric.time_series import Point, Series, Undecided
from alarmchain.chain.metric_math.functions import Value
from alarmchain.chain.metric_math.metric_query import Query
from alarmchain.chain.metric_math.parser import compute, identifiers, tokens

_UNKNOWN = Series(event=Point(ANY), rest=Point(ANY))
"""A metric of others: it may hold anything, or nothing."""


class MetricMath:
    """The queries of one alarm over the signals of one event. `account`: the alarm's own; `busy`
    as in `observe`."""

    def __init__(
        self,
        queries: tuple[Query, ...],
        signals: Mapping[Metric, MetricSignal],
        account: str,
        *,
        busy: bool = False,
    ) -> None:
        self.queries = {one.id: one for one in queries}
        self.signals, self.account, self.busy = signals, account, busy
        self._values: dict[str, Value] = {}
        if len(self.queries) < len(queries):
            raise Undecided("two of its metrics have the same Id")

    @cached_property
    def returned(self) -> Query:
        """The query that the alarm watches."""
        found = [one for one in self.queries.values() if one.returned]
        if len(self.queries) == 1:
            found = list(self.queries.values())
        if len(found) != 1:
            raise Undecided(f"{len(found)} of its expressions return data, not one")
        return found[0]

    @property
    def label(self) -> str:
        """What reasons call the watched series: the statistic of a metric, or the expression."""
        return self.returned.statistic or quote(clip(self.returned.expression, 24))

    @cached_property
    def period(self) -> int | None:
        """The period of all its metrics; Undecided if they differ."""
        periods = {one.period for one in self.queries.values() if one.metric}
        if len(periods) > 1:
            raise Undecided("its metrics have several periods")
        return next(iter(periods), self.returned.period)

    def watched(self) -> Series:
        """The series that the alarm compares with its threshold; Undecided if it is not one."""
        value = self._value(self.returned.id)
        if not isinstance(value, Series):
            raise Undecided("its expression is not a single time series")
        return value

    def _value(self, name: str) -> Value:
        """The value of a query, once those it needs are known: no recursion, so no cycle hurts."""
        waiting = [name]
        while waiting:
            needed = self._missing(waiting[-1])
            if not needed:
                current = waiting.pop()
                if current not in self._values:
                    self._values[current] = self._compute(self.queries[current])
            elif needed & set(waiting):
                raise Undecided("its expressions refer to one another in a circle")
            else:
                waiting.extend(sorted(needed))
        return self._values[name]

    def _missing(self, name: str) -> set[str]:
        query = self.queries.get(name)
        if query is None:
            raise Undecided(f"its expression refers to {name}, which is not there")
        if query.metric is not None:
            return set()
        return identifiers(query.expression) - self._values.keys()

    def _compute(self, query: Query) -> Value:
        if query.metric is not None:
            return self._observe(query)
        if not query.expression:
            raise Undecided(f"{query.id} has neither metric nor expression")
        return compute(tokens(query.expression), self._values, self._metrics, self.period)

    def _metrics(self, part: str) -> tuple[Series, ...]:
        """METRICS("part"): the metrics, not the expressions, whose Id holds the text."""
        found = (one for one in self.queries.values() if one.metric and part in one.id)
        return tuple(self._observe(one) for one in found)

    def _observe(self, query: Query) -> Series:
        signal = self.signals.get(query.metric) if query.metric else None
        if signal is None or not query.of(self.account):
            return _UNKNOWN
        return observe(signal, query.statistic, query.unit, busy=self.busy)
