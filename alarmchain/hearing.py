"""What the metrics of a region hear of an event, from all the filters that write to them."""

from collections.abc import Iterator
from dataclasses import replace

from alarmchain.chain.alarm import MetricAlarm
from alarmchain.chain.judgement import Judgement, Status, broken
from alarmchain.chain.metric_filter import MetricFilter, publications
from alarmchain.chain.signal import Contribution, Metric, Signal
from alarmchain.pattern.breadth import Breadth
from alarmchain.records import RecordClass
from alarmchain.view import View

Groups = frozenset[tuple[str, str]]
"""Log groups into which trails deliver: (region, name)."""


class Hearing:
    """What the metrics of one region hear of one event that a metric filter counts."""

    def __init__(
        self,
        view: View,
        records: RecordClass,
        place: tuple[str, str],
        fed: Groups,
        counting: MetricFilter,
    ) -> None:
        self._view = view
        self._records = records
        self._account, self._region = place
        self._fed = fed
        self._counting = counting

    def never_rests(self, metric: Metric) -> Judgement | None:
        """Broken where a filter writes to the metric all day long, so that its alarm stays on."""
        for other in self._writers(metric):
            if other.breadth() is not Breadth.NARROW:
                return broken(
                    f"metric filter '{other.name}' counts everyday reads: its alarm never rests",
                    observed=other.text,
                    wanted=f"a pattern that matches {self._records.name} and little else",
                    remedy=f"narrow metric filter '{other.name}' to the calls to watch",
                )
        return None

    def signal(self, metric: Metric) -> Signal:
        """What the metric receives, from all filters known to write to it."""
        sure: list[Contribution] = []
        maybe: list[Contribution] = []
        doubt = ""
        for other in self._writers(metric):
            counting = other == self._counting
            if (self._region, other.log_group) not in self._fed:
                doubt = f"filter '{other.name}' of log group '{other.log_group}' writes to it too"
            elif not counting and other.breadth() is not Breadth.NARROW:
                doubt = f"filter '{other.name}' writes to it all day long"
            for written in self._written(other, metric):
                if written is None:
                    doubt = f"filter '{other.name}' writes to it with unknown dimensions"
                elif counting or other.covers(self._records):
                    sure.append(written)
                elif other.may_match(self._records):
                    maybe.append(written)
                elif written.default is not None:
                    maybe.append(replace(written, value=written.default))
        return Signal(metric, tuple(sure), tuple(maybe), doubt)

    def signals(self, alarm: MetricAlarm) -> dict[Metric, Signal]:
        """The signals of the alarm's metrics, but for those that anything may write to."""
        signals: dict[Metric, Signal] = {}
        for metric in alarm.watches():
            if isinstance(self._view.writers(metric, self._region, self._account), Judgement):
                continue
            if self._writers(metric):
                signals[metric] = self.signal(metric)
        return signals

    def _writers(self, metric: Metric) -> list[MetricFilter]:
        items = self._view.known_writers(metric, self._region, self._account)
        return [MetricFilter.read(item) for item in items]

    def _written(self, other: MetricFilter, metric: Metric) -> Iterator[Contribution | None]:
        for one in publications(other, self._records, self._account, self._region):
            if (one.metric.namespace, one.metric.name) != (metric.namespace, metric.name):
                continue
            if one.metric == metric:
                yield one.contribution
            elif one.judgement.status is Status.UNKNOWN and one.metric.dimensions:
                yield None
