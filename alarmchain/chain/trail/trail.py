"""Does the trail record the region, and do its records reach CloudWatch Logs?

Sources: CloudTrail API reference, Trail and GetTrailStatus; CloudTrail user guide, "Sending events
to CloudWatch Logs".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.arn import Arn
from alarmchain.chain.api_item import clip, number, quote, text
from alarmchain.chain.judgement import Judgement, broken, ok, unknown

STALE_AFTER = 60 * 60
"""Seconds without a delivery after which a reported delivery error is taken as lasting."""
_LOG_GROUP = "log-group:"


@dataclass(frozen=True, slots=True)
class Trail:
    """A DescribeTrails item.

    `home_region`, `owner`: "" if HomeRegion and the ARN contradict each other, or are absent.
    `target`: where the trail delivers, as written, "" for nowhere; `log_group`: the same as an ARN,
    None if that is not a log group's. `global_events`: IncludeGlobalServiceEvents.
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
        """Return the trail in a DescribeTrails item."""
        arn = text(item, "TrailARN")
        own = Arn.parse(arn)
        home = text(item, "HomeRegion") or (own.region if own else "")
        target = item.get("CloudWatchLogsLogGroupArn")
        return cls(
            name=text(item, "Name") or arn.rpartition("/")[2],
            arn=arn,
            home_region=home if own is not None and own.region == home else "",
            multi_region=item.get("IsMultiRegionTrail") is True,
            organization=item.get("IsOrganizationTrail") is True,
            global_events=item.get("IncludeGlobalServiceEvents", True) is True,
            target=str(target) if target else "",
            log_group=_log_group(target),
            owner=own.account if own else "",
        )

    @property
    def called(self) -> str:
        """What a message calls the trail."""
        return f"trail {quote(self.name)}"

    @property
    def chain_account(self) -> str:
        """The account of the log group, "" if there is none: the chain behind it is there too."""
        return self.log_group.account if self.log_group else ""

    @property
    def log_group_name(self) -> str:
        """The name in `log-group:NAME:*`."""
        return _name(self.log_group) if self.log_group else ""


def _log_group(target: object) -> Arn | None:
    arn = Arn.parse(target)
    if arn is None or arn.service != "logs" or not arn.resource.startswith(_LOG_GROUP):
        return None
    name = _name(arn)
    return arn if name and ":" not in name and "*" not in name else None


def _name(group: Arn) -> str:
    return group.resource.removeprefix(_LOG_GROUP).removesuffix(":*")


def judge_reach(trail: Trail, region: str, *, multi_region_required: bool) -> Judgement:
    """Return whether the trail records calls of the region and sends them somewhere."""
    name = trail.called
    if multi_region_required and not trail.multi_region:
        return broken(
            f"{name} is not a multi-region trail",
            observed="IsMultiRegionTrail false",
            wanted="IsMultiRegionTrail true",
            remedy=f"make {name} multi-region",
        )
    if not trail.home_region:
        return unknown(f"{name} has an ARN that disagrees with its HomeRegion", observed=trail.arn)
    if not trail.multi_region and trail.home_region != region:
        return broken(
            f"{name} records only {clip(trail.home_region, 20)}",
            observed=f"home region {trail.home_region}, not multi-region",
            wanted=f"a trail of {region}, or a multi-region trail",
            remedy=f"make {name} multi-region",
        )
    if not trail.target:
        return broken(
            f"{name} sends nothing to CloudWatch Logs",
            observed="no CloudWatchLogsLogGroupArn",
            wanted="a log group",
            remedy=f"let {name} deliver to a log group",
        )
    return ok()


def judge_delivery(trail: Trail, status: Mapping[str, Any], now: float) -> Judgement:
    """Return whether the trail is logging and delivers to CloudWatch Logs.

    `status`: the answer of GetTrailStatus, with times in epoch seconds, as `now`. AWS does not
    document whether an old delivery error is ever cleared, so an error with recent deliveries is
    unknown.
    """
    name = trail.called
    logging = status.get("IsLogging")
    if logging is False:
        return broken(
            f"{name} is stopped",
            observed="IsLogging false",
            wanted="IsLogging true",
            remedy=f"start logging on {name}",
        )
    if logging is not True:
        return unknown(f"{name} has a status that does not say whether it is logging")
    error = status.get("LatestCloudWatchLogsDeliveryError")
    last = number(status, "LatestCloudWatchLogsDeliveryTime")
    remedy = f"fix the role and log group with which {name} delivers"
    wanted = "deliveries to CloudWatch Logs without error"
    if error:
        if last is None or now - last > STALE_AFTER:
            return broken(
                f"{name} fails to deliver to CloudWatch Logs: {clip(str(error))}",
                observed=str(error),
                wanted=wanted,
                remedy=remedy,
            )
        return unknown(
            f"{name} delivers, but its last delivery error was {clip(str(error))}",
            observed=str(error),
            wanted=wanted,
            remedy=remedy,
        )
    if last is None:
        return unknown(
            f"{name} has never delivered to CloudWatch Logs",
            observed="no LatestCloudWatchLogsDeliveryTime",
            wanted=wanted,
            remedy=f"wait for the first delivery; if none comes, {remedy}",
        )
    hours = int((now - last) // 3600)
    note = f"{name} last delivered {hours} h ago" if now - last > STALE_AFTER else ""
    return ok(note)


def judge_place(trail: Trail, account: str) -> Judgement:
    """Return whether the chain behind the trail can be judged by what was read in `account`.

    A trail's log group is in its home region, and the chain is in the account of the log group. A
    log group of the same name in another account is another one. The organization trail of a
    delegated administrator has an ARN of the management account, but its log group is in the
    administrator's account. Source: CloudTrail user guide, "Organization delegated administrator".
    """
    name, group = trail.called, trail.log_group
    if trail.owner == "":
        return unknown(f"{name} has an ARN that cannot be read", observed=trail.arn)
    if group is None or group.region != trail.home_region:
        return unknown(
            f"{name} delivers to {clip(trail.target)}, which is not a log group of its region",
            observed=trail.target,
            wanted=f"a log group of {trail.home_region}",
        )
    if group.account != account:
        verb = "belongs" if group.account == trail.owner else "delivers"
        return _not_read(f"{name} {verb} to", group.account or "unknown", str(group))
    if trail.owner != account and not trail.organization:
        return _not_read(f"{name} belongs to", trail.owner, trail.arn)
    return ok()


def _not_read(clause: str, account: str, observed: str) -> Judgement:
    return unknown(
        f"{clause} account {clip(account, 20)}, which was not read",
        observed=observed,
        wanted=f"reads in account {account}",
        remedy=f"set OrganizationTrailRoleArn to a role in account {account}",
    )
