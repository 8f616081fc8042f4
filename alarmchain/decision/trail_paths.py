"""The paths of a call's records from a trail to a person, each link judged."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from alarmchain.arn import Arn
from alarmchain.chain.api_item import quote, text
from alarmchain.chain.judgement import Judgement, Status, all_of, broken
from alarmchain.chain.log_group import judge_log_group
from alarmchain.chain.metric_filter.filter_input import judge_filter
from alarmchain.chain.metric_filter.metric_filter import MetricFilter
from alarmchain.chain.metric_filter.metric_transformation import metric_transformations
from alarmchain.chain.self_silencing import SilencingCall
from alarmchain.chain.trail.event_selectors import judge_selectors
from alarmchain.chain.trail.trail import Trail, judge_delivery, judge_place, judge_reach
from alarmchain.decision.alarm_paths import AlarmPaths
from alarmchain.decision.evidence.log_group import describe_log_group
from alarmchain.decision.evidence.metric_filter import describe_filters, describe_no_filter
from alarmchain.decision.evidence.trail import SELECTORS, STATUS, describe_trail
from alarmchain.decision.metric_signals import LogGroups
from alarmchain.decision.path import ChainPath
from alarmchain.parameters import Parameters
from alarmchain.place import Place
from alarmchain.records.record_class import RecordClass
from alarmchain.snapshot.query import SnapshotQuery
from alarmchain.snapshot.reads import ReadKind
from alarmchain.snapshot.snapshot import Item


class TrailPaths:
    """The paths through one account for one of its regions."""

    def __init__(self, query: SnapshotQuery, region: str, parameters: Parameters) -> None:
        self._query = query
        self._place = Place(query.account, region)
        self._parameters = parameters
        self._silencing: SilencingCall | None = None
        self._alarm_paths = AlarmPaths(query, parameters, None, 1)

    def paths(self, records: RecordClass) -> Iterator[ChainPath]:
        """Yield all paths for one class of records, at least one.

        They must be used before the next class is asked for.
        """
        self._silencing = SilencingCall.of(records)
        self._alarm_paths = AlarmPaths(
            self._query, self._parameters, self._silencing, records.events
        )
        trails = self._query.trails(self._place)
        for item in sorted(trails.value, key=self._order):
            yield from map(self._unless_silenced, self._from_trail(item, records))
        missing = trails.missing
        if missing is None and not trails.value:
            missing = broken(
                f"no trail records {self._place.region}",
                observed=f"cloudtrail:DescribeTrails in {self._place.region} returned no trail",
                wanted="a multi-region trail that delivers to CloudWatch Logs",
                remedy="create a multi-region trail that delivers to a CloudWatch Logs log group",
            )
        if missing is not None:
            yield ChainPath().to("trail", self._place, "", missing)

    def _unless_silenced(self, path: ChainPath) -> ChainPath:
        """Return the path; one that works is unknown if the call can be about one of its links."""
        if self._silencing is not None and path.status is Status.OK:
            for link in path.links:
                place = Place(link.account, link.region)
                judgement = self._silencing.judge_own_link(link.link, place)
                if judgement.status is not Status.OK:
                    return path.stopped_at(link.link, judgement)
        return path

    def _order(self, item: Item) -> tuple[bool, bool, str]:
        """Sort own trails and multi-region trails first: they are the likeliest to work."""
        trail = Trail.read(item)
        return trail.owner != self._place.account, not trail.multi_region, trail.arn

    def _from_trail(self, item: Item, records: RecordClass) -> Iterator[ChainPath]:
        trail = Trail.read(item)
        own = Place(self._place.account, trail.home_region)
        judgement = self._judge_reach(trail)
        if judgement.status is not Status.OK:
            describe = partial(describe_trail, item, records, ())
            yield ChainPath().to("trail", _home(trail, own), trail.arn, judgement, describe)
            return
        item, home, placed = self._in_its_account(trail, item, own)
        trail = Trail.read(item)
        judgement, judged = self._judge_trail(trail, item, records, home, placed)
        describe = partial(describe_trail, item, records, judged)
        path = ChainPath().to("trail", _home(trail, own), trail.arn, judgement, describe)
        if judgement.status is Status.BROKEN or placed.status is not Status.OK:
            yield path
            return
        name, arn = trail.log_group_name, str(trail.log_group)
        log_group = self._query.log_group(name, home)
        judgement = all_of(
            [
                log_group.judge(lambda group: self._judge_log_group(name, group, home)),
                self._query.judge_sdk(ReadKind.LOG_GROUP),
            ]
        )
        describe = partial(describe_log_group, log_group.value, arn)
        path = path.to("log_group", home, arn, judgement, describe)
        if judgement.status is Status.BROKEN:
            yield path
        else:
            yield from self._from_log_group(path, trail, home, records)

    def _judge_log_group(self, name: str, item: Item | None, home: Place) -> Judgement:
        judgement = judge_log_group(name, item, home.region)
        if self._silencing is None or judgement.status is not Status.OK or judgement.reason:
            return judgement
        key = text(item or {}, "kmsKeyId")
        note = self._silencing.note_on_log_group(f"log group {quote(name)}", key, home)
        return replace(judgement, reason=note)

    def _in_its_account(
        self, trail: Trail, item: Item, own: Place
    ) -> tuple[Item, Place, Judgement]:
        """Return the trail as the account of its log group describes it, with that account, and OK.

        If that account cannot be read: as the audited account describes it, and why.
        """
        placed = judge_place(trail, own.account)
        group = trail.log_group
        elsewhere = group is not None and group.account != own.account
        if placed.status is Status.OK or group is None or not (elsewhere and trail.organization):
            return item, own, placed
        role = Arn.parse(self._parameters.organization_trail_role_arn)
        if role is not None and role.account != group.account:
            wrong = f"{placed.reason}; OrganizationTrailRoleArn is of account {role.account}"
            return item, own, replace(placed, reason=wrong)
        if role is None and not self._query.has_linked(group.account):
            return item, own, placed
        place = Place(group.account, trail.home_region)
        trails = self._query.trails(place)
        for other_item in trails.value:
            other = Trail.read(other_item)
            if other.arn == trail.arn and other.organization:
                reached = [self._judge_reach(other), judge_place(other, place.account)]
                return other_item, replace(place, region=other.home_region), all_of(reached)
        return item, own, placed if trails.missing is None else trails.missing

    def _judge_reach(self, trail: Trail) -> Judgement:
        required = self._parameters.require_multi_region_trail
        return judge_reach(trail, self._place.region, multi_region_required=required)

    def _judge_trail(
        self, trail: Trail, item: Item, records: RecordClass, home: Place, placed: Judgement
    ) -> tuple[Judgement, tuple[str, ...]]:
        """Return whether the trail records the class and delivers it, and the members of the item
        that were judged.

        `placed`: whether the chain can be followed in `home`. If not, what surely stops the records
        is reported first; a member account can read an organization trail's status, but not its
        event selectors.
        """
        readable = placed.status is Status.OK or trail.owner == home.account
        recorded = placed
        judged: tuple[str, ...] = SELECTORS if readable else ()
        if readable:
            recorded = self._query.trail_selectors(item, home).judge(
                lambda with_selectors: judge_selectors(trail, with_selectors, records)
            )
        if recorded.status is Status.BROKEN:
            return recorded, judged
        judged += STATUS
        delivered = self._query.trail_status(item, home).judge(
            lambda status: judge_delivery(trail, status, self._query.now)
        )
        if placed.status is not Status.OK:
            return delivered if delivered.status is Status.BROKEN else placed, judged
        recorded = replace(recorded, reason=recorded.reason or delivered.reason)
        return all_of([recorded, delivered]), judged

    def _from_log_group(
        self, path: ChainPath, trail: Trail, home: Place, records: RecordClass
    ) -> Iterator[ChainPath]:
        name = trail.log_group_name
        filters = self._query.metric_filters(name, home)
        matching = [
            metric_filter
            for metric_filter in filters.value
            if self._may_write(metric_filter) and metric_filter.may_match(records)
        ]
        matching.sort(
            key=lambda metric_filter: (not metric_filter.covers(records), metric_filter.name)
        )
        trail_log_groups = self._trail_log_groups(trail, home.account)
        for metric_filter in matching:
            yield from self._from_filter(path, metric_filter, home, records, trail_log_groups)
        if filters.missing is not None:
            yield path.to("metric_filter", home, name, filters.missing)
        elif not matching:
            where = "" if home.region == self._place.region else f" in {home.region}"
            nothing = self._no_filter(f"{quote(name)}{where}", filters.value, records)
            describe = partial(describe_no_filter, name, filters.value)
            yield path.to("metric_filter", home, name, nothing, describe)
        if not self._parameters.metric_name and not self._parameters.metric_namespace:
            yield from self._alarm_paths.of_log_group(path, name, home)

    def _may_write(self, metric_filter: MetricFilter) -> bool:
        """Return whether the filter writes to a metric that the parameters let count."""
        return any(
            self._may_count(transformation.get("metricNamespace"), transformation.get("metricName"))
            for transformation in metric_filter.transformations
        )

    def _may_count(self, namespace: object, name: object) -> bool:
        parameters = self._parameters
        return parameters.metric_namespace in ("", namespace) and parameters.metric_name in (
            "",
            name,
        )

    def _no_filter(
        self, group: str, filters: Sequence[MetricFilter], records: RecordClass
    ) -> Judgement:
        """Return the judgement that no filter matches; `group` is the log group's quoted name."""
        named = [
            f"{parameter} {quote(value)}"
            for parameter, value in (
                ("MetricName", self._parameters.metric_name),
                ("MetricNamespace", self._parameters.metric_namespace),
            )
            if value
        ]
        which = f" with {' and '.join(named)}" if named else ""
        shown = f"log group {group}"
        remedy = f"add the missing {records.members} to a metric filter on {shown}"
        if not filters:
            reason = f"{shown} has no metric filter"
            remedy = f"create a metric filter on {shown} that matches the {records.members}"
        elif len(filters) == 1 and not named:
            reason = f"{filters[0].called} on {shown} does not match the {records.noun}"
        else:
            reason = f"no metric filter{which} on {shown} matches the {records.noun}"
        return broken(
            reason,
            observed=f"{len(filters)} metric filter{'' if len(filters) == 1 else 's'}",
            wanted=f"a metric filter that matches {records.name}",
            remedy=remedy,
        )

    def _from_filter(
        self,
        path: ChainPath,
        metric_filter: MetricFilter,
        home: Place,
        records: RecordClass,
        trail_log_groups: LogGroups,
    ) -> Iterator[ChainPath]:
        seen = judge_filter(metric_filter, records, home.account, home.region)
        sdk = self._query.judge_sdk(ReadKind.METRIC_FILTERS)
        path = path.through(metric_filter)
        for transformation in metric_transformations(
            metric_filter, records, home.account, home.region
        ):
            metric = transformation.metric
            if not self._may_count(metric.namespace, metric.name):
                continue
            judgement = all_of([seen, sdk, transformation.judgement])
            describe = partial(describe_filters, [metric_filter])
            to_filter = path.to("metric_filter", home, metric_filter.name, judgement, describe)
            if judgement.status is Status.BROKEN:
                yield to_filter
            else:
                yield from self._alarm_paths.paths(
                    to_filter, metric, records, home, trail_log_groups
                )

    def _trail_log_groups(self, trail: Trail, account: str) -> LogGroups:
        """Return the log groups to which the account's known trails deliver."""
        known = self._query.trails(Place(account, self._place.region))
        trails = (trail, *map(Trail.read, known.value))
        return frozenset(
            (other.log_group.region, other.log_group_name)
            for other in trails
            if other.log_group and other.log_group.account == account
        )


def _home(trail: Trail, own: Place) -> Place:
    """Return where the trail is."""
    return Place(trail.owner or own.account, trail.home_region)
