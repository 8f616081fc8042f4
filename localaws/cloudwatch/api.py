"""CloudWatch's alarm operations."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.cloudwatch.utils import make_arn_for_alarm

from localaws.bridge import Caller
from localaws.cloudwatch.alarm_store import AlarmStore, alarm_store, moment
from localaws.cloudwatch.composite import alarm_name, compile_rule
from localaws.cloudwatch.requests import validate
from localaws.errors import AwsError
from localaws.paging import page

DEFAULT_PAGE, MAX_PAGE = 50, 100
TYPES = ("MetricAlarm", "CompositeAlarm", "LogAlarm")


def current_store(caller: Caller) -> AlarmStore:
    """Return the caller's alarms, evaluated up to now."""
    store = alarm_store(caller.account, caller.region)
    store.catch_up()
    return store


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


def put_log_alarm(caller: Caller, request: dict[str, Any]) -> None:
    """PutLogAlarm: the alarm is stored and listed, but never evaluated."""
    store = current_store(caller)
    name = request["AlarmName"]
    if name in store.definitions:
        raise invalid(f"an alarm of the other type is named {name!r}")
    now = moment(store.engine.now)
    state = {"StateValue": "INSUFFICIENT_DATA", "StateReason": "", "StateUpdatedTimestamp": now}
    actions: dict[str, Any] = {
        "ActionsEnabled": True,
        "OKActions": [],
        "AlarmActions": [],
        "InsufficientDataActions": [],
    }
    store.log_alarms[name] = (
        actions
        | state
        | store.log_alarms.get(name, {})
        | {key: value for key, value in request.items() if key != "Tags" and value is not None}
        | {
            "AlarmArn": make_arn_for_alarm(caller.region, caller.account, name),
            "AlarmConfigurationUpdatedTimestamp": now,
        }
    )


def _put(caller: Caller, request: dict[str, Any], defaults: dict[str, Any]) -> None:
    name = request["AlarmName"]
    existing = alarm_store(caller.account, caller.region).definitions.get(name)
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
    store = current_store(caller)
    alarm["AlarmConfigurationUpdatedTimestamp"] = moment(store.engine.now)
    try:
        store.put(alarm)
    except ValueError as refusal:
        raise invalid(str(refusal)) from None
    backend = cloudwatch_backends[caller.account][caller.region]
    # moto's tagging reads the alarms from here.
    backend.alarms[name] = SimpleNamespace(name=name, alarm_arn=arn)  # type: ignore[assignment]
    if request.get("Tags") and existing is None:
        backend.tagger.tag_resource(arn, request["Tags"])


def describe_alarms(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    names, prefix = request.get("AlarmNames"), request.get("AlarmNamePrefix")
    if names and prefix:
        raise invalid("AlarmNames and AlarmNamePrefix can't be given together")
    store = current_store(caller)
    types = request.get("AlarmTypes") or ["MetricAlarm"]
    alarms = [store.described(name) for name in sorted(store.definitions)]
    alarms += [store.log_alarms[name] for name in sorted(store.log_alarms)]
    alarms = [alarm for alarm in alarms if _type(alarm) in types and _is_requested(alarm, request)]
    alarms = _related(store, alarms, request)
    alarms.sort(key=lambda alarm: TYPES.index(_type(alarm)))
    items, token = paged(alarms, request)
    return {
        "MetricAlarms": [alarm for alarm in items if _type(alarm) == "MetricAlarm"],
        "CompositeAlarms": [alarm for alarm in items if _type(alarm) == "CompositeAlarm"],
        "LogAlarms": [alarm for alarm in items if _type(alarm) == "LogAlarm"],
        "NextToken": token,
    }


def _type(alarm: dict[str, Any]) -> str:
    if "ScheduledQueryConfiguration" in alarm:
        return "LogAlarm"
    return "CompositeAlarm" if "AlarmRule" in alarm else "MetricAlarm"


def _is_requested(alarm: dict[str, Any], request: dict[str, Any]) -> bool:
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
    store: AlarmStore, alarms: list[dict[str, Any]], request: dict[str, Any]
) -> list[dict[str, Any]]:
    parent, child = request.get("ChildrenOfAlarmName"), request.get("ParentsOfAlarmName")
    if parent:
        rule = store.definitions.get(parent, {}).get("AlarmRule", "FALSE")
        children = compile_rule(rule).children
        return [alarm for alarm in alarms if alarm["AlarmName"] in children]
    if child:
        parents = _dependents(store, child)
        return [alarm for alarm in alarms if alarm["AlarmName"] in parents]
    return alarms


def _dependents(store: AlarmStore, name: str) -> set[str]:
    return {
        other
        for other, alarm in store.definitions.items()
        if "AlarmRule" in alarm and name in compile_rule(alarm["AlarmRule"]).children
    }


def describe_alarms_for_metric(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeAlarmsForMetric: no math or composite alarms; dimensions must match exactly."""
    store = current_store(caller)
    named = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Unit")
    criteria = {member: request[member] for member in named if request.get(member) is not None}
    alarms = [
        store.described(name)
        for name, alarm in sorted(store.definitions.items())
        if all(alarm.get(member) == value for member, value in criteria.items())
        and _dimensions(alarm) == _dimensions(request)
    ]
    return {"MetricAlarms": alarms}


def _dimensions(item: dict[str, Any]) -> set[tuple[str, str]]:
    return {(d["Name"], d["Value"]) for d in item.get("Dimensions") or []}


def delete_alarms(caller: Caller, request: dict[str, Any]) -> None:
    store = current_store(caller)
    names = [alarm_name(name) for name in request["AlarmNames"]]
    for name in names:
        dependents = _dependents(store, name) - set(names)
        if dependents and name in store.definitions:
            raise invalid(f"Cannot delete {name} as there are composite alarm(s) depending on it.")
    backend = cloudwatch_backends[caller.account][caller.region]
    for name in names:
        store.log_alarms.pop(name, None)
        store.delete(name)
        backend.alarms.pop(name, None)


def enable_alarm_actions(caller: Caller, request: dict[str, Any]) -> None:
    _set_actions(caller, request["AlarmNames"], True)


def disable_alarm_actions(caller: Caller, request: dict[str, Any]) -> None:
    _set_actions(caller, request["AlarmNames"], False)


def _set_actions(caller: Caller, names: list[str], enabled: bool) -> None:
    store = current_store(caller)
    for name in names:
        if name in store.definitions:
            store.definitions[name]["ActionsEnabled"] = enabled
            store.engine.alarms[name].actions_enabled = enabled


def set_alarm_state(caller: Caller, request: dict[str, Any]) -> None:
    store = current_store(caller)
    name, state = request["AlarmName"], request["StateValue"]
    if state not in ("OK", "ALARM", "INSUFFICIENT_DATA"):
        raise invalid(f"StateValue is {state!r}; expected OK, ALARM or INSUFFICIENT_DATA")
    if name not in store.definitions:
        raise AwsError("ResourceNotFound", f"no alarm is named {name!r}")
    store.engine.set_state(name, state, request["StateReason"])


def describe_alarm_history(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    store = current_store(caller)
    types = request.get("AlarmTypes") or ["MetricAlarm"]
    name, kind = request.get("AlarmName"), request.get("HistoryItemType")
    items = [
        item
        for item in store.history
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
    "PutLogAlarm": put_log_alarm,
    "DescribeAlarms": describe_alarms,
    "DescribeAlarmsForMetric": describe_alarms_for_metric,
    "DescribeAlarmHistory": describe_alarm_history,
    "DeleteAlarms": delete_alarms,
    "EnableAlarmActions": enable_alarm_actions,
    "DisableAlarmActions": disable_alarm_actions,
    "SetAlarmState": set_alarm_state,
}
