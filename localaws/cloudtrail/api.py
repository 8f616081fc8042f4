"""CloudTrail operations that moto gets wrong: the list of trails, their status and selectors."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from moto.cloudtrail.models import Trail

from localaws.bridge import Caller
from localaws.clock import Clock
from localaws.cloudtrail.selectors import DEFAULT_SELECTORS
from localaws.cloudtrail.trails import fault_of, find, is_at_home, log_group, visible
from localaws.errors import AwsError

EXCLUDABLE = ("kms.amazonaws.com", "rdsdata.amazonaws.com")
OPERATORS = ("Equals", "StartsWith", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith")


def _described(trail: Trail) -> dict[str, Any]:
    custom = bool(trail.event_selectors or trail.advanced_event_selectors)
    described = trail.description(include_region=True) | {"HasCustomEventSelectors": custom}
    return {member: value for member, value in described.items() if value is not None}


def describe_trails(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeTrails: a name finds only a home trail; another region's trail needs its ARN."""
    names = request.get("trailNameList") or []
    with_shadows = request.get("includeShadowTrails") is not False
    trails = [
        trail
        for trail in visible(caller)
        if (with_shadows or is_at_home(trail, caller))
        and (
            not names
            or trail.arn in names
            or (trail.trail_name in names and is_at_home(trail, caller))
        )
    ]
    return {"trailList": [_described(trail) for trail in trails]}


def list_trails(caller: Caller, _request: dict[str, Any]) -> dict[str, Any]:
    return {"Trails": [trail.short() for trail in visible(caller)]}


def get_trail(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    return {"Trail": _described(find(caller, request["Name"]))}


def get_trail_status(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    trail = find(caller, request["Name"])
    status = {member: value for member, value in trail.status.description().items() if value != ""}
    return status | _logs_delivery(trail)


def _logs_delivery(trail: Trail) -> dict[str, Any]:
    """Return the delivery status: now for a logging trail with a group, else the stop time."""
    if not trail.cw_log_group_arn:
        return {}
    fault = fault_of(trail)
    if fault:
        error, delivered = fault.error, fault.time
    elif log_group(trail) is None:
        error, delivered = "The specified log group does not exist.", None
    elif trail.status.is_logging:
        error, delivered = None, Clock.now()
    else:
        stopped = trail.status.stopped
        error, delivered = None, stopped.replace(tzinfo=UTC).timestamp() if stopped else None
    listed: dict[str, Any] = {}
    if error:
        listed["LatestCloudWatchLogsDeliveryError"] = error
    if delivered is not None:
        listed["LatestCloudWatchLogsDeliveryTime"] = datetime.fromtimestamp(delivered, UTC)
    return listed


def get_event_selectors(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    trail = _own(caller, request["TrailName"])
    if trail.advanced_event_selectors:
        return {
            "TrailARN": trail.arn,
            "AdvancedEventSelectors": trail.advanced_event_selectors,
        }
    return {"TrailARN": trail.arn, "EventSelectors": trail.event_selectors or DEFAULT_SELECTORS}


def put_event_selectors(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    trail = _own(caller, request["TrailName"])
    basic, advanced = request.get("EventSelectors"), request.get("AdvancedEventSelectors")
    if bool(basic) == bool(advanced):
        raise _invalid("exactly one of EventSelectors and AdvancedEventSelectors is required")
    for selector in basic or []:
        _check_basic(selector)
    for selector in advanced or []:
        _check_advanced(selector)
    trail.event_selectors = [DEFAULT_SELECTORS[0] | selector for selector in basic or []]
    trail.advanced_event_selectors = advanced or []
    return get_event_selectors(caller, {"TrailName": trail.arn})


def _own(caller: Caller, name: str) -> Trail:
    """Return the trail. A member account cannot use the selectors of its organization's trail."""
    trail = find(caller, name)
    if trail.account_id != caller.account:
        raise AwsError("TrailNotFoundException", f"Unknown trail: {name}")
    return trail


def _check_basic(selector: dict[str, Any]) -> None:
    kind = selector.get("ReadWriteType", "All")
    if kind not in ("All", "ReadOnly", "WriteOnly"):
        raise _invalid(f"ReadWriteType is {kind!r}; expected All, ReadOnly or WriteOnly")
    for source in selector.get("ExcludeManagementEventSources") or []:
        if source not in EXCLUDABLE:
            raise _invalid(f"ExcludeManagementEventSources: {source!r} is none of {EXCLUDABLE}")


def _check_advanced(selector: dict[str, Any]) -> None:
    fields = selector.get("FieldSelectors") or []
    categories = [field for field in fields if field.get("Field") == "eventCategory"]
    if not categories or not categories[0].get("Equals"):
        raise _invalid("an advanced event selector needs eventCategory with Equals")
    for field in fields:
        if not any(field.get(operator) for operator in OPERATORS):
            raise _invalid(f"field {field.get('Field')!r} has no operator")


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidEventSelectorsException", message)


OPERATIONS = {
    "DescribeTrails": describe_trails,
    "ListTrails": list_trails,
    "GetTrail": get_trail,
    "GetTrailStatus": get_trail_status,
    "GetEventSelectors": get_event_selectors,
    "PutEventSelectors": put_event_selectors,
}
