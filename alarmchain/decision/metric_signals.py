"""What the metrics of a region receive, from all filters that write to them: from one event, and
all day long from routine records."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from alarmchain.chain.alarm.metric_alarm import MetricAlarm
from alarmchain.chain.api_item import quote
from alarmchain.chain.judgement import Judgement, Status, all_of
from alarmchain.chain.metric.metric_signal import Contribution, Metric, MetricSignal
from alarmchain.chain.metric_filter.filter_input import judge_filter
from alarmchain.chain.metric_filter.metric_filter import MetricFilter, counts_no_more_than
from alarmchain.chain.metric_filter.metric_transformation import (
    MetricTransformation,
    metric_of_record,
    metric_transformations,
)
from alarmchain.decision.routine_records import (
    BROAD,
    Traffic,
    routine_matches,
    routine_traffic,
    services,
)
from alarmchain.place import Place
from alarmchain.records.record_class import RecordClass
from alarmchain.snapshot.query import SnapshotQuery
from alarmchain.snapshot.reads import ReadKind

LogGroups = frozenset[tuple[str, str]]
"""Log groups to which trails deliver: (region, name)."""


@dataclass(frozen=True, slots=True)
class _Writer:
    """A filter that writes to a metric, and what it writes when the event comes.

    `input`: whether it receives the trail's records. `certain`: it writes whenever the event
    reaches the current log group. `possible`: it may write its value; otherwise it writes at most
    its default. `foreign`: no known trail delivers to its log group. `elsewhere`: it may write to
    another metric, because a dimension's value is not known.
    """

    metric_filter: MetricFilter
    contribution: Contribution
    input: Judgement
    certain: bool
    possible: bool
    foreign: bool
    elsewhere: bool

    @property
    def values(self) -> tuple[Contribution, ...]:
        """The contributions of records that are not the event: the value, and the default."""
        default = self.contribution.default
        if default is None:
            return (self.contribution,)
        return (self.contribution, replace(self.contribution, value=default))


class _Routine:
    """What filters write, or may write, to a metric all day long, and their names."""

    def __init__(self) -> None:
        self.sure: dict[Contribution, None] = {}
        self.sure_writers: dict[str, None] = {}
        self.possible: dict[Contribution, None] = {}
        self.possible_writers: dict[str, None] = {}

    def add_sure(self, writers: Iterable[_Writer]) -> None:
        """Add what these filters write in every period."""
        for writer in writers:
            self.sure[writer.contribution] = None
            self.sure_writers[writer.metric_filter.name] = None

    def add_possible(self, writers: Iterable[_Writer]) -> None:
        """Add what these filters may write in every period."""
        for writer in writers:
            self.possible[writer.contribution] = None
            self.possible_writers[writer.metric_filter.name] = None


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
        self._routine: dict[Metric, _Routine] = {}

    def signal(self, metric: Metric, counting: MetricFilter) -> MetricSignal:
        """Return what the metric receives from all known writers if `counting` counts the event."""
        writers = self._writers_of(metric)
        certain: list[Contribution] = []
        possible: list[Contribution] = []
        for writer in writers:
            contribution = writer.contribution
            if writer.metric_filter is counting or writer.certain:
                certain.append(contribution)
            elif writer.possible:
                possible.append(contribution)
            elif contribution.default is not None:
                possible.append(replace(contribution, value=contribution.default))
        others = tuple(dict.fromkeys(writer.contribution for writer in writers))
        signal = MetricSignal(metric, tuple(certain), tuple(possible), others)
        return self._with_routine(signal, counting)

    def signal_at_rest(self, metric: Metric) -> MetricSignal:
        """Return what the metric receives all day long, without an event."""
        defaults = (
            replace(writer.contribution, value=writer.contribution.default)
            for writer in self._writers_of(metric)
            if writer.contribution.default is not None
        )
        return self._with_routine(MetricSignal(metric, (), tuple(defaults)), None)

    def signals(self, alarm: MetricAlarm, counting: MetricFilter) -> dict[Metric, MetricSignal]:
        """Return the signals of those metrics of the alarm whose writers are all known."""
        signals: dict[Metric, MetricSignal] = {}
        for metric in alarm.watches():
            writers = self._query.writers(metric, self._place)
            if writers.missing is None and writers.value:
                signals[metric] = self.signal(metric, counting)
        return signals

    def _with_routine(self, signal: MetricSignal, counting: MetricFilter | None) -> MetricSignal:
        metric = signal.metric
        if metric not in self._routine:
            self._routine[metric] = self._routine_of(metric)
        routine = self._routine[metric]
        possible = dict(routine.possible)
        reason = remedy = ""
        if possible:
            names = _names(routine.possible_writers)
            verb = "count" if len(routine.possible_writers) > 1 else "counts"
            reason = f"{names} also {verb} routine calls, which may keep the alarm in ALARM"
            remedy = f"narrow {names} to the calls to watch"
        for writer in self._writers_of(metric):
            other = writer.metric_filter
            if writer.foreign and not (counting and counts_no_more_than(other, counting)):
                possible |= dict.fromkeys(writer.values)
                group = quote(other.log_group)
                reason = f"{other.called} of log group {group} also writes to the alarm's metric"
                remedy = f"let {other.called} of log group {group} write to another metric"
        return replace(
            signal,
            routine=tuple(routine.sure),
            routine_writers=_names(routine.sure_writers),
            possible=tuple(each for each in possible if each not in routine.sure),
            possible_reason=reason,
            possible_remedy=remedy,
        )

    def _routine_of(self, metric: Metric) -> _Routine:
        """Return what all writers together write for the records of each kind of caller."""
        routine = _Routine()
        writers = [
            writer
            for writer in self._writers_of(metric)
            if not writer.foreign and writer.input.status is not Status.BROKEN
        ]
        audited = Place(
            str(self._records.values.get("recipientAccountId", self._place.account)),
            str(self._records.values.get("awsRegion", self._place.region)),
        )
        texts = tuple(writer.metric_filter.text for writer in writers)
        for traffic in routine_traffic((audited, self._place), texts):
            sure: dict[int, set[int]] = {}
            possible: dict[int, set[int]] = {}
            for number, writer in enumerate(writers):
                for index, certain in self._routine_records(metric, writer, traffic):
                    (sure if certain else possible).setdefault(number, set()).add(index)
            counted = set[int]().union(*sure.values())
            every = traffic.certain and len(counted) == traffic.size
            if every:
                routine.add_sure(writers[number] for number in sure)
            counted = counted.union(*possible.values())
            if len(set(services(traffic, counted))) >= BROAD:
                doubtful = possible if every else {**sure, **possible}
                routine.add_possible(writers[number] for number in doubtful)
        return routine

    def _routine_records(
        self, metric: Metric, writer: _Writer, traffic: Traffic
    ) -> Iterator[tuple[int, bool]]:
        """Yield the places of the records for which the filter writes to the metric, each with
        whether it surely does."""
        other = writer.metric_filter
        if other.transformed:
            yield from ((index, False) for index in range(traffic.size))
            return
        for index, matched in routine_matches(other.text, traffic).items():
            if writer.elsewhere:
                yield index, False
            elif metric in metric_of_record(
                other, traffic.records[index], self._place.account, self._place.region
            ):
                yield index, matched.is_yes and writer.input.status is Status.OK

    def _writers_of(self, metric: Metric) -> list[_Writer]:
        if metric not in self._writers:
            self._writers[metric] = [
                self._writer(other, transformation, metric)
                for other, transformation in self._transformations(metric)
            ]
        return self._writers[metric]

    def _writer(
        self, other: MetricFilter, transformation: MetricTransformation, metric: Metric
    ) -> _Writer:
        received = all_of(
            [
                judge_filter(other, self._records, self._place.account, self._place.region),
                self._query.judge_sdk(ReadKind.METRIC_FILTERS),
            ]
        )
        sees_the_same = other.log_group == self._log_group and received.status is Status.OK
        return _Writer(
            other,
            transformation.contribution,
            received,
            certain=sees_the_same and other.covers(self._records),
            possible=other.may_match(self._records),
            foreign=(self._place.region, other.log_group) not in self._trail_log_groups,
            elsewhere=transformation.metric != metric,
        )

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


def _names(names: Iterable[str]) -> str:
    """Return what a message calls the filters, "" if there are none."""
    quoted = [quote(name) for name in names]
    if not quoted:
        return ""
    more = f" and {len(quoted) - 3} more" if len(quoted) > 3 else ""
    return f"metric filter{'s' if len(quoted) > 1 else ''} {', '.join(quoted[:3])}{more}"
