"""CloudWatch's alarm mute rule operations."""

from __future__ import annotations

from typing import Any

from localaws.bridge import Caller
from localaws.clock import Clock
from localaws.cloudwatch.alarm_store import moment
from localaws.cloudwatch.api import current_store, invalid, paged
from localaws.cloudwatch.mute import read_schedule
from localaws.errors import AwsError


def put_alarm_mute_rule(caller: Caller, request: dict[str, Any]) -> None:
    store = current_store(caller)
    try:
        read_schedule(request)
    except ValueError as refusal:
        raise invalid(str(refusal)) from None
    for name in (request.get("MuteTargets") or {}).get("AlarmNames", []):
        if name not in store.definitions:
            raise invalid(f"MuteTargets: no alarm is named {name!r}")
    rule = {key: value for key, value in request.items() if key != "Tags" and value is not None}
    rule["LastUpdatedTimestamp"] = moment(Clock.now())
    store.mute_rules[request["Name"]] = rule


def get_alarm_mute_rule(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    name = request["AlarmMuteRuleName"]
    rule = current_store(caller).mute_rules.get(name)
    if rule is None:
        raise AwsError("ResourceNotFoundException", f"no alarm mute rule is named {name!r}")
    return rule | _summary(caller, rule)


def list_alarm_mute_rules(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    alarm, statuses = request.get("AlarmName"), request.get("Statuses")
    store = current_store(caller)
    if alarm and alarm not in store.definitions:
        raise AwsError("ResourceNotFoundException", f"no alarm is named {alarm!r}")
    summaries = [
        _summary(caller, rule)
        for _, rule in sorted(store.mute_rules.items())
        if not alarm or alarm in (rule.get("MuteTargets") or {}).get("AlarmNames", [])
    ]
    if statuses:
        summaries = [summary for summary in summaries if summary["Status"] in statuses]
    items, token = paged(summaries, request)
    return {"AlarmMuteRuleSummaries": items, "NextToken": token}


def delete_alarm_mute_rule(caller: Caller, request: dict[str, Any]) -> None:
    current_store(caller).mute_rules.pop(request["AlarmMuteRuleName"], None)


def _summary(caller: Caller, rule: dict[str, Any]) -> dict[str, Any]:
    schedule = read_schedule(rule)
    summary = {
        "AlarmMuteRuleArn": f"arn:aws:cloudwatch:{caller.region}:{caller.account}"
        f":alarm-mute-rule:{rule['Name']}",
        "Status": schedule.status(Clock.now()),
        "MuteType": schedule.mute_type,
        "LastUpdatedTimestamp": rule["LastUpdatedTimestamp"],
    }
    return summary | ({"ExpireDate": rule["ExpireDate"]} if rule.get("ExpireDate") else {})


OPERATIONS = {
    "PutAlarmMuteRule": put_alarm_mute_rule,
    "GetAlarmMuteRule": get_alarm_mute_rule,
    "ListAlarmMuteRules": list_alarm_mute_rules,
    "DeleteAlarmMuteRule": delete_alarm_mute_rule,
}
