"""Every way on from a metric filter: the alarms that hear of it and whom they tell."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from alarmchain.arn import Arn
from alarmchain.chain.alarm.alarm_actions import Actions, Notifier, notifies
from alarmchain.chain.alarm.judge_alarm import MetricAlarm, judge_alarm
from alarmchain.chain.alarm.mute_rules import judge_mute
from alarmchain.chain.api_item import clip, quote, text
from alarmchain.chain.composite_alarm.nested_composites import judge_composites
from alarmchain.chain.judgement import Judgement, Status, all_of, broken, ok, unknown
from alarmchain.chain.metric.metric_signal import Metric, MetricSignal
from alarmchain.chain.metric_filter.metric_filter import MetricFilter
from alarmchain.chain.metric_filter.metric_transformation import MetricTransformation
from alarmchain.decision.metric_signals import Groups, MetricSignals
from alarmchain.decision.path import ChainPath
from alarmchain.decision.topic_paths import notified
from alarmchain.parameters import Parameters
from alarmchain.records.record_class import RecordClass
from alarmchain.snapshot.query import SnapshotQuery


@dataclass(frozen=True, slots=True)
class _Place:
    account: str
    region: str


class AlarmPaths:
    """The ways from metric filters through alarms to subscribers."""

    def __init__(self, view: SnapshotQuery, parameters: Parameters) -> None:
        self._view = view
        self._parameters = parameters
        self._hearings: dict[tuple[RecordClass, _Place, Groups, str], MetricSignals] = {}

    def paths(
        self,
        path: ChainPath,
        publication: MetricTransformation,
        records: RecordClass,
        account: str,
        region: str,
        fed: Groups,
    ) -> Iterator[ChainPath]:
        """Every way on from a path that ends at a metric filter; at least one."""
        metric_filter = path.metric_filter
        if metric_filter is None:
            return
        place, metric = _Place(account, region), publication.metric
        hearing = self._hearing((records, place, fed, metric_filter.log_group))
        restless = hearing.never_rests(metric)
        if restless is not None:
            yield path.with_filter_judgement(restless)
            return
        for way in self._ways(metric, hearing, metric_filter, place):
            yield self._all_writers_known(path.then(way), metric, account, region)

    def _hearing(self, key: tuple[RecordClass, _Place, Groups, str]) -> MetricSignals:
        if key not in self._hearings:
            records, place, fed, group = key
            where = (place.account, place.region)
            self._hearings[key] = MetricSignals(self._view, records, where, fed, group)
        return self._hearings[key]

    def of_log_group(
        self, path: ChainPath, name: str, account: str, region: str
    ) -> Iterator[ChainPath]:
        """The ways through alarms that query the log group itself."""
        place = _Place(account, region)
        missing = self._view.log_alarms_gap(region, account)
        if missing is not None:
            yield path.to("alarm", account, region, "", missing)
        for item in self._view.alarms(region, account).of_log_group(name):
            alarm = _LogAlarm(text(item, "AlarmName"), text(item, "AlarmArn"), Actions.read(item))
            judgement = unknown("evaluates a Logs query, which can't be followed")
            if self._is_named(alarm.name):
                yield from self._told(path, alarm, judgement, place, None)

    def _all_writers_known(
        self, path: ChainPath, metric: Metric, account: str, region: str
    ) -> ChainPath:
        """A path that holds, unless it is not known who else writes to the metric."""
        if path.status is Status.OK:
            missing = self._view.writers(metric, region, account).missing
            if missing is not None:
                return path.with_filter_judgement(missing)
        return path

    def _ways(
        self, metric: Metric, hearing: MetricSignals, counting: MetricFilter, place: _Place
    ) -> list[ChainPath]:
        """The ways on from the metric that matter: one answer for all filters it hears alike."""
        signal = hearing.signal(metric, counting)
        by_math = bool(self._view.alarms(place.region, place.account).computing(metric))
        key = (place, metric, signal, hearing if by_math else None)
        return self._view.remembered(
            key, lambda: _best(self._all_ways(signal, hearing, counting, place))
        )

    def _all_ways(
        self, signal: MetricSignal, hearing: MetricSignals, counting: MetricFilter, place: _Place
    ) -> Iterator[ChainPath]:
        metric, signals = signal.metric, {signal.metric: signal}
        missing = self._view.metric_alarms_gap(metric, place.region, place.account)
        heard: dict[str, Judgement] = {}
        later: list[ChainPath] = []
        for alarm in self._view.alarms(place.region, place.account).on(metric):
            heard[alarm.name] = self._rings(alarm, signals, place)
            for way in self._from_alarm(alarm, heard[alarm.name], place):
                if way.status is Status.OK:
                    yield way
                    return
                later.append(way)
        if missing is not None:
            later.append(ChainPath().to("alarm", place.account, place.region, "", missing))
        # What is looked for comes first: a composite tells more than its child without actions.
        nobody = not later
        for way in self._swept(signals, hearing, counting, heard, place):
            nobody = False
            yield way
        yield from later
        if nobody:
            yield self._nobody_hears(metric, signals, place)

    def _rings(
        self, alarm: MetricAlarm, signals: Mapping[Metric, MetricSignal], place: _Place
    ) -> Judgement:
        """Whether the alarm rings. That it does not is sure once all who write are known."""
        judgement = judge_alarm(alarm, signals, self._view.now)
        if judgement.status is Status.BROKEN:
            for metric in signals:
                missing = self._view.writers(metric, place.region, place.account).missing
                if missing is not None:
                    return missing
        return judgement

    def _swept(
        self,
        signals: Mapping[Metric, MetricSignal],
        hearing: MetricSignals,
        counting: MetricFilter,
        heard: dict[str, Judgement],
        place: _Place,
    ) -> Iterator[ChainPath]:
        """The ways through metric math and composite alarms, which have to be looked for."""
        missing = self._view.alarms_gap(place.region, place.account)
        alarms = self._view.alarms(place.region, place.account)
        for metric in signals:
            for alarm in alarms.computing(metric):
                all_signals = {**hearing.signals(alarm, counting), **signals}
                heard[alarm.name] = self._rings(alarm, all_signals, place)
                yield from self._from_alarm(alarm, heard[alarm.name], place)
            for alarm, way in alarms.obscure(metric):
                heard[alarm.name] = unknown(f"{way}: what it watches can't be followed")
                yield from self._from_alarm(alarm, heard[alarm.name], place)
        yield from self._through_composites(heard, place)
        if missing is not None:
            yield ChainPath().to("alarm", place.account, place.region, "", missing)

    def _nobody_hears(
        self, metric: Metric, signals: Mapping[Metric, MetricSignal], place: _Place
    ) -> ChainPath:
        """The end of a way without an alarm, or at one that watches a metric of the same name."""
        alarms = self._view.alarms(place.region, place.account)
        for near in alarms.elsewhere(metric):
            judgement = judge_alarm(near, signals, self._view.now)
            if self._is_named(near.name) and judgement.status is not Status.OK:
                about = _about(near.name, judgement)
                return ChainPath().to("alarm", place.account, place.region, near.arn, about)
        named = self._parameters.alarm_name
        dimensions = "".join(f" {name}={value}" for name, value in metric.dimensions)
        watched = clip(f"{metric.namespace}/{metric.name}{dimensions}", 80)
        nothing = broken(
            f"no alarm{f' {quote(named)}' if named else ''} in {place.region} watches {watched}",
            observed="no alarm",
            wanted=f"an alarm on {watched}",
            remedy=f"create an alarm on {watched} in {place.region}",
        )
        return ChainPath().to("alarm", place.account, place.region, "", nothing)

    def _is_named(self, alarm: str) -> bool:
        """Whether the parameters let an alarm of this name count."""
        return self._parameters.alarm_name in ("", alarm)

    def _from_alarm(
        self, alarm: MetricAlarm, judgement: Judgement, place: _Place
    ) -> Iterator[ChainPath]:
        if self._is_named(alarm.name):
            yield from self._told(ChainPath(), alarm, judgement, place, alarm.metric)

    def _through_composites(
        self, heard: Mapping[str, Judgement], place: _Place
    ) -> Iterator[ChainPath]:
        """The ways through composites; where AlarmName asks for one of the alarms beneath, only
        that one counts as ringing."""
        named = self._parameters.alarm_name
        counting = {name: one for name, one in heard.items() if named not in heard or name == named}
        ringing = {name for name, one in counting.items() if one.status is Status.OK}
        maybe = {name for name, one in counting.items() if one.status is Status.UNKNOWN}
        alarms = self._view.alarms(place.region, place.account)
        related = alarms.depending_on(ringing | maybe)
        if not related:
            return
        known = alarms.beneath(related.values()).values()
        judged = judge_composites(known, ringing, alarms.states(known), self._view.now, maybe)
        for name in sorted(related):
            if named in heard or self._is_named(name):
                yield from self._told(ChainPath(), related[name], judged[name], place, None)

    def _told(
        self,
        path: ChainPath,
        alarm: Notifier,
        judgement: Judgement,
        place: _Place,
        metric: Metric | None,
    ) -> Iterator[ChainPath]:
        topics, notifying = notifies(alarm, place.region)
        at_home = _at_home(alarm, place)
        judged = all_of([judgement, notifying, at_home])
        where = ("alarm", place.account, place.region, alarm.arn)
        if judged.status is Status.BROKEN or at_home.status is not Status.OK:
            yield path.to(*where, _about(alarm.name, judged))
            return
        for topic in topics:
            rest = notified(self._view, topic, alarm.name, alarm.arn, metric, place.account)
            # Where the rest is broken mute rules change nothing: they are neither read nor told.
            open_ended = rest.status is not Status.BROKEN
            full = all_of([judged, self._muted(alarm.name, place)]) if open_ended else judged
            yield path.to(*where, _about(alarm.name, full)).then(rest)

    def _muted(self, alarm: str, place: _Place) -> Judgement:
        if "ListAlarmMuteRules" in self._view.sdk_gaps:
            version = clip(self._view.sdk_gaps["ListAlarmMuteRules"], 20)
            return unknown(f"boto3 {version} of this runtime cannot see ListAlarmMuteRules")
        rules = self._view.mute_rules(alarm, place.region, place.account)
        return rules if isinstance(rules, Judgement) else judge_mute(rules)


def _best(ways: Iterable[ChainPath]) -> list[ChainPath]:
    """The first way that holds; else of those that may, and of those that don't, each the one that
    gets furthest: the others can change neither the verdict nor what is told of it."""
    furthest: dict[Status, ChainPath] = {}
    for way in ways:
        if way.status is Status.OK:
            return [way]
        before = furthest.get(way.status)
        if before is None or way.progress > before.progress:
            furthest[way.status] = way
    return list(furthest.values())


@dataclass(frozen=True, slots=True)
class _LogAlarm:
    name: str
    arn: str
    actions: Actions


def _at_home(alarm: Notifier, place: _Place) -> Judgement:
    """Whether the alarm's ARN is its own, of the region and account in which it was found."""
    arn = Arn.parse(alarm.arn)
    own = (place.region, place.account, f"alarm:{alarm.name}")
    if arn is not None and (arn.region, arn.account, arn.resource) == own:
        return ok()
    return unknown("has the ARN of another, or none", observed=alarm.arn)


_ALREADY_ABOUT = ("not read", "denied", "boto3", "the mute rules")
_VERBS = frozenset(
    (
        *("compares", "evaluates", "has", "is", "may", "names", "needs", "notifies", "refers"),
        *("rings", "stands", "stays", "watches"),
    )
)
"""With which a reason goes on about the alarm; any other begins a sentence of its own."""


def _about(name: str, judgement: Judgement) -> Judgement:
    """The judgement with the alarm as its subject."""
    reason = judgement.reason
    if not reason or reason.startswith(_ALREADY_ABOUT):
        return judgement
    subject = f"alarm {quote(name)}"
    if reason.startswith("alarm's "):
        reason = f"its {reason.removeprefix("alarm's ")}"
    verb = reason.partition(" ")[0] in _VERBS
    return replace(judgement, reason=f"{subject}{'' if verb else ':'} {reason}")
