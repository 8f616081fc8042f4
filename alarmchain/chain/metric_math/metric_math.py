"""The series that an alarm on metric math watches, computed with bounds.

Source: CloudWatch user guide, "Using math expressions with CloudWatch metrics". Arithmetic treats a
missing value as 0, and a division by zero drops the point. Functions over the whole evaluation
range are not supported.
"""

from collections.abc import Mapping
from functools import cached_property

from alarmchain.chain.api_item import clip, quote
from alarmchain.chain.metric.interval import ANY
from alarmchain.chain.metric.metric_signal import Metric, MetricSignal
from alarmchain.chain.metric.statistic import statistic_series
from alarmchain.chain.metric.time_series import Point, Series, Undecided
from alarmchain.chain.metric_math.functions import Value
from alarmchain.chain.metric_math.metric_query import Query
from alarmchain.chain.metric_math.parser import compute, identifiers, tokens

_UNKNOWN = Series(event=Point(ANY), rest=Point(ANY))
"""A metric of which nothing is known: it may hold anything, or nothing."""


class MetricMath:
    """The queries of one alarm, evaluated on the signals of one event.

    `account`: the alarm's own. `busy`: as in `statistic_series`.
    """

    def __init__(
        self,
        queries: tuple[Query, ...],
        signals: Mapping[Metric, MetricSignal],
        account: str,
        *,
        busy: bool = False,
    ) -> None:
        self.queries = {query.id: query for query in queries}
        self.signals, self.account, self.busy = signals, account, busy
        self._values: dict[str, Value] = {}
        if len(self.queries) < len(queries):
            raise Undecided("two of its metrics have the same Id")

    @cached_property
    def returned(self) -> Query:
        """The query that the alarm watches."""
        returned = [query for query in self.queries.values() if query.returned]
        if len(self.queries) == 1:
            returned = list(self.queries.values())
        if len(returned) != 1:
            raise Undecided(f"{len(returned)} of its expressions return data instead of 1")
        return returned[0]

    @property
    def label(self) -> str:
        """What a message calls the watched series: the metric's statistic, or the expression."""
        return self.returned.statistic or quote(clip(self.returned.expression, 24))

    @cached_property
    def period(self) -> int | None:
        """The period of all its metrics, in seconds; raises Undecided if they differ."""
        periods = {query.period for query in self.queries.values() if query.metric}
        if len(periods) > 1:
            raise Undecided("its metrics have different periods")
        return next(iter(periods), self.returned.period)

    def watched(self) -> Series:
        """Return the series that the alarm compares with its threshold.

        Raises Undecided if that is not a single series, or is not documented.
        """
        value = self._value(self.returned.id)
        if not isinstance(value, Series):
            raise Undecided("its expression is not a single time series")
        return value

    def _value(self, name: str) -> Value:
        """Return the value of a query, after those to which it refers; without recursion."""
        waiting = [name]
        while waiting:
            missing = self._missing(waiting[-1])
            if not missing:
                current = waiting.pop()
                if current not in self._values:
                    self._values[current] = self._compute(self.queries[current])
            elif missing & set(waiting):
                raise Undecided("its expressions refer to each other in a cycle")
            else:
                waiting.extend(sorted(missing))
        return self._values[name]

    def _missing(self, name: str) -> set[str]:
        """Return the queries to which a query refers and whose values are not computed yet."""
        query = self.queries.get(name)
        if query is None:
            raise Undecided(f"its expression refers to {name}, which does not exist")
        if query.metric is not None:
            return set()
        return identifiers(query.expression) - self._values.keys()

    def _compute(self, query: Query) -> Value:
        if query.metric is not None:
            return self._metric_series(query)
        if not query.expression:
            raise Undecided(f"{query.id} has neither a metric nor an expression")
        return compute(tokens(query.expression), self._values, self._metrics, self.period)

    def _metrics(self, part: str) -> tuple[Series, ...]:
        """Return METRICS("part"): the metrics, not the expressions, whose Id contains the text."""
        queries = (query for query in self.queries.values() if query.metric and part in query.id)
        return tuple(self._metric_series(query) for query in queries)

    def _metric_series(self, query: Query) -> Series:
        signal = self.signals.get(query.metric) if query.metric else None
        if signal is None or not query.of(self.account):
            return _UNKNOWN
        return statistic_series(signal, query.statistic, query.unit, busy=self.busy)
