"""The paths from a metric filter on: the alarms that watch its metric, and whom they notify."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from alarmchain.arn import Arn
from alarmchain.chain.alarm.alarm_actions import Actions, Notifier, notified_topics
from alarmchain.chain.alarm.judge_alarm import is_in_alarm_without_event, judge_alarm
from alarmchain.chain.alarm.metric_alarm import MetricAlarm
from alarmchain.chain.alarm.mute_rules import judge_mute_rules
from alarmchain.chain.alarm.several_events import judge_events
from alarmchain.chain.api_item import clip, quote, text
from alarmchain.chain.composite_alarm.composite_alarm import CompositeAlarm
from alarmchain.chain.composite_alarm.nested_composites import judge_composites
from alarmchain.chain.judgement import Judgement, Status, all_of, broken, ok, unknown
from alarmchain.chain.metric.metric_signal import Metric, MetricSignal
from alarmchain.chain.metric_filter.metric_filter import MetricFilter
from alarmchain.chain.self_silencing import SilencingCall
from alarmchain.decision.evidence.alarm import describe_alarm, describe_no_alarm
from alarmchain.decision.metric_signals import LogGroups, MetricSignals
from alarmchain.decision.path import ChainPath
from alarmchain.decision.topic_paths import TopicPaths
from alarmchain.parameters import Parameters
from alarmchain.place import Place
from alarmchain.records.record_class import RecordClass
from alarmchain.snapshot.query import SnapshotQuery
from alarmchain.snapshot.reads import ReadKind
from alarmchain.snapshot.snapshot import Item


class AlarmPaths:
    """The paths from metric filters through alarms to subscribers."""

    def __init__(
        self,
        query: SnapshotQuery,
        parameters: Parameters,
        call: SilencingCall | None,
        events: int,
    ) -> None:
        """`call`: the call to report, if it breaks a link of the chain at once. `events`: so many
        matching records within a period may come before an alarm goes off."""
        self._query = query
        self._parameters = parameters
        self._call = call
        self._events = events
        self._needed: dict[str, int] = {}
        self._signals: dict[tuple[RecordClass, Place, LogGroups, str], MetricSignals] = {}

    def paths(
        self,
        path: ChainPath,
        metric: Metric,
        records: RecordClass,
        place: Place,
        trail_log_groups: LogGroups,
    ) -> Iterator[ChainPath]:
        """Yield the continuations, at least one, of a path that ends at a metric filter.

        `metric`: to which the filter writes. `trail_log_groups`: all log groups to which trails
        deliver.
        """
        metric_filter = path.metric_filter
        if metric_filter is None:
            return
        key = (records, place, trail_log_groups, metric_filter.log_group)
        if key not in self._signals:
            self._signals[key] = MetricSignals(self._query, *key)
        signals = self._signals[key]
        path = replace(path, metric=metric)
        for rest in self._best_paths(metric, signals, metric_filter, place):
            yield self._require_all_writers(path.then(rest), metric, place)

    def of_log_group(self, path: ChainPath, name: str, place: Place) -> Iterator[ChainPath]:
        """Yield the paths through alarms that query the log group itself."""
        missing = self._query.missing_log_alarms(place)
        if missing is not None:
            yield path.to("alarm", place, "", missing)
        for item in self._query.alarms(place).of_log_group(name):
            alarm = _LogAlarm(text(item, "AlarmName"), text(item, "AlarmArn"), Actions.read(item))
            judgement = unknown(
                f"alarm {quote(alarm.name)} evaluates a Logs query, which is not supported"
            )
            if self._may_count(alarm.name):
                for rest in self._from_alarm(alarm, judgement, place):
                    yield path.then(rest)

    def _require_all_writers(self, path: ChainPath, metric: Metric, place: Place) -> ChainPath:
        """Return the path; one that works is unknown until all writers to the metric are read."""
        if path.status is Status.OK:
            missing = self._query.writers(metric, place).missing
            if missing is not None:
                return path.stopped_at("metric_filter", missing)
        return path

    def _best_paths(
        self, metric: Metric, signals: MetricSignals, counting: MetricFilter, place: Place
    ) -> list[ChainPath]:
        """Return the paths that can decide, computed once for all filters with the same signal."""
        signal = signals.signal(metric, counting)
        used_in_math = bool(self._query.alarms(place).computing(metric))
        key = (place, metric, signal, signals if used_in_math else None, self._call, self._events)
        return self._query.cached(
            key, lambda: _best(self._all_paths(signal, signals, counting, place))
        )

    def _all_paths(
        self, signal: MetricSignal, signals: MetricSignals, counting: MetricFilter, place: Place
    ) -> Iterator[ChainPath]:
        metric, own_signal = signal.metric, {signal.metric: signal}
        missing = self._query.missing_metric_alarms(metric, place)
        judged: dict[str, Judgement] = {}
        on_metric: list[ChainPath] = []
        for alarm in self._query.alarms(place).on(metric):
            judged[alarm.name] = self._judge_alarm(alarm, own_signal, place)
            for path in self._from_metric_alarm(alarm, judged[alarm.name], place):
                if path.status is Status.OK and path.events == 1:
                    yield path
                    return
                on_metric.append(path)
        if missing is not None:
            on_metric.append(ChainPath().to("alarm", place, "", missing))
        # A path through a composite comes first: of two paths that get equally far, the first is
        # reported, and the composite explains more than its child alarm without actions.
        indirect = False
        for path in self._indirect_paths(own_signal, signals, counting, judged, place):
            indirect = True
            yield path
        yield from on_metric
        if not on_metric and not indirect:
            yield self._no_alarm(metric, own_signal, place)

    def _judge_alarm(
        self, alarm: MetricAlarm, signals: Mapping[Metric, MetricSignal], place: Place
    ) -> Judgement:
        """Return whether the alarm goes to ALARM, and remember how many events it takes.

        A negative answer is final only when every metric filter that writes to the metrics has been
        read.
        """
        judgement, needed = judge_events(alarm, signals, self._query.now, self._events)
        self._needed[alarm.name] = needed
        if judgement.status is Status.BROKEN:
            for metric in signals:
                missing = self._query.writers(metric, place).missing
                if missing is not None:
                    return missing
        return judgement

    def _indirect_paths(
        self,
        own_signal: Mapping[Metric, MetricSignal],
        signals: MetricSignals,
        counting: MetricFilter,
        judged: dict[str, Judgement],
        place: Place,
    ) -> Iterator[ChainPath]:
        """Yield the paths through metric math and composites, for which all alarms must be read.

        `judged`: the judgements of the alarms so far, by name; those of metric math are added.
        """
        missing = self._query.missing_alarms(place)
        alarms = self._query.alarms(place)
        for metric in own_signal:
            for alarm in alarms.computing(metric):
                all_signals = {**signals.signals(alarm, counting), **own_signal}
                judged[alarm.name] = self._judge_alarm(alarm, all_signals, place)
                yield from self._from_metric_alarm(alarm, judged[alarm.name], place)
            for alarm, problem in alarms.unsupported(metric):
                judged[alarm.name] = unknown(f"{alarm.called} {problem}, which is not supported")
                yield from self._from_metric_alarm(alarm, judged[alarm.name], place)
        yield from self._composite_paths(judged, signals, place)
        if missing is not None:
            yield ChainPath().to("alarm", place, "", missing)

    def _no_alarm(
        self, metric: Metric, signals: Mapping[Metric, MetricSignal], place: Place
    ) -> ChainPath:
        """Return the path for "no alarm watches this metric".

        If an alarm watches a metric of the same name in another namespace, that alarm is the fault.
        """
        for alarm in self._query.alarms(place).in_other_namespaces(metric):
            judgement = judge_alarm(alarm, signals, self._query.now)
            if self._may_count(alarm.name) and judgement.status is not Status.OK:
                describe = partial(describe_alarm, self._query.alarms(place), alarm.name)
                return ChainPath().to("alarm", place, alarm.arn, judgement, describe)
        name = self._parameters.alarm_name
        dimensions = "".join(f" {key}={value}" for key, value in metric.dimensions)
        watched = clip(f"{metric.namespace}/{metric.name}{dimensions}", 80)
        nothing = broken(
            f"no alarm{f' {quote(name)}' if name else ''} in {place.region} watches {watched}",
            observed="no alarm",
            wanted=f"an alarm on {watched}",
            remedy=f"create an alarm on {watched} in {place.region}",
        )
        describe = partial(describe_no_alarm, self._query.alarms(place), metric)
        return ChainPath().to("alarm", place, "", self._unless_shared(nothing, place), describe)

    def _unless_shared(self, nothing: Judgement, place: Place) -> Judgement:
        """Return UNKNOWN if another account may have an alarm on the metric, else `nothing`.

        `nothing`: the judgement that no alarm of this account watches it.
        """
        shared = self._query.monitoring_accounts(place)
        if shared.value:
            several = len(shared.value) > 1
            accounts = f"account{'s' if several else ''} {clip(', '.join(shared.value), 40)}"
            return unknown(
                f"{nothing.reason}, but the region shares its metrics with monitoring {accounts},"
                " which may have one",
                observed=nothing.observed,
                wanted=nothing.wanted,
                remedy=f"{nothing.remedy}, or check by hand the alarms of {accounts}",
            )
        if shared.missing is None:
            return nothing
        return replace(
            shared.missing,
            reason=f"{nothing.reason}; {shared.missing.reason}",
            remedy=f"{nothing.remedy}, or {shared.missing.remedy}",
        )

    def _may_count(self, alarm: str) -> bool:
        """Return whether the parameter AlarmName lets an alarm of this name count."""
        return self._parameters.alarm_name in ("", alarm)

    def _composite_paths(
        self, judged: Mapping[str, Judgement], signals: MetricSignals, place: Place
    ) -> Iterator[ChainPath]:
        """Yield the paths through composites of the judged alarms.

        If AlarmName names one of the judged alarms, only that one counts.
        """
        name = self._parameters.alarm_name
        counting = judged if name not in judged else {name: judged[name]}
        triggered = {alarm for alarm, answer in counting.items() if answer.status is Status.OK}
        maybe = {alarm for alarm, answer in counting.items() if answer.status is Status.UNKNOWN}
        alarms = self._query.alarms(place)
        parents = alarms.depending_on(triggered | maybe)
        if not parents:
            return
        known = alarms.beneath(parents.values()).values()
        items = alarms.states(known)
        held = self._without_event(items, signals, place)
        answers = judge_composites(known, triggered, items, self._query.now, maybe, held)
        for parent in sorted(parents):
            if name in judged or self._may_count(parent):
                needed = max((self._needed.get(child, 1) for child in triggered), default=1)
                answer = _with_events(answers[parent], parents[parent], needed)
                yield from self._from_alarm(parents[parent], answer, place, needed)

    def _without_event(
        self, items: Mapping[str, Item], signals: MetricSignals, place: Place
    ) -> dict[str, bool | None]:
        """Return whether each metric alarm is in ALARM without an event, None if not known."""
        held: dict[str, bool | None] = {}
        for name, item in items.items():
            alarm = MetricAlarm.read(item)
            at_rest = {}
            for metric in alarm.watches():
                writers = self._query.writers(metric, place)
                if writers.missing is not None:
                    held[name] = None
                if writers.value:
                    at_rest[metric] = signals.signal_at_rest(metric)
            if name not in held:
                held[name] = is_in_alarm_without_event(alarm, at_rest)
        return held

    def _from_metric_alarm(
        self, alarm: MetricAlarm, judgement: Judgement, place: Place
    ) -> Iterator[ChainPath]:
        if self._may_count(alarm.name):
            yield from self._from_alarm(alarm, judgement, place, self._needed.get(alarm.name, 1))

    def _from_alarm(
        self, alarm: Notifier, judgement: Judgement, place: Place, events: int = 1
    ) -> Iterator[ChainPath]:
        """Yield a path for each topic that the alarm notifies; `events`: how many it takes."""
        topics, notifying = notified_topics(alarm, place.region)
        own_arn = _judge_arn(alarm, place)
        judgement = all_of([judgement, notifying, own_arn])
        if judgement.status is Status.BROKEN or own_arn.status is not Status.OK:
            yield self._path_to(alarm, judgement, place)
            return
        topic_paths = TopicPaths(self._query, self._parameters, alarm, place, self._call)
        for rest in topic_paths.paths(topics):
            rest = replace(rest, events=events)
            # If the rest is broken, mute rules change nothing: they are neither read nor reported.
            if rest.status is Status.BROKEN:
                yield self._path_to(alarm, judgement, place).then(rest)
            else:
                muted, rules = self._judge_mute_rules(alarm.name, place)
                not_muted = all_of([judgement, muted])
                yield self._path_to(alarm, not_muted, place, rules).then(rest)

    def _path_to(
        self,
        alarm: Notifier,
        judgement: Judgement,
        place: Place,
        mute_rules: tuple[Item, ...] | None = None,
    ) -> ChainPath:
        sdk = self._query.judge_sdk(ReadKind.METRIC_ALARMS, ReadKind.ALL_ALARMS)
        describe = partial(describe_alarm, self._query.alarms(place), alarm.name, mute_rules)
        return ChainPath().to("alarm", place, alarm.arn, all_of([judgement, sdk]), describe)

    def _judge_mute_rules(
        self, alarm: str, place: Place
    ) -> tuple[Judgement, tuple[Item, ...] | None]:
        """Return whether no mute rule silences the alarm, and its mute rules, None if not read."""
        sdk = self._query.judge_sdk(ReadKind.MUTE_RULES)
        if sdk.status is not Status.OK:
            return sdk, None
        rules = self._query.mute_rules(alarm, place)
        judgement = rules.judge(lambda items: judge_mute_rules(alarm, items))
        return judgement, rules.value if rules.missing is None else None


def _best(paths: Iterable[ChainPath]) -> list[ChainPath]:
    """Return the working path that takes the fewest events, else the furthest unknown and the
    furthest broken one.

    The other paths can change neither the verdict nor its explanation.
    """
    furthest: dict[Status, ChainPath] = {}
    for path in paths:
        if path.status is Status.OK and path.events == 1:
            return [path]
        before = furthest.get(path.status)
        if before is None or _precedes(path, before):
            furthest[path.status] = path
    return [furthest[Status.OK]] if Status.OK in furthest else list(furthest.values())


def _precedes(path: ChainPath, before: ChainPath) -> bool:
    if path.status is Status.OK:
        return path.events < before.events
    return path.progress > before.progress


def _with_events(judgement: Judgement, composite: CompositeAlarm, events: int) -> Judgement:
    """Return the judgement of a composite; a working one notes how many events it takes."""
    if events == 1 or judgement.status is not Status.OK or judgement.reason:
        return judgement
    note = f"{composite.called} needs {events} matching records within a period of its alarm"
    return replace(judgement, reason=note)


@dataclass(frozen=True, slots=True)
class _LogAlarm:
    name: str
    arn: str
    actions: Actions


def _judge_arn(alarm: Notifier, place: Place) -> Judgement:
    """Return OK if the alarm's ARN names this alarm in the region and account of the read."""
    arn = Arn.parse(alarm.arn)
    expected = (place.region, place.account, f"alarm:{alarm.name}")
    if arn is not None and (arn.region, arn.account, arn.resource) == expected:
        return ok()
    return unknown(
        f"alarm {quote(alarm.name)} has another alarm's ARN, or none", observed=alarm.arn
    )
