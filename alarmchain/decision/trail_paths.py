"""Every way that a call may take from a trail to a person, each link judged."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from alarmchain.arn import Arn
from alarmchain.chain.api_item import quote
from alarmchain.chain.judgement import Judgement, Status, all_of, broken, ok
from alarmchain.chain.log_group import judge_log_group
from alarmchain.chain.metric_filter.filter_input import judge_filter
from alarmchain.chain.metric_filter.metric_filter import MetricFilter
from alarmchain.chain.metric_filter.metric_transformation import metric_transformations
from alarmchain.chain.trail.event_selectors import selects
from alarmchain.chain.trail.trail import Trail, delivers, followed, reaches
from alarmchain.control import Call
from alarmchain.decision.alarm_paths import AlarmPaths
from alarmchain.decision.metric_signals import Groups
from alarmchain.decision.path import ChainPath
from alarmchain.parameters import Parameters
from alarmchain.records.record_class import RecordClass
from alarmchain.snapshot.query import SnapshotQuery
from alarmchain.snapshot.snapshot import Item


class TrailPaths:
    """The ways through one account for one region."""

    def __init__(self, view: SnapshotQuery, region: str, parameters: Parameters) -> None:
        self._view = view
        self._region = region
        self._parameters = parameters
        self._alarms = AlarmPaths(view, parameters)

    def paths(self, call: Call, records: RecordClass) -> Iterator[ChainPath]:
        """All of them for one call; at least one."""
        found = self._view.trails(self._region)
        for item in sorted(found.items, key=self._order):
            yield from self._from_trail(item, call, records)
        missing = found.missing
        if missing is None and not found.items:
            missing = broken(
                f"no trail records {self._region}",
                observed="no trail",
                wanted="a multi-region trail that delivers to CloudWatch Logs",
                remedy="create a multi-region trail that delivers to a CloudWatch Logs log group",
            )
        if missing is not None:
            yield ChainPath().to("trail", self._view.account, self._region, "", missing)

    def _order(self, item: Item) -> tuple[bool, bool, str]:
        """Own trails before others' and multi-region ones first: they most likely hold."""
        trail = Trail.read(item)
        return trail.owner != self._view.account, not trail.multi_region, trail.arn

    def _from_trail(self, item: Item, call: Call, records: RecordClass) -> Iterator[ChainPath]:
        trail = Trail.read(item)
        account = trail.owner or self._view.account
        found = self._at_home(trail, item, account)
        if isinstance(found, Judgement):
            yield ChainPath().to("trail", account, trail.home_region, trail.arn, found)
            return
        trail = Trail.read(found)
        judgement = self._judge_trail(trail, found, call, account)
        path = ChainPath().to("trail", account, trail.home_region, trail.arn, judgement)
        if judgement.status is Status.BROKEN or trail.log_group is None:
            yield path
            return
        name, region = trail.log_group_name, trail.home_region
        group = self._view.log_group(name, region, account)
        judged = group if isinstance(group, Judgement) else judge_log_group(name, group, region)
        path = path.to("log_group", account, region, str(trail.log_group), judged)
        if judged.status is Status.BROKEN:
            yield path
        else:
            yield from self._from_log_group(path, trail, account, records)

    def _at_home(self, trail: Trail, item: Item, account: str) -> Item | Judgement:
        """The trail as its owner's account shows it, or why its way can't be followed."""
        reached = self._reached(trail)
        if reached.status is not Status.OK:
            return reached
        if account == self._view.account:
            here = followed(trail, account)
            return item if here.status is Status.OK else here
        unfollowed = self._unfollowed(trail, account)
        if unfollowed is not None:
            return unfollowed
        found = self._view.trails(trail.home_region, account)
        for theirs in found.items:
            own = Trail.read(theirs)
            if own.arn == trail.arn and own.organization:
                reached = all_of([self._reached(own), followed(own, account)])
                return theirs if reached.status is Status.OK else reached
        return followed(trail, self._view.account) if found.missing is None else found.missing

    def _reached(self, trail: Trail) -> Judgement:
        required = self._parameters.require_multi_region_trail
        return reaches(trail, self._region, multi_region_required=required)

    def _unfollowed(self, trail: Trail, account: str) -> Judgement | None:
        """Why the account of an organization trail can't be read, None if it can."""
        here = followed(trail, self._view.account)
        role = Arn.parse(self._parameters.organization_trail_role_arn)
        if not trail.organization:
            return here
        if role is not None and role.account != account:
            reason = f"{here.reason}: OrganizationTrailRoleArn is of account {role.account}"
            return replace(here, reason=reason)
        return here if role is None and not self._view.has_linked(account) else None

    def _judge_trail(self, trail: Trail, item: Item, call: Call, account: str) -> Judgement:
        """Whether a trail whose way can be followed records the call and delivers it."""
        item_or_missing = self._view.trail_selectors(item, trail.home_region, account)
        recorded = (
            item_or_missing
            if isinstance(item_or_missing, Judgement)
            else selects(trail, item_or_missing, call)
        )
        if recorded.status is Status.BROKEN:
            return recorded
        status = self._view.trail_status(item, trail.home_region, account)
        delivered = (
            status if isinstance(status, Judgement) else delivers(trail, status, self._view.now)
        )
        return all_of([replace(recorded, reason=recorded.reason or delivered.reason), delivered])

    def _from_log_group(
        self, path: ChainPath, trail: Trail, account: str, records: RecordClass
    ) -> Iterator[ChainPath]:
        name, region = trail.log_group_name, trail.home_region
        found = self._view.metric_filters(name, region, account)
        matching = [one for one in found.items if self._wanted(one) and one.may_match(records)]
        matching.sort(key=lambda one: (not one.covers(records), one.name))
        fed = self._fed_groups(trail, account)
        for metric_filter in matching:
            yield from self._from_filter(path, metric_filter, account, region, records, fed)
        missing = found.missing
        if missing is None and not matching:
            where = "" if region == self._region else f" in {region}"
            missing = self._no_filter(f"{quote(name)}{where}", found.items, records)
        if missing is not None:
            yield path.to("metric_filter", account, region, name, missing)
        if not self._parameters.metric_name and not self._parameters.metric_namespace:
            yield from self._alarms.of_log_group(path, name, account, region)

    def _wanted(self, metric_filter: MetricFilter) -> bool:
        """Whether the filter writes to the metric that the parameters ask for, if they do."""
        return any(
            self._wanted_metric(one.get("metricNamespace"), one.get("metricName"))
            for one in metric_filter.transformations
        )

    def _wanted_metric(self, namespace: object, name: object) -> bool:
        wanted = self._parameters
        return wanted.metric_namespace in ("", namespace) and wanted.metric_name in ("", name)

    def _no_filter(
        self, group: str, filters: Sequence[MetricFilter], records: RecordClass
    ) -> Judgement:
        """`group` as a sentence calls it."""
        named = [
            f"{parameter} {quote(value)}"
            for parameter, value in (
                ("MetricName", self._parameters.metric_name),
                ("MetricNamespace", self._parameters.metric_namespace),
            )
            if value
        ]
        which = f" of {' and '.join(named)}" if named else ""
        shown = f"log group {group}"
        remedy = f"add {records.name} to a metric filter on {shown}"
        if not filters:
            reason = f"{shown} has no metric filter"
            remedy = f"make a metric filter on {shown} that matches {records.name}"
        elif len(filters) == 1 and not named:
            reason = f"{filters[0].shown} does not match it"
        else:
            reason = f"no metric filter{which} on {shown} matches it"
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
        account: str,
        region: str,
        records: RecordClass,
        fed: Groups,
    ) -> Iterator[ChainPath]:
        judged = judge_filter(metric_filter, records, account, region, self._view.sdk_gaps)
        for publication in metric_transformations(metric_filter, records, account, region):
            if not self._wanted_metric(publication.metric.namespace, publication.metric.name):
                continue
            judgement = all_of([judged, publication.judgement])
            if judgement is judged and judgement.status is Status.OK:
                judgement = ok(metric_filter.text)
            step = path.through(metric_filter).to(
                "metric_filter", account, region, metric_filter.name, judgement
            )
            if judgement.status is Status.BROKEN:
                yield step
            else:
                yield from self._alarms.paths(step, publication, records, account, region, fed)

    def _fed_groups(self, trail: Trail, account: str) -> Groups:
        """The log groups, as (region, name), into which known trails of the account deliver."""
        trails = (trail, *map(Trail.read, self._view.trails(self._region, account).items))
        return frozenset(
            (one.log_group.region, one.log_group_name) for one in trails if one.log_group
        )
