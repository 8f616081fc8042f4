"""The paths of a call's records from a trail to a person, each link judged."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from alarmchain.arn import Arn
from alarmchain.chain.api_item import quote
from alarmchain.chain.judgement import Judgement, Status, all_of, broken, ok
from alarmchain.chain.log_group import judge_log_group
from alarmchain.chain.metric_filter.filter_input import judge_filter
from alarmchain.chain.metric_filter.metric_filter import MetricFilter
from alarmchain.chain.metric_filter.metric_transformation import metric_transformations
from alarmchain.chain.trail.event_selectors import judge_selectors
from alarmchain.chain.trail.trail import Trail, judge_delivery, judge_owner, judge_reach
from alarmchain.decision.alarm_paths import AlarmPaths
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
        self._alarm_paths = AlarmPaths(query, parameters)

    def paths(self, records: RecordClass) -> Iterator[ChainPath]:
        """Yield all paths for one class of records, at least one."""
        trails = self._query.trails(self._place)
        for item in sorted(trails.value, key=self._order):
            yield from self._from_trail(item, records)
        missing = trails.missing
        if missing is None and not trails.value:
            missing = broken(
                f"no trail records {self._place.region}",
                observed="no trail",
                wanted="a multi-region trail that delivers to CloudWatch Logs",
                remedy="create a multi-region trail that delivers to a CloudWatch Logs log group",
            )
        if missing is not None:
            yield ChainPath().to("trail", self._place, "", missing)

    def _order(self, item: Item) -> tuple[bool, bool, str]:
        """Sort own trails and multi-region trails first: they are the likeliest to work."""
        trail = Trail.read(item)
        return trail.owner != self._place.account, not trail.multi_region, trail.arn

    def _from_trail(self, item: Item, records: RecordClass) -> Iterator[ChainPath]:
        trail = Trail.read(item)
        home = Place(trail.owner or self._place.account, trail.home_region)
        at_home = self._at_home(trail, item, home)
        if isinstance(at_home, Judgement):
            yield ChainPath().to("trail", home, trail.arn, at_home)
            return
        trail = Trail.read(at_home)
        home = replace(home, region=trail.home_region)
        judgement = self._judge_trail(trail, at_home, records, home)
        path = ChainPath().to("trail", home, trail.arn, judgement)
        if judgement.status is Status.BROKEN or trail.log_group is None:
            yield path
            return
        name = trail.log_group_name
        judgement = all_of(
            [
                self._query.log_group(name, home).judge(
                    lambda group: judge_log_group(name, group, home.region)
                ),
                self._query.judge_sdk(ReadKind.LOG_GROUP),
            ]
        )
        path = path.to("log_group", home, str(trail.log_group), judgement)
        if judgement.status is Status.BROKEN:
            yield path
        else:
            yield from self._from_log_group(path, trail, home, records)

    def _at_home(self, trail: Trail, item: Item, home: Place) -> Item | Judgement:
        """Return the trail as its owner's account describes it, or why it cannot be used."""
        reached = self._judge_reach(trail)
        if reached.status is not Status.OK:
            return reached
        if home.account == self._place.account:
            own = judge_owner(trail, home.account)
            return item if own.status is Status.OK else own
        unreadable = self._unreadable_owner(trail, home.account)
        if unreadable is not None:
            return unreadable
        trails = self._query.trails(home)
        for owner_item in trails.value:
            owner_trail = Trail.read(owner_item)
            if owner_trail.arn == trail.arn and owner_trail.organization:
                reached = all_of(
                    [self._judge_reach(owner_trail), judge_owner(owner_trail, home.account)]
                )
                return owner_item if reached.status is Status.OK else reached
        return judge_owner(trail, self._place.account) if trails.missing is None else trails.missing

    def _judge_reach(self, trail: Trail) -> Judgement:
        required = self._parameters.require_multi_region_trail
        return judge_reach(trail, self._place.region, multi_region_required=required)

    def _unreadable_owner(self, trail: Trail, owner: str) -> Judgement | None:
        """Return why the account of an organization trail cannot be read, None if it can."""
        judgement = judge_owner(trail, self._place.account)
        role = Arn.parse(self._parameters.organization_trail_role_arn)
        if not trail.organization:
            return judgement
        if role is not None and role.account != owner:
            account = f"OrganizationTrailRoleArn is of account {role.account}"
            reason = f"{judgement.reason}; {account}"
            return replace(judgement, reason=reason)
        return judgement if role is None and not self._query.has_linked(owner) else None

    def _judge_trail(
        self, trail: Trail, item: Item, records: RecordClass, home: Place
    ) -> Judgement:
        """Return whether the trail records the class and delivers it."""
        recorded = self._query.trail_selectors(item, home).judge(
            lambda with_selectors: judge_selectors(trail, with_selectors, records)
        )
        if recorded.status is Status.BROKEN:
            return recorded
        delivered = self._query.trail_status(item, home).judge(
            lambda status: judge_delivery(trail, status, self._query.now)
        )
        return all_of([replace(recorded, reason=recorded.reason or delivered.reason), delivered])

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
        missing = filters.missing
        if missing is None and not matching:
            where = "" if home.region == self._place.region else f" in {home.region}"
            missing = self._no_filter(f"{quote(name)}{where}", filters.value, records)
        if missing is not None:
            yield path.to("metric_filter", home, name, missing)
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
        remedy = f"add the missing calls to a metric filter on {shown}"
        if not filters:
            reason = f"{shown} has no metric filter"
            remedy = f"create a metric filter on {shown} that matches the calls"
        elif len(filters) == 1 and not named:
            reason = f"{filters[0].called} on {shown} does not match the call"
        else:
            reason = f"no metric filter{which} on {shown} matches the call"
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
            if judgement is seen and judgement.status is Status.OK:
                judgement = ok(metric_filter.text)
            to_filter = path.to("metric_filter", home, metric_filter.name, judgement)
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
            (other.log_group.region, other.log_group_name) for other in trails if other.log_group
        )
