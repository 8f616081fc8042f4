"""What the metrics of a region hear of an event, from all the filters that write to them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from alarmchain.chain.alarm.judge_alarm import MetricAlarm
from alarmchain.chain.api_item import quote
from alarmchain.chain.judgement import Judgement, Status, broken
from alarmchain.chain.metric.metric_signal import Contribution, Metric, MetricSignal
from alarmchain.chain.metric_filter.filter_input import judge_filter
from alarmchain.chain.metric_filter.metric_filter import MetricFilter
from alarmchain.chain.metric_filter.metric_transformation import (
    MetricTransformation,
    metric_transformations,
)
from alarmchain.decision.routine_reads import Breadth, breadth_of_text
from alarmchain.records.record_class import RecordClass
from alarmchain.snapshot.query import SnapshotQuery

Groups = frozenset[tuple[str, str]]
"""Log groups into which trails deliver: (region, name)."""


@dataclass(frozen=True, slots=True)
class _Writing:
    """What one filter writes to a metric when the event comes. `sure`: whenever the event reaches
    the log group at hand; `maybe`: perhaps, or else (in `contribution`) only its default. `doubt`:
    why nothing certain is known of it, `doubt_if_other`: if another filter is the one that counts.
    """

    by: MetricFilter
    contribution: Contribution
    sure: bool
    maybe: bool
    doubt: str
    doubt_if_other: str


class MetricSignals:
    """What the metrics of one region hear of one event that a filter of a log group counts.

    `place`: account and region. `fed`: the log groups with CloudTrail's records. `group`: the log
    group at hand. Only the filters of one log group count a record together: another group's trail
    may deliver it at another time, or not at all.
    """

    def __init__(
        self,
        view: SnapshotQuery,
        records: RecordClass,
        place: tuple[str, str],
        fed: Groups,
        group: str,
    ) -> None:
        self._view = view
        self._records = records
        self._account, self._region = place
        self._fed = fed
        self._group = group
        self._known: dict[Metric, list[_Writing]] = {}

    def never_rests(self, metric: Metric) -> Judgement | None:
        """Broken where a filter writes to the metric all day long, so that its alarm stays on."""
        for one in self._writings(metric):
            if one.contribution.value and self._is_fed(one.by) and _is_restless(one.by):
                return broken(
                    f"{one.by.shown} counts everyday reads: its alarm never rests",
                    observed=one.by.text,
                    wanted=f"a pattern that matches {self._records.name} and little else",
                    remedy=f"narrow {one.by.shown} to the calls to watch",
                )
        return None

    def signal(self, metric: Metric, counting: MetricFilter) -> MetricSignal:
        """What the metric receives when `counting` counts the event, from all filters known to
        write to it."""
        sure: list[Contribution] = []
        maybe: list[Contribution] = []
        doubt = ""
        for one in self._writings(metric):
            counts = one.by is counting
            doubt = one.doubt or ("" if counts else one.doubt_if_other) or doubt
            if counts or one.sure:
                sure.append(one.contribution)
            elif one.maybe:
                maybe.append(one.contribution)
            elif one.contribution.default is not None:
                maybe.append(replace(one.contribution, value=one.contribution.default))
        others = tuple(dict.fromkeys(one.contribution for one in self._writings(metric)))
        return MetricSignal(metric, tuple(sure), tuple(maybe), doubt, others)

    def signals(self, alarm: MetricAlarm, counting: MetricFilter) -> dict[Metric, MetricSignal]:
        """The signals of the alarm's metrics, but for those that anything may write to."""
        signals: dict[Metric, MetricSignal] = {}
        for metric in alarm.watches():
            writers = self._view.writers(metric, self._region, self._account)
            if writers.missing is None and writers.items:
                signals[metric] = self.signal(metric, counting)
        return signals

    def _writings(self, metric: Metric) -> list[_Writing]:
        if metric not in self._known:
            self._known[metric] = [
                _Writing(
                    other,
                    written.contribution,
                    self._is_beside(other) and other.covers(self._records),
                    other.may_match(self._records),
                    self._doubt(other),
                    self._doubt_if_other(other, written),
                )
                for other, written in self._written(metric)
            ]
        return self._known[metric]

    def _doubt(self, other: MetricFilter) -> str:
        if self._is_fed(other):
            return ""
        return f"{other.shown} of log group {quote(other.log_group)} writes to its metric too"

    def _doubt_if_other(self, other: MetricFilter, written: MetricTransformation) -> str:
        if _is_restless(other):
            return f"{other.shown} writes to its metric all day long"
        if written.judgement.status is Status.UNKNOWN and written.metric.dimensions:
            return f"{other.shown} writes to its metric, under dimensions not known"
        return ""

    def _is_fed(self, other: MetricFilter) -> bool:
        return (self._region, other.log_group) in self._fed

    def _is_beside(self, other: MetricFilter) -> bool:
        """Whether the filter sees just what those of the log group at hand see."""
        if other.log_group != self._group:
            return False
        judged = judge_filter(
            other, self._records, self._account, self._region, self._view.sdk_gaps
        )
        return judged.status is Status.OK

    def _written(self, metric: Metric) -> Iterator[tuple[MetricFilter, MetricTransformation]]:
        """What each filter writes to the metric, surely or, its dimensions not known, perhaps."""
        names = {name for name, _ in metric.dimensions}
        for other in self._view.known_writers(metric, self._region, self._account):
            for one in metric_transformations(other, self._records, self._account, self._region):
                if (one.metric.namespace, one.metric.name) != (metric.namespace, metric.name):
                    continue
                perhaps = one.judgement.status is Status.UNKNOWN and names
                if one.metric == metric or (
                    perhaps and names == {name for name, _ in one.metric.dimensions}
                ):
                    yield other, one


def _is_restless(metric_filter: MetricFilter) -> bool:
    return breadth_of_text(metric_filter.text) is not Breadth.NARROW
