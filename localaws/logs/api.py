"""CloudWatch Logs operations that moto lacks or gets wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from moto.logs.models import LogGroup, LogsBackend, logs_backends

from localaws.bridge import Caller
from localaws.clock import Clock
from localaws.errors import AwsError
from localaws.logs import filters
from localaws.logs.matcher import PatternError, compile  # noqa: A004
from localaws.paging import page

MAX_FILTERS = 100
MAX_REGEX_FILTERS = 5
CLASSES = ("STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS")
_OPTIONAL = ("applyOnTransformedLogs", "fieldSelectionCriteria", "emitSystemFieldDimensions")


def _backend(caller: Caller) -> LogsBackend:
    return logs_backends[caller.account][caller.region]


def _group(caller: Caller, name: str) -> LogGroup:
    group = _backend(caller).groups.get(name)
    if group is None:
        raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
    return group


def log_group_class(group: LogGroup) -> str:
    """Return the group's class; moto's own groups have none and count as STANDARD."""
    return str(getattr(group, "log_group_class", "STANDARD"))


def filters_of(backend: LogsBackend, log_group_name: str) -> list[dict[str, Any]]:
    """Return the metric filters of a log group, sorted by name."""
    every: Iterable[dict[str, Any]] = backend.filters.metric_filters
    selected = [f for f in every if f["logGroupName"] == log_group_name]
    return sorted(selected, key=lambda f: str(f["filterName"]))


def create_log_group(caller: Caller, request: dict[str, Any]) -> None:
    group_class = request.get("logGroupClass", "STANDARD")
    if group_class not in CLASSES:
        raise _invalid(f"logGroupClass is {group_class!r}; expected one of {CLASSES}")
    group = _backend(caller).create_log_group(
        request["logGroupName"], request.get("tags") or {}, kmsKeyId=request.get("kmsKeyId")
    )
    group.log_group_class = group_class  # type: ignore[attr-defined]


def put_metric_filter(caller: Caller, request: dict[str, Any]) -> None:
    name = request["filterName"]
    if not 1 <= len(name) <= 512 or set(":*") & set(name):
        raise _invalid(f"filterName is {name!r}: 1 to 512 characters without : and *")
    group = _group(caller, request["logGroupName"])
    if log_group_class(group) != "STANDARD":
        raise AwsError(
            "InvalidOperationException",
            f"metric filters are not supported by log group class {log_group_class(group)}",
        )
    try:
        filters.validate(request)
    except ValueError as refusal:
        raise _invalid(str(refusal)) from None
    backend = _backend(caller)
    others = [f for f in filters_of(backend, group.name) if f["filterName"] != name]
    if len(others) >= MAX_FILTERS:
        raise AwsError("LimitExceededException", f"at most {MAX_FILTERS} filters in a log group")
    if filters.uses_regex(request) and sum(map(filters.uses_regex, others)) >= MAX_REGEX_FILTERS:
        raise AwsError(
            "LimitExceededException",
            f"at most {MAX_REGEX_FILTERS} filters with regular expressions in a log group",
        )
    added = {
        "filterName": name,
        "filterPattern": request["filterPattern"],
        "metricTransformations": request["metricTransformations"],
        "creationTime": int(Clock.now() * 1000),
        "logGroupName": group.name,
    }
    added |= {member: request[member] for member in _OPTIONAL if request.get(member) is not None}
    _remove(backend, group.name, name)
    backend.filters.metric_filters.append(added)


def delete_metric_filter(caller: Caller, request: dict[str, Any]) -> None:
    group = _group(caller, request["logGroupName"])
    if not _remove(_backend(caller), group.name, request["filterName"]):
        raise AwsError("ResourceNotFoundException", "The specified metric filter does not exist.")


def _remove(backend: LogsBackend, log_group_name: str, filter_name: str) -> bool:
    named = [f for f in filters_of(backend, log_group_name) if f["filterName"] == filter_name]
    for metric_filter in named:
        backend.filters.metric_filters.remove(metric_filter)
    return bool(named)


def describe_metric_filters(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    backend = _backend(caller)
    group_name = request.get("logGroupName")
    metric, namespace = request.get("metricName"), request.get("metricNamespace")
    if bool(metric) != bool(namespace):
        raise _invalid("metricName and metricNamespace go together")
    if group_name:
        selected = filters_of(backend, _group(caller, group_name).name)
        # AWS uses the prefix only together with logGroupName.
        prefix = request.get("filterNamePrefix") or ""
        selected = [f for f in selected if f["filterName"].startswith(prefix)]
    else:
        selected = [f for name in sorted(backend.groups) for f in filters_of(backend, name)]
    if metric:
        selected = [f for f in selected if _feeds(f, str(namespace), metric)]
    items, token = page(selected, request.get("nextToken"), request.get("limit"), 50)
    return {"metricFilters": items, "nextToken": token}


def _feeds(metric_filter: dict[str, Any], namespace: str, metric: str) -> bool:
    transformation = metric_filter["metricTransformations"][0]
    return (transformation["metricNamespace"], transformation["metricName"]) == (namespace, metric)


def try_metric_filter(_caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    messages = request.get("logEventMessages") or []
    if not 1 <= len(messages) <= 50:
        raise _invalid(f"{len(messages)} logEventMessages; expected 1 to 50")
    try:
        matcher = compile(request["filterPattern"])
    except PatternError as refusal:
        raise _invalid(str(refusal)) from None
    return {
        "matches": [
            {
                "eventNumber": number,
                "eventMessage": message,
                "extractedValues": matcher.extracted(message),
            }
            for number, message in enumerate(messages, 1)
            if matcher.matches(message)
        ]
    }


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)


OPERATIONS = {
    "CreateLogGroup": create_log_group,
    "PutMetricFilter": put_metric_filter,
    "DeleteMetricFilter": delete_metric_filter,
    "DescribeMetricFilters": describe_metric_filters,
    "TestMetricFilter": try_metric_filter,
}
