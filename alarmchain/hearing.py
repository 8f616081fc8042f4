"""What the metrics of a region hear of an event, from all the filters that write to them."""

from collections.abc import Iterator
from dataclasses import replace

from alarmchain.chain.alarm import MetricAlarm
from alarmchain.chain.judgement import Judgement, Status, broken
from alarmchain.chain.metric_filter import MetricFilter, judge_filter
from alarmchain.chain.publication import Publication, publications
from alarmchain.chain.shape import quote
from alarmchain.chain.signal import Contribution, Metric, Signal
from alarmchain.pattern.breadth import Breadth
from alarmchain.records import RecordClass
from alarmchain.view import View

Groups = frozenset[tuple[str, str]]
"""Log groups into which trails deliver: (region, name)."""


class Hearing:
    """What the metrics of one region hear of one event that the metric filter `counting` counts.

    `place`: account and region. `fed`: the log groups with CloudTrail's records.
    """

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
        for other, written in self._writings(metric):
            if written.contribution.value and self._is_fed(other) and _is_restless(other):
                return broken(
                    f"{other.shown} counts everyday reads: its alarm never rests",
                    observed=other.text,
                    wanted=f"a pattern that matches {self._records.name} and little else",
                    remedy=f"narrow {other.shown} to the calls to watch",
                )
        return None

    def signal(self, metric: Metric) -> Signal:
        """What the metric receives, from all filters known to write to it.

        Only the filters of one log group count a record together: another group's trail may
        deliver it at another time, or not at all.
        """
        sure: list[Contribution] = []
        maybe: list[Contribution] = []
        doubt = ""
        for other, written in self._writings(metric):
            contribution = written.contribution
            counting = other is self._counting
            doubt = self._doubt(other, written) or doubt
            if counting or (self._is_beside(other) and other.covers(self._records)):
                sure.append(contribution)
            elif other.may_match(self._records):
                maybe.append(contribution)
            elif contribution.default is not None:
                maybe.append(replace(contribution, value=contribution.default))
        return Signal(metric, tuple(sure), tuple(maybe), doubt)

    def signals(self, alarm: MetricAlarm) -> dict[Metric, Signal]:
        """The signals of the alarm's metrics, but for those that anything may write to."""
        signals: dict[Metric, Signal] = {}
        for metric in alarm.watches():
            writers = self._view.writers(metric, self._region, self._account)
            if writers.missing is None and writers.items:
                signals[metric] = self.signal(metric)
        return signals

    def _doubt(self, other: MetricFilter, written: Publication) -> str:
        """Why it is not known what the filter writes to the metric, "" if it is."""
        if not self._is_fed(other):
            return f"{other.shown} of log group {quote(other.log_group)} writes to its metric too"
        if other is self._counting:
            return ""
        if _is_restless(other):
            return f"{other.shown} writes to its metric all day long"
        if written.judgement.status is Status.UNKNOWN and written.metric.dimensions:
            return f"{other.shown} writes to its metric, under dimensions not known"
        return ""

    def _is_fed(self, other: MetricFilter) -> bool:
        return (self._region, other.log_group) in self._fed

    def _is_beside(self, other: MetricFilter) -> bool:
        """Whether the filter sees just what the counting one sees."""
        if other.log_group != self._counting.log_group:
            return False
        judged = judge_filter(other, self._account, self._region, self._view.blind)
        return judged.status is Status.OK

    def _writings(self, metric: Metric) -> Iterator[tuple[MetricFilter, Publication]]:
        """What each filter writes to the metric, surely or, its dimensions not known, perhaps."""
        names = {name for name, _ in metric.dimensions}
        for other in self._view.known_writers(metric, self._region, self._account):
            for one in publications(other, self._records, self._account, self._region):
                if (one.metric.namespace, one.metric.name) != (metric.namespace, metric.name):
                    continue
                perhaps = one.judgement.status is Status.UNKNOWN and names
                if one.metric == metric or (
                    perhaps and names == {name for name, _ in one.metric.dimensions}
                ):
                    yield other, one


def _is_restless(metric_filter: MetricFilter) -> bool:
    return metric_filter.breadth() is not Breadth.NARROW
