"""What the metrics of a region receive from an event, from all filters that write to them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from alarmchain.chain.alarm.metric_alarm import MetricAlarm
from alarmchain.chain.api_item import quote
from alarmchain.chain.judgement import Judgement, Status, all_of, broken
from alarmchain.chain.metric.metric_signal import Contribution, Metric, MetricSignal
from alarmchain.chain.metric_filter.filter_input import judge_filter
from alarmchain.chain.metric_filter.metric_filter import MetricFilter
from alarmchain.chain.metric_filter.metric_transformation import (
    MetricTransformation,
    metric_transformations,
)
from alarmchain.decision.routine_reads import Breadth, breadth_of_text
from alarmchain.place import Place
from alarmchain.records.record_class import RecordClass
from alarmchain.snapshot.query import SnapshotQuery
from alarmchain.snapshot.reads import ReadKind

LogGroups = frozenset[tuple[str, str]]
"""Log groups to which trails deliver: (region, name)."""


@dataclass(frozen=True, slots=True)
class _Writer:
    """A filter that writes to a metric, and what it writes when the event comes.

    `certain`: it writes whenever the event reaches the current log group. `possible`: it may write
    its value; otherwise it writes at most its default. `doubt`: why its contribution is uncertain;
    `doubt_if_other`: the same where another filter counts the event.
    """

    metric_filter: MetricFilter
    contribution: Contribution
    certain: bool
    possible: bool
    doubt: str
    doubt_if_other: str


class MetricSignals:
    """What the metrics of one region receive from one event that a filter of a log group counts.

    `trail_log_groups`: the log groups with CloudTrail's records. `log_group`: the current one. Only
    filters of the same log group count a record together: the trail of another group may deliver
    the record at another time, or not at all.
    """

    def __init__(
        self,
        query: SnapshotQuery,
        records: RecordClass,
        place: Place,
        trail_log_groups: LogGroups,
        log_group: str,
    ) -> None:
        self._query = query
        self._records = records
        self._place = place
        self._trail_log_groups = trail_log_groups
        self._log_group = log_group
        self._writers: dict[Metric, list[_Writer]] = {}

    def never_rests(self, metric: Metric) -> Judgement | None:
        """Return a broken judgement if routine read calls keep the metric's alarm in ALARM."""
        for writer in self._writers_of(metric):
            other = writer.metric_filter
            if writer.contribution.value and self._sees_records(other) and _is_broad(other):
                return broken(
                    f"{other.called} also counts routine read calls, so its alarm stays in ALARM",
                    observed=other.text,
                    wanted=f"a pattern that matches {self._records.name} and little else",
                    remedy=f"narrow {other.called} to the calls to watch",
                )
        return None

    def signal(self, metric: Metric, counting: MetricFilter) -> MetricSignal:
        """Return what the metric receives from all known writers if `counting` counts the event."""
        writers = self._writers_of(metric)
        certain: list[Contribution] = []
        possible: list[Contribution] = []
        doubt = ""
        for writer in writers:
            contribution = writer.contribution
            counts = writer.metric_filter is counting
            doubt = writer.doubt or ("" if counts else writer.doubt_if_other) or doubt
            if counts or writer.certain:
                certain.append(contribution)
            elif writer.possible:
                possible.append(contribution)
            elif contribution.default is not None:
                possible.append(replace(contribution, value=contribution.default))
        others = tuple(dict.fromkeys(writer.contribution for writer in writers))
        return MetricSignal(metric, tuple(certain), tuple(possible), doubt, others)

    def signals(self, alarm: MetricAlarm, counting: MetricFilter) -> dict[Metric, MetricSignal]:
        """Return the signals of those metrics of the alarm whose writers are all known."""
        signals: dict[Metric, MetricSignal] = {}
        for metric in alarm.watches():
            writers = self._query.writers(metric, self._place)
            if writers.missing is None and writers.value:
                signals[metric] = self.signal(metric, counting)
        return signals

    def _writers_of(self, metric: Metric) -> list[_Writer]:
        if metric not in self._writers:
            self._writers[metric] = [
                _Writer(
                    other,
                    transformation.contribution,
                    self._sees_same_records(other) and other.covers(self._records),
                    other.may_match(self._records),
                    self._doubt(other),
                    _doubt_if_other(other, transformation),
                )
                for other, transformation in self._transformations(metric)
            ]
        return self._writers[metric]

    def _doubt(self, other: MetricFilter) -> str:
        if self._sees_records(other):
            return ""
        group = quote(other.log_group)
        return f"{other.called} of log group {group} also writes to the alarm's metric"

    def _sees_records(self, other: MetricFilter) -> bool:
        return (self._place.region, other.log_group) in self._trail_log_groups

    def _sees_same_records(self, other: MetricFilter) -> bool:
        """Return whether the filter surely sees each record that reaches the current log group."""
        if other.log_group != self._log_group:
            return False
        judgement = all_of(
            [
                judge_filter(other, self._records, self._place.account, self._place.region),
                self._query.judge_sdk(ReadKind.METRIC_FILTERS),
            ]
        )
        return judgement.status is Status.OK

    def _transformations(
        self, metric: Metric
    ) -> Iterator[tuple[MetricFilter, MetricTransformation]]:
        """Yield each filter with its transformation that writes, or may write, to the metric.

        It may write if its dimensions have the metric's names and unknown values.
        """
        place, names = self._place, {name for name, _ in metric.dimensions}
        for other in self._query.known_writers(metric, place):
            for transformation in metric_transformations(
                other, self._records, place.account, place.region
            ):
                target = transformation.metric
                if (target.namespace, target.name) != (metric.namespace, metric.name):
                    continue
                uncertain = transformation.judgement.status is Status.UNKNOWN and names
                if target == metric or (
                    uncertain and names == {name for name, _ in target.dimensions}
                ):
                    yield other, transformation


def _doubt_if_other(other: MetricFilter, transformation: MetricTransformation) -> str:
    if _is_broad(other):
        return f"{other.called} also writes routine read calls to the alarm's metric"
    if transformation.judgement.status is Status.UNKNOWN and transformation.metric.dimensions:
        return f"{other.called} may write to the alarm's metric: its dimensions are not known"
    return ""


def _is_broad(metric_filter: MetricFilter) -> bool:
    return breadth_of_text(metric_filter.text) is not Breadth.NARROW
