"""Does the trail record the call in the region, and does what it records reach CloudWatch Logs?

Sources: CloudTrail API reference (Trail, GetTrailStatus, EventSelector, AdvancedFieldSelector);
CloudTrail user guide, "Sending events to CloudWatch Logs" and "Logging management events".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.chain.arn import Arn
from alarmchain.chain.judgement import Judgement, any_of, broken, ok, unknown
from alarmchain.chain.selectors import selected
from alarmchain.control import Call

STALE_AFTER = 60 * 60
"""Seconds without a delivery after which a standing delivery error is believed."""


@dataclass(frozen=True, slots=True)
class Trail:
    """What DescribeTrails says of a trail, and where it delivers."""

    name: str
    arn: str
    home_region: str
    multi_region: bool
    organization: bool
    log_group: Arn | None
    owner: str

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> "Trail":
        """Reads a DescribeTrails item."""
        arn = str(item.get("TrailARN", ""))
        parsed = Arn.parse(arn)
        target = item.get("CloudWatchLogsLogGroupArn")
        return cls(
            name=str(item.get("Name") or arn.rpartition("/")[2]),
            arn=arn,
            home_region=str(item.get("HomeRegion") or (parsed.region if parsed else "")),
            multi_region=item.get("IsMultiRegionTrail") is True,
            organization=item.get("IsOrganizationTrail") is True,
            log_group=Arn.parse(target) if isinstance(target, str) and target else None,
            owner=parsed.account if parsed else "",
        )

    @property
    def log_group_name(self) -> str:
        """The name in `log-group:NAME:*`."""
        return (
            self.log_group.resource.removeprefix("log-group:").removesuffix(":*")
            if (self.log_group)
            else ""
        )


def reaches(trail: Trail, region: str, *, multi_region_required: bool) -> Judgement:
    """Whether the trail sees the region's calls at all, and sends them to a log group."""
    if multi_region_required and not trail.multi_region:
        return broken(
            f"trail '{trail.name}' is not multi-region",
            observed="IsMultiRegionTrail false",
            wanted="IsMultiRegionTrail true",
            remedy=f"make trail '{trail.name}' multi-region",
        )
    if not trail.multi_region and trail.home_region != region:
        return broken(
            f"trail '{trail.name}' records {trail.home_region} only",
            observed=f"home region {trail.home_region}, not multi-region",
            wanted=f"a trail of {region}, or a multi-region one",
            remedy=f"make trail '{trail.name}' multi-region",
        )
    if trail.log_group is None or not trail.log_group_name:
        return broken(
            f"trail '{trail.name}' sends nothing to CloudWatch Logs",
            observed="no CloudWatchLogsLogGroupArn",
            wanted="a log group",
            remedy=f"let trail '{trail.name}' deliver to a log group",
        )
    if trail.log_group.service != "logs":
        return unknown(f"trail '{trail.name}' delivers to {trail.log_group}, which is no log group")
    return ok(str(trail.log_group))


def delivers(trail: Trail, status: Mapping[str, Any], now: float) -> Judgement:
    """Whether the trail is logging and its delivery to CloudWatch Logs is alive at `now`.

    `status` is GetTrailStatus's answer, with times in epoch seconds. AWS does not say whether an
    old delivery error is ever cleared, so an error beside recent deliveries stays unknown.
    """
    logging = status.get("IsLogging")
    if logging is not True:
        if logging is False:
            return broken(
                f"trail '{trail.name}' is stopped",
                observed="IsLogging false",
                wanted="IsLogging true",
                remedy=f"start logging on trail '{trail.name}'",
            )
        return unknown(f"trail '{trail.name}': its status does not say whether it is logging")
    error = status.get("LatestCloudWatchLogsDeliveryError")
    last = status.get("LatestCloudWatchLogsDeliveryTime")
    remedy = f"mend the role and log group that trail '{trail.name}' delivers with"
    wanted = "deliveries to CloudWatch Logs without error"
    if error:
        reason = f"trail '{trail.name}' fails to deliver to CloudWatch Logs: {error}"
        if not isinstance(last, int | float) or now - last > STALE_AFTER:
            return broken(reason, observed=str(error), wanted=wanted, remedy=remedy)
        return unknown(
            f"trail '{trail.name}' delivers, but its last delivery error was {error}",
            observed=str(error),
            wanted=wanted,
            remedy=remedy,
        )
    if not isinstance(last, int | float):
        return unknown(
            f"trail '{trail.name}' has never delivered to CloudWatch Logs yet",
            observed="no LatestCloudWatchLogsDeliveryTime",
            wanted=wanted,
            remedy=f"wait for the first delivery, then {remedy} if there is none",
        )
    quiet = f"last delivery {int((now - last) // 3600)} h ago" if now - last > STALE_AFTER else ""
    return ok("logging", quiet)


def selects(trail: Trail, item: Mapping[str, Any], call: Call) -> Judgement:
    """Whether the trail's event selectors, basic or advanced, record the call.

    `item` holds "EventSelectors" and/or "AdvancedEventSelectors" as GetEventSelectors returns
    them. A call is recorded if any selector records it.
    """
    basic = item.get("EventSelectors") or []
    advanced = item.get("AdvancedEventSelectors") or []
    if not basic and not advanced:
        return unknown(f"trail '{trail.name}' reports no event selectors")
    judgements = [_basic(trail, selector, call) for selector in basic]
    judgements += [selected(trail.name, selector, call) for selector in advanced]
    return any_of(judgements, judgements[0])


def _basic(trail: Trail, selector: Mapping[str, Any], call: Call) -> Judgement:
    """Source: EventSelector of the CloudTrail API; both members default to recording."""
    remedy = f"record all management events on trail '{trail.name}'"
    if selector.get("IncludeManagementEvents", True) is False:
        return broken(
            f"trail '{trail.name}' records no management events",
            observed="IncludeManagementEvents false",
            wanted="IncludeManagementEvents true",
            remedy=remedy,
        )
    excluded = selector.get("ExcludeManagementEventSources") or []
    if call.event_source in excluded:
        return broken(
            f"trail '{trail.name}' excludes {call.event_source}",
            observed=f"ExcludeManagementEventSources {call.event_source}",
            wanted=f"{call.event_source} not excluded",
            remedy=f"stop excluding {call.event_source} on trail '{trail.name}'",
        )
    kind = selector.get("ReadWriteType", "All")
    if kind == "All":
        return ok("all management events")
    if call.read_only is None:
        return unknown(
            f"trail '{trail.name}' records {kind} events; whether {call.event_name} is one is not"
            " known",
            observed=f"ReadWriteType {kind}",
            wanted="ReadWriteType All",
            remedy=remedy,
        )
    wanted = "ReadOnly" if call.read_only else "WriteOnly"
    if kind == wanted:
        return ok(f"{kind} management events")
    return broken(
        f"trail '{trail.name}' records {kind} events",
        observed=f"ReadWriteType {kind}",
        wanted="ReadWriteType All",
        remedy=remedy,
    )


def followed(trail: Trail, account: str) -> Judgement:
    """Whether the trail's log group can be judged from `account`, which reads it."""
    if trail.log_group is not None and trail.log_group.account not in ("", trail.owner):
        return unknown(
            f"trail '{trail.name}' delivers into account {trail.log_group.account}",
            observed=str(trail.log_group),
            wanted=f"a log group of account {trail.owner}",
        )
    if trail.owner != account:
        return unknown(
            f"trail '{trail.name}' of account {trail.owner} cannot be followed from here",
            observed=trail.arn,
            wanted=f"reads in account {trail.owner}",
            remedy="set OrganizationTrailRoleArn to a role in the trail's account",
        )
    return ok()
