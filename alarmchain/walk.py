"""Every way that a call may take from a trail to a person, each link judged."""

from collections.abc import Iterator

from alarmchain.alarms import AlarmWalk
from alarmchain.chain.judgement import Judgement, Status, all_of, broken, ok
from alarmchain.chain.log_group import judge_log_group
from alarmchain.chain.metric_filter import MetricFilter, judge_filter, publications
from alarmchain.chain.trail import Trail, delivers, followed, reaches, selects
from alarmchain.control import Call
from alarmchain.parameters import Parameters
from alarmchain.path import Path
from alarmchain.records import RecordClass
from alarmchain.snapshot import Item
from alarmchain.view import View


class Walk:
    """The ways through one account for one region."""

    def __init__(self, view: View, region: str, parameters: Parameters) -> None:
        self._view = view
        self._region = region
        self._parameters = parameters
        self._alarms = AlarmWalk(view, parameters)

    def paths(self, call: Call, records: RecordClass) -> list[Path]:
        """All of them for one call; never empty."""
        found = self._view.trails(self._region)
        if isinstance(found, Judgement):
            return [Path().to("trail", self._view.account, self._region, "", found)]
        trails = sorted(found, key=self._order)
        paths = [path for item in trails for path in self._from_trail(item, call, records)]
        if paths:
            return paths
        nothing = broken(
            f"no trail records {self._region}",
            observed="no trail",
            wanted="a multi-region trail that delivers to CloudWatch Logs",
            remedy="create a multi-region trail that delivers to a CloudWatch Logs log group",
        )
        return [Path().to("trail", self._view.account, self._region, "", nothing)]

    def _order(self, item: Item) -> tuple[bool, bool, str]:
        """Own trails before others' and multi-region ones first: they most likely hold."""
        trail = Trail.read(item)
        return trail.owner != self._view.account, not trail.multi_region, trail.arn

    def _from_trail(self, item: Item, call: Call, records: RecordClass) -> Iterator[Path]:
        trail = Trail.read(item)
        account = trail.owner or self._view.account
        judgement, item = self._judge_trail(trail, item, call, account)
        trail = Trail.read(item)
        path = Path().to("trail", account, trail.home_region, trail.arn, judgement)
        group = trail.log_group
        if judgement.status is Status.BROKEN or group is None or self._unfollowed(trail):
            yield path
            return
        found = self._view.log_group(trail.log_group_name, group.region, account)
        judged = (
            found
            if isinstance(found, Judgement)
            else judge_log_group(trail.log_group_name, found, group.region)
        )
        path = path.to("log_group", account, group.region, str(group), judged)
        if judged.status is Status.BROKEN:
            yield path
        else:
            yield from self._from_log_group(path, trail, account, records)

    def _judge_trail(
        self, trail: Trail, item: Item, call: Call, account: str
    ) -> tuple[Judgement, Item]:
        required = self._parameters.require_multi_region_trail
        reached = reaches(trail, self._region, multi_region_required=required)
        if reached.status is Status.BROKEN:
            return reached, item
        if account != self._view.account:
            linked = self._linked(trail, account)
            if isinstance(linked, Judgement):
                return linked, item
            item, trail = linked, Trail.read(linked)
            reached = reaches(trail, self._region, multi_region_required=required)
        judgements = [reached, followed(trail, account)]
        if all_of(judgements).status is not Status.BROKEN:
            selectors = self._view.trail_selectors(item, trail.home_region, account)
            judgements.append(
                selectors if isinstance(selectors, Judgement) else selects(trail, selectors, call)
            )
        if all_of(judgements).status is not Status.BROKEN:
            status = self._view.trail_status(item, trail.home_region, account)
            judgements.append(
                status if isinstance(status, Judgement) else delivers(trail, status, self._view.now)
            )
        return all_of(judgements), item

    def _linked(self, trail: Trail, account: str) -> Item | Judgement:
        """The organization trail as its owner's account shows it, where that may be read."""
        unfollowed = followed(trail, self._view.account)
        if not trail.organization or self._unfollowed(trail):
            return unfollowed
        found = self._view.trails(trail.home_region, account)
        if isinstance(found, Judgement):
            return found
        return next((one for one in found if one.get("TrailARN") == trail.arn), unfollowed)

    def _unfollowed(self, trail: Trail) -> bool:
        foreign = trail.owner not in ("", self._view.account)
        role = self._parameters.organization_trail_role_arn
        return foreign and not role and not self._view.has_linked(trail.owner)

    def _from_log_group(
        self, path: Path, trail: Trail, account: str, records: RecordClass
    ) -> Iterator[Path]:
        group = trail.log_group
        if group is None:
            return
        name, region = trail.log_group_name, group.region
        found = self._view.metric_filters(name, region, account)
        if isinstance(found, Judgement):
            yield path.to("metric_filter", account, region, name, found)
            return
        filters = [MetricFilter.read(item) for item in found]
        matching = [one for one in filters if self._wanted(one) and one.may_match(records)]
        if not matching:
            yield path.to(
                "metric_filter", account, region, name, self._no_filter(name, filters, records)
            )
            return
        matching.sort(key=lambda one: (not one.covers(records), one.name))
        for metric_filter in matching:
            yield from self._from_filter(path, metric_filter, account, region, records)

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
        self, group: str, filters: list[MetricFilter], records: RecordClass
    ) -> Judgement:
        named = [
            f"{parameter} {value}"
            for parameter, value in (
                ("MetricName", self._parameters.metric_name),
                ("MetricNamespace", self._parameters.metric_namespace),
            )
            if value
        ]
        which = f" of {' and '.join(named)}" if named else ""
        if not filters:
            reason = f"log group '{group}' has no metric filter"
        elif len(filters) == 1 and not named:
            reason = f"metric filter '{filters[0].name}' does not match it"
        else:
            reason = f"no metric filter{which} on log group '{group}' matches it"
        return broken(
            reason,
            observed=f"{len(filters)} metric filters",
            wanted=f"a metric filter that matches {records.name}",
            remedy=f"add {records.name} to a metric filter on log group '{group}'",
        )

    def _from_filter(
        self,
        path: Path,
        metric_filter: MetricFilter,
        account: str,
        region: str,
        records: RecordClass,
    ) -> Iterator[Path]:
        judged = judge_filter(metric_filter, account, region, self._view.blind)
        for publication in publications(metric_filter, records, account, region):
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
                yield from self._alarms.paths(
                    step, publication, records, account, region, self._fed_groups(account)
                )

    def _fed_groups(self, account: str) -> frozenset[tuple[str, str]]:
        """The log groups, as (region, name), into which trails of the account deliver."""
        found = self._view.trails(self._region, "" if account == self._view.account else account)
        if isinstance(found, Judgement):
            return frozenset()
        trails = [Trail.read(item) for item in found]
        return frozenset(
            (trail.log_group.region, trail.log_group_name) for trail in trails if trail.log_group
        )
