"""CloudWatch's alarm operations."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.cloudwatch.utils import make_arn_for_alarm

from localaws.bridge import Caller
from localaws.cloudwatch.alarm_store import AlarmStore, moment, room
from localaws.cloudwatch.composite import alarm_name, compile_rule
from localaws.cloudwatch.requests import validate
from localaws.errors import AwsError
from localaws.paging import page

DEFAULT_PAGE, MAX_PAGE = 50, 100


def here(caller: Caller) -> AlarmStore:
    """The caller's room, stepped to the present."""
    found = room(caller.account, caller.region)
    found.catch_up()
    return found


def invalid(message: str) -> AwsError:
    return AwsError("ValidationError", message)


def paged(items: list[Any], request: dict[str, Any]) -> tuple[list[Any], str | None]:
    limit = request.get("MaxRecords")
    if limit is not None and not 1 <= int(limit) <= MAX_PAGE:
        raise invalid(f"MaxRecords is {limit}; expected 1 to {MAX_PAGE}")
    return page(
        items, request.get("NextToken"), limit or DEFAULT_PAGE, MAX_PAGE, "InvalidNextToken"
    )


def put_metric_alarm(caller: Caller, request: dict[str, Any]) -> None:
    try:
        validate(request)
    except ValueError as refusal:
        raise invalid(str(refusal)) from None
    _put(caller, request, {"Dimensions": [] if request.get("MetricName") else None})


def put_composite_alarm(caller: Caller, request: dict[str, Any]) -> None:
    _put(caller, request, {})


def _put(caller: Caller, request: dict[str, Any], defaults: dict[str, Any]) -> None:
    name = request["AlarmName"]
    existing = room(caller.account, caller.region).definitions.get(name)
    if existing and ("AlarmRule" in existing) != ("AlarmRule" in request):
        raise invalid(f"an alarm of the other type is named {name!r}")
    arn = make_arn_for_alarm(caller.region, caller.account, name)
    alarm: dict[str, Any] = {
        "AlarmArn": arn,
        "ActionsEnabled": True,
        "OKActions": [],
        "AlarmActions": [],
        "InsufficientDataActions": [],
        **{key: value for key, value in defaults.items() if value is not None},
        **{key: value for key, value in request.items() if key != "Tags" and value is not None},
    }
    found = here(caller)
    alarm["AlarmConfigurationUpdatedTimestamp"] = moment(found.engine.now)
    try:
        found.put(alarm)
    except ValueError as refusal:
        raise invalid(str(refusal)) from None
    backend = cloudwatch_backends[caller.account][caller.region]
    # moto's tagging looks for alarms here.
    backend.alarms[name] = SimpleNamespace(name=name, alarm_arn=arn)  # type: ignore[assignment]
    if request.get("Tags") and existing is None:
        backend.tagger.tag_resource(arn, request["Tags"])


def describe_alarms(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    names, prefix = request.get("AlarmNames"), request.get("AlarmNamePrefix")
    if names and prefix:
        raise invalid("AlarmNames and AlarmNamePrefix can't be given together")
    found = here(caller)
    types = request.get("AlarmTypes") or ["MetricAlarm"]
    alarms = [found.described(name) for name in sorted(found.definitions)]
    alarms = [alarm for alarm in alarms if _type(alarm) in types and _wanted(alarm, request)]
    alarms = _related(found, alarms, request)
    alarms.sort(key=lambda alarm: _type(alarm) == "CompositeAlarm")
    items, token = paged(alarms, request)
    return {
        "MetricAlarms": [alarm for alarm in items if _type(alarm) == "MetricAlarm"],
        "CompositeAlarms": [alarm for alarm in items if _type(alarm) == "CompositeAlarm"],
        "NextToken": token,
    }


def _type(alarm: dict[str, Any]) -> str:
    return "CompositeAlarm" if "AlarmRule" in alarm else "MetricAlarm"


def _wanted(alarm: dict[str, Any], request: dict[str, Any]) -> bool:
    names, state = request.get("AlarmNames"), request.get("StateValue")
    actions = [*alarm["AlarmActions"], *alarm["OKActions"], *alarm["InsufficientDataActions"]]
    action = request.get("ActionPrefix")
    return (
        (not names or alarm["AlarmName"] in names)
        and alarm["AlarmName"].startswith(request.get("AlarmNamePrefix") or "")
        and (not state or alarm["StateValue"] == state)
        and (not action or any(each.startswith(action) for each in actions))
    )


def _related(
    found: AlarmStore, alarms: list[dict[str, Any]], request: dict[str, Any]
) -> list[dict[str, Any]]:
    parent, child = request.get("ChildrenOfAlarmName"), request.get("ParentsOfAlarmName")
    if parent:
        rule = found.definitions.get(parent, {}).get("AlarmRule", "FALSE")
        children = compile_rule(rule).children
        return [alarm for alarm in alarms if alarm["AlarmName"] in children]
    if child:
        parents = _dependents(found, child)
        return [alarm for alarm in alarms if alarm["AlarmName"] in parents]
    return alarms


def _dependents(found: AlarmStore, name: str) -> set[str]:
    return {
        other
        for other, alarm in found.definitions.items()
        if "AlarmRule" in alarm and name in compile_rule(alarm["AlarmRule"]).children
    }


def describe_alarms_for_metric(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """AWS: no math and no composite alarms; the metric's dimensions must be given exactly."""
    found = here(caller)
    named = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Unit")
    wanted = {member: request[member] for member in named if request.get(member) is not None}
    alarms = [
        found.described(name)
        for name, alarm in sorted(found.definitions.items())
        if all(alarm.get(member) == value for member, value in wanted.items())
        and _dimensions(alarm) == _dimensions(request)
    ]
    return {"MetricAlarms": alarms}


def _dimensions(item: dict[str, Any]) -> set[tuple[str, str]]:
    return {(d["Name"], d["Value"]) for d in item.get("Dimensions") or []}


def delete_alarms(caller: Caller, request: dict[str, Any]) -> None:
    found = here(caller)
    names = [alarm_name(name) for name in request["AlarmNames"]]
    for name in names:
        left = _dependents(found, name) - set(names)
        if left and name in found.definitions:
            raise invalid(f"Cannot delete {name} as there are composite alarm(s) depending on it.")
    backend = cloudwatch_backends[caller.account][caller.region]
    for name in names:
        found.delete(name)
        backend.alarms.pop(name, None)


def enable_alarm_actions(caller: Caller, request: dict[str, Any]) -> None:
    _set_actions(caller, request["AlarmNames"], True)


def disable_alarm_actions(caller: Caller, request: dict[str, Any]) -> None:
    _set_actions(caller, request["AlarmNames"], False)


def _set_actions(caller: Caller, names: list[str], enabled: bool) -> None:
    found = here(caller)
    for name in names:
        if name in found.definitions:
            found.definitions[name]["ActionsEnabled"] = enabled
            found.engine.alarms[name].actions_enabled = enabled


def set_alarm_state(caller: Caller, request: dict[str, Any]) -> None:
    found = here(caller)
    name, state = request["AlarmName"], request["StateValue"]
    if state not in ("OK", "ALARM", "INSUFFICIENT_DATA"):
        raise invalid(f"StateValue is {state!r}; expected OK, ALARM or INSUFFICIENT_DATA")
    if name not in found.definitions:
        raise AwsError("ResourceNotFound", f"no alarm is named {name!r}")
    found.engine.set_state(name, state, request["StateReason"])


def describe_alarm_history(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    found = here(caller)
    types = request.get("AlarmTypes") or ["MetricAlarm"]
    name, kind = request.get("AlarmName"), request.get("HistoryItemType")
    items = [
        item
        for item in found.history
        if (not name or item["AlarmName"] == name)
        and (name or item["AlarmType"] in types)
        and (not kind or item["HistoryItemType"] == kind)
    ]
    if request.get("ScanBy", "TimestampDescending") == "TimestampDescending":
        items.reverse()
    shown, token = paged(items, request)
    return {"AlarmHistoryItems": shown, "NextToken": token}


OPERATIONS = {
    "PutMetricAlarm": put_metric_alarm,
    "PutCompositeAlarm": put_composite_alarm,
    "DescribeAlarms": describe_alarms,
    "DescribeAlarmsForMetric": describe_alarms_for_metric,
    "DescribeAlarmHistory": describe_alarm_history,
    "DeleteAlarms": delete_alarms,
    "EnableAlarmActions": enable_alarm_actions,
    "DisableAlarmActions": disable_alarm_actions,
    "SetAlarmState": set_alarm_state,
}
