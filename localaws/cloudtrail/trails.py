"""The trails that an account sees in a region, and the delivery faults of trails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moto.cloudtrail.models import Trail, cloudtrail_backends
from moto.logs.models import logs_backends
from moto.organizations.models import organizations_backends

from localaws.bridge import Caller, Regional
from localaws.errors import AwsError


@dataclass(slots=True)
class Delivery:
    """A fault of a trail's delivery to CloudWatch Logs, set by a test.

    error: the text in GetTrailStatus (None: no error). time: epoch seconds of the last delivery
    (None: never).
    """

    error: str | None
    time: float | None


GLOBAL_SOURCES = ("cloudfront.amazonaws.com", "iam.amazonaws.com")
"""Event sources of global services."""

_faults = Regional[dict[str, Delivery]](dict)


def fault_of(trail: Trail) -> Delivery | None:
    """Return the delivery fault that a test set for the trail."""
    return _faults(trail.account_id, trail.region_name).get(trail.arn)


def set_delivery(trail_arn: str, error: str | None, time: float | None) -> None:
    """Set the delivery status of a trail, and stop its delivery to CloudWatch Logs.

    time is in epoch seconds. error None and time None: the trail has never delivered.
    """
    region, account = trail_arn.split(":")[3:5]
    _faults(account, region)[trail_arn] = Delivery(error, time)


def clear_delivery(trail_arn: str) -> None:
    """Let the trail deliver again."""
    region, account = trail_arn.split(":")[3:5]
    _faults(account, region).pop(trail_arn, None)


def every_trail() -> Iterator[Trail]:
    """Yield all trails of all accounts and regions."""
    for _, _, backend in list(cloudtrail_backends.iter_backends()):
        yield from backend.trails.values()  # type: ignore[attr-defined]


def records_for(trail: Trail, account: str) -> bool:
    """Return whether the trail records the account: its owner or a member of its organization."""
    if trail.account_id == account:
        return True
    if not trail.is_org_trail:
        return False
    organization: Any = organizations_backends[trail.account_id][trail.partition]
    return any(member.id == account for member in organization.accounts)


def reaches(trail: Trail, region: str) -> bool:
    """Return whether the trail records the region, as its home or as a shadow trail."""
    return bool(trail.is_multi_region) or trail.region_name == region


def leaves_out(trail: Trail, record: Mapping[str, Any]) -> bool:
    """Return whether the trail leaves the record out because its service is global.

    AWS also counts STS' global endpoint and the console's sign-in, whose records it does not always
    treat so (CloudTrail user guide, "Global service events"). A multi-region trail has them all.
    """
    if trail.is_multi_region or trail.include_global_service_events is not False:
        return False
    return record.get("eventSource") in GLOBAL_SOURCES


def visible(caller: Caller) -> list[Trail]:
    """Return the home, shadow and organization trails that DescribeTrails lists."""
    return [
        trail
        for trail in every_trail()
        if records_for(trail, caller.account) and reaches(trail, caller.region)
    ]


def is_at_home(trail: Trail, caller: Caller) -> bool:
    """Return whether the trail belongs to the caller's account and region."""
    return (trail.account_id, trail.region_name) == (caller.account, caller.region)


def find(caller: Caller, name_or_arn: str) -> Trail:
    """Return a trail by its name (only in its home region) or ARN (wherever it is visible).

    Raises AwsError (TrailNotFoundException).
    """
    for trail in visible(caller):
        by_name = trail.trail_name == name_or_arn and is_at_home(trail, caller)
        if by_name or trail.arn == name_or_arn:
            return trail
    raise AwsError(
        "TrailNotFoundException", f"Unknown trail: {name_or_arn} for the user: {caller.account}"
    )


def log_group(trail: Trail) -> Any:
    """Return moto's log group of the trail; None if it has none or the group does not exist."""
    arn = trail.cw_log_group_arn
    if not arn:
        return None
    parts = arn.split(":")
    if len(parts) < 7:
        return None
    return logs_backends[parts[4]][parts[3]].groups.get(parts[6])
