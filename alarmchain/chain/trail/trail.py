"""Does the trail see the region, and does what it records reach CloudWatch Logs?

Sources: CloudTrail API reference (Trail, GetTrailStatus); CloudTrail user guide, "Sending events
to CloudWatch Logs".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.arn import Arn
from alarmchain.chain.api_item import clip, number, quote, text
from alarmchain.chain.judgement import Judgement, broken, ok, unknown

STALE_AFTER = 60 * 60
"""Seconds without a delivery after which a standing delivery error is believed."""
_LOG_GROUP = "log-group:"


@dataclass(frozen=True, slots=True)
class Trail:
    """What DescribeTrails says of a trail, and where it delivers.

    `home_region`, `owner`: "" where HomeRegion and the ARN contradict each other, or tell nothing.
    `target`: where it delivers, as written, "" for nowhere; `log_group`: the same as an ARN, None
    where it is not that of a log group. `global_events`: IncludeGlobalServiceEvents.
    """

    name: str
    arn: str
    home_region: str
    multi_region: bool
    organization: bool
    global_events: bool
    target: str
    log_group: Arn | None
    owner: str

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> "Trail":
        """Reads a DescribeTrails item."""
        arn = text(item, "TrailARN")
        own = Arn.parse(arn)
        home = text(item, "HomeRegion") or (own.region if own else "")
        written = item.get("CloudWatchLogsLogGroupArn")
        return cls(
            name=text(item, "Name") or arn.rpartition("/")[2],
            arn=arn,
            home_region=home if own is not None and own.region == home else "",
            multi_region=item.get("IsMultiRegionTrail") is True,
            organization=item.get("IsOrganizationTrail") is True,
            global_events=item.get("IncludeGlobalServiceEvents", True) is True,
            target=str(written) if written else "",
            log_group=_log_group(written),
            owner=own.account if own else "",
        )

    @property
    def log_group_name(self) -> str:
        """The name in `log-group:NAME:*`."""
        return _name(self.log_group) if self.log_group else ""


def _log_group(written: object) -> Arn | None:
    arn = Arn.parse(written)
    if arn is None or arn.service != "logs" or not arn.resource.startswith(_LOG_GROUP):
        return None
    name = _name(arn)
    return arn if name and ":" not in name and "*" not in name else None


def _name(group: Arn) -> str:
    return group.resource.removeprefix(_LOG_GROUP).removesuffix(":*")


def reaches(trail: Trail, region: str, *, multi_region_required: bool) -> Judgement:
    """Whether the trail sees the region's calls at all, and sends them to a log group.

    A trail's log group lives in its home region.
    """
    name = quote(trail.name)
    if multi_region_required and not trail.multi_region:
        return broken(
            f"trail {name} is not multi-region",
            observed="IsMultiRegionTrail false",
            wanted="IsMultiRegionTrail true",
            remedy=f"make trail {name} multi-region",
        )
    if not trail.home_region:
        return unknown(f"trail {name}: its ARN and home region disagree", observed=trail.arn)
    if not trail.multi_region and trail.home_region != region:
        return broken(
            f"trail {name} records {clip(trail.home_region, 20)} only",
            observed=f"home region {trail.home_region}, not multi-region",
            wanted=f"a trail of {region}, or a multi-region one",
            remedy=f"make trail {name} multi-region",
        )
    if not trail.target:
        return broken(
            f"trail {name} sends nothing to CloudWatch Logs",
            observed="no CloudWatchLogsLogGroupArn",
            wanted="a log group",
            remedy=f"let trail {name} deliver to a log group",
        )
    group = trail.log_group
    if group is None or group.region != trail.home_region:
        return unknown(
            f"trail {name} delivers to {clip(trail.target)}, which is no log group of its region",
            observed=trail.target,
            wanted=f"a log group of {trail.home_region}",
        )
    return ok(str(group))


def delivers(trail: Trail, status: Mapping[str, Any], now: float) -> Judgement:
    """Whether the trail is logging and its delivery to CloudWatch Logs is alive at `now`.

    `status` is GetTrailStatus's answer, with times in epoch seconds. AWS does not say whether an
    old delivery error is ever cleared, so an error beside recent deliveries stays unknown.
    """
    name = quote(trail.name)
    logging = status.get("IsLogging")
    if logging is not True:
        if logging is False:
            return broken(
                f"trail {name} is stopped",
                observed="IsLogging false",
                wanted="IsLogging true",
                remedy=f"start logging on trail {name}",
            )
        return unknown(f"trail {name}: its status does not say whether it is logging")
    error = status.get("LatestCloudWatchLogsDeliveryError")
    last = number(status, "LatestCloudWatchLogsDeliveryTime")
    remedy = f"mend the role and log group with which trail {name} delivers"
    wanted = "deliveries to CloudWatch Logs without error"
    if error:
        if last is None or now - last > STALE_AFTER:
            return broken(
                f"trail {name} fails to deliver to CloudWatch Logs: {clip(str(error))}",
                observed=str(error),
                wanted=wanted,
                remedy=remedy,
            )
        return unknown(
            f"trail {name} delivers, but its last delivery error was {clip(str(error))}",
            observed=str(error),
            wanted=wanted,
            remedy=remedy,
        )
    if last is None:
        return unknown(
            f"trail {name} has never delivered to CloudWatch Logs",
            observed="no LatestCloudWatchLogsDeliveryTime",
            wanted=wanted,
            remedy=f"wait for the first delivery; if there is none, {remedy}",
        )
    hours = int((now - last) // 3600)
    quiet = f"trail {name} last delivered {hours} h ago" if now - last > STALE_AFTER else ""
    return ok("logging", quiet)


def followed(trail: Trail, account: str) -> Judgement:
    """Whether the trail's log group can be judged from `account`, which reads it.

    The log group of an organization trail is in its owner's account; one of the same name in a
    member's account has nothing to do with it.
    """
    name = quote(trail.name)
    if trail.owner == "":
        return unknown(f"trail {name}: its ARN can't be read", observed=trail.arn)
    if trail.log_group is not None and trail.log_group.account != trail.owner:
        return unknown(
            f"trail {name} delivers into account {clip(trail.log_group.account or 'unknown', 20)}",
            observed=str(trail.log_group),
            wanted=f"a log group of account {trail.owner}",
        )
    if trail.owner != account:
        return unknown(
            f"trail {name} of account {clip(trail.owner, 20)} can't be followed from here",
            observed=trail.arn,
            wanted=f"reads in account {trail.owner}",
            remedy="set OrganizationTrailRoleArn to a role in the trail's account",
        )
    return ok()
