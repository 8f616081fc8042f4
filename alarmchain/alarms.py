"""Every way on from a metric filter: the alarms that hear of it and whom they tell."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from alarmchain.chain.actions import notifies
from alarmchain.chain.alarm import MetricAlarm, judge_alarm
from alarmchain.chain.composite_alarm import CompositeAlarm
from alarmchain.chain.judgement import Judgement, Status, all_of, broken, unknown
from alarmchain.chain.metric_filter import Publication
from alarmchain.chain.mute import judge_mute
from alarmchain.chain.nesting import judge_composites
from alarmchain.chain.signal import Metric, Signal
from alarmchain.hearing import Groups, Hearing
from alarmchain.notification import notified
from alarmchain.parameters import Parameters
from alarmchain.path import Path
from alarmchain.records import RecordClass
from alarmchain.snapshot import Item
from alarmchain.view import View


class AlarmWalk:
    """The ways from metric filters through alarms to subscribers."""

    def __init__(self, view: View, parameters: Parameters) -> None:
        self._view = view
        self._parameters = parameters

    def paths(
        self,
        path: Path,
        publication: Publication,
        records: RecordClass,
        account: str,
        region: str,
        fed: Groups,
    ) -> Iterator[Path]:
        """Every way on from a path that ends at a metric filter; at least one."""
        metric_filter = path.metric_filter
        if metric_filter is None:
            return
        hearing = Hearing(self._view, records, (account, region), fed, metric_filter)
        restless = hearing.never_rests(publication.metric)
        if restless is not None:
            yield path.with_filter_judgement(restless)
            return
        for one in self._ways(path, publication.metric, hearing, account, region):
            yield self._all_writers_known(one, publication.metric, account, region)

    def _all_writers_known(self, path: Path, metric: Metric, account: str, region: str) -> Path:
        """A path that holds, unless it is not known who else writes to the metric."""
        if path.status is Status.OK:
            writers = self._view.writers(metric, region, account)
            if isinstance(writers, Judgement):
                return path.with_filter_judgement(writers)
        return path

    def _ways(
        self, path: Path, metric: Metric, hearing: Hearing, account: str, region: str
    ) -> Iterator[Path]:
        items = self._view.metric_alarms(metric, region, account)
        if isinstance(items, Judgement):
            yield path.to("alarm", account, region, "", items)
            return
        signals = {metric: hearing.signal(metric)}
        ways: list[Path] = []
        heard: dict[str, Judgement] = {}
        for item in items:
            alarm = MetricAlarm.read(item)
            heard[alarm.name] = judge_alarm(alarm, signals, self._view.now)
            ways += self._from_alarm(path, alarm, heard[alarm.name], account, region)
        if not any(way.status is Status.OK for way in ways):
            # What is looked for comes first: a composite tells more than its child without actions.
            ways = [*self._swept(path, metric, hearing, heard, account, region), *ways]
        yield from ways or [self._nobody_hears(path, metric, signals, account, region)]

    def _swept(
        self,
        path: Path,
        metric: Metric,
        hearing: Hearing,
        heard: dict[str, Judgement],
        account: str,
        region: str,
    ) -> Iterator[Path]:
        """The ways through metric math and composite alarms, which have to be looked for."""
        found = self._view.all_alarms(region, account)
        if isinstance(found, Judgement):
            yield path.to("alarm", account, region, "", found)
            return
        items, composites = found
        for alarm in map(MetricAlarm.read, (item for item in items if item.get("Metrics"))):
            if alarm.name in heard or metric not in alarm.watches():
                continue
            signals = {**hearing.signals(alarm), metric: hearing.signal(metric)}
            heard[alarm.name] = judge_alarm(alarm, signals, self._view.now)
            yield from self._from_alarm(path, alarm, heard[alarm.name], account, region)
        yield from self._through_composites(path, heard, items, composites, account, region)

    def _nobody_hears(
        self,
        path: Path,
        metric: Metric,
        signals: Mapping[Metric, Signal],
        account: str,
        region: str,
    ) -> Path:
        """The end of a way without an alarm, or at one that watches a metric of the same name."""
        named = self._parameters.alarm_name
        found = self._view.all_alarms(region, account)
        for item in () if isinstance(found, Judgement) else found[0]:
            if item.get("MetricName") == metric.name and named in ("", item["AlarmName"]):
                near = MetricAlarm.read(item)
                judgement = judge_alarm(near, signals, self._view.now)
                if judgement.status is not Status.OK:
                    return path.to("alarm", account, region, near.arn, _about(near.name, judgement))
        dimensions = "".join(f" {name}={value}" for name, value in metric.dimensions)
        watched = f"{metric.namespace}/{metric.name}{dimensions}"
        nothing = broken(
            f"no alarm{f' {named!r}' if named else ''} in {region} watches {watched}",
            observed="no alarm",
            wanted=f"an alarm on {watched}",
            remedy=f"create an alarm on {watched} in {region}",
        )
        return path.to("alarm", account, region, "", nothing)

    def _from_alarm(
        self, path: Path, alarm: MetricAlarm, judgement: Judgement, account: str, region: str
    ) -> list[Path]:
        if self._parameters.alarm_name not in ("", alarm.name):
            return []
        return list(self._told(path, alarm, judgement, account, region, alarm.metric))

    def _through_composites(
        self,
        path: Path,
        heard: Mapping[str, Judgement],
        items: Iterable[Item],
        composites: Iterable[Item],
        account: str,
        region: str,
    ) -> Iterator[Path]:
        ringing = {name for name, one in heard.items() if one.status is Status.OK}
        maybe = {name for name, one in heard.items() if one.status is Status.UNKNOWN}
        known = [CompositeAlarm.read(item) for item in composites if ringing or maybe]
        related = _related(known, ringing | maybe)
        if not related:
            return
        states = {str(item["AlarmName"]): item for item in (*items, *composites)}
        judged = judge_composites(known, ringing, states, self._view.now, maybe)
        for composite in known:
            if composite.name in related and self._named(composite, heard):
                judgement = judged[composite.name]
                yield from self._told(path, composite, judgement, account, region, None)

    def _named(self, composite: CompositeAlarm, heard: Mapping[str, Judgement]) -> bool:
        """Whether the way goes through the alarm that AlarmName asks for."""
        wanted = self._parameters.alarm_name
        through = wanted in heard and wanted in composite.children()
        return wanted in ("", composite.name) or through

    def _told(
        self,
        path: Path,
        alarm: MetricAlarm | CompositeAlarm,
        judgement: Judgement,
        account: str,
        region: str,
        metric: Metric | None,
    ) -> Iterator[Path]:
        topics, notifying = notifies(alarm, region)
        judged = all_of([judgement, notifying])
        if judged.status is not Status.BROKEN:
            judged = all_of([judged, self._muted(alarm.name, account, region)])
        step = path.to("alarm", account, region, alarm.arn, _about(alarm.name, judged))
        if judged.status is Status.BROKEN:
            yield step
            return
        for topic in topics:
            yield notified(self._view, step, topic, alarm.name, alarm.arn, metric, account)

    def _muted(self, alarm: str, account: str, region: str) -> Judgement:
        if "ListAlarmMuteRules" in self._view.blind:
            version = self._view.blind["ListAlarmMuteRules"]
            return unknown(f"boto3 {version} of this runtime cannot see ListAlarmMuteRules")
        rules = self._view.mute_rules(alarm, region, account)
        return rules if isinstance(rules, Judgement) else judge_mute(rules)


def _related(composites: Iterable[CompositeAlarm], names: set[str]) -> set[str]:
    """The composites that depend on one of the alarms, directly or through another composite."""
    related: set[str] = set()
    waiting = {one.name: set(one.children()) for one in composites}
    grown = True
    while grown:
        fresh = {name for name, children in waiting.items() if children & (names | related)}
        grown = not fresh <= related
        related |= fresh
    return related


def _about(name: str, judgement: Judgement) -> Judgement:
    """The judgement with the alarm as its subject."""
    reason = judgement.reason
    if not reason or reason.startswith(("not read", "denied", "boto3")):
        return judgement
    reason = reason.removeprefix("alarm's ")
    subject = f"alarm '{name}'" if reason == judgement.reason else f"alarm '{name}': its"
    subject += ":" * reason.startswith("one ")
    return replace(judgement, reason=f"{subject} {reason}")
