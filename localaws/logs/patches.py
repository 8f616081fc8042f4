"""Patches moto's CloudWatch Logs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.logs import models
from moto.logs.models import LogGroup, LogsBackend, logs_backends
from moto.logs.responses import LogsResponse

from localaws.bridge import add_operations
from localaws.clock import Clock
from localaws.errors import AwsError
from localaws.logs import api, filters
from localaws.logs.matcher import PatternError
from localaws.logs.matcher import compile as compile_pattern


def install() -> None:
    """Patch moto's CloudWatch Logs in this process; a second call does nothing."""
    if getattr(LogsResponse, "_localaws", False):
        return
    LogsResponse._localaws = True  # type: ignore[attr-defined]
    add_operations(LogsResponse, api.OPERATIONS)
    models.utcnow = Clock.utcnow  # type: ignore[attr-defined]
    models.EventMessageFilter = _EventMessageFilter  # type: ignore[attr-defined,misc,assignment]
    _keep_the_class()
    _forget_filters_with_their_group()
    _publish_on_put()


class _EventMessageFilter:
    """Give FilterLogEvents and live tail the whole pattern language."""

    def __init__(self, pattern: str | None) -> None:
        try:
            self._matcher = compile_pattern(pattern or "")
        except PatternError as refusal:
            raise AwsError("InvalidParameterException", str(refusal)) from None

    def matches(self, message: str) -> bool:
        return self._matcher.matches(message)


def _keep_the_class() -> None:
    """Add CloudFormation's LogGroupClass, and the members of DescribeLogGroups."""
    init, describe = LogGroup.__init__, LogGroup.to_describe_dict

    def init_with_class(self: LogGroup, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        self.log_group_class = kwargs.get("LogGroupClass", "STANDARD")  # type: ignore[attr-defined]

    def to_describe_dict(self: LogGroup) -> dict[str, Any]:
        backend = logs_backends[self.account_id][self.region]
        return describe(self) | {
            "logGroupClass": api.log_group_class(self),
            "metricFilterCount": len(api.filters_of(backend, self.name)),
        }

    LogGroup.__init__ = init_with_class  # type: ignore[method-assign]
    LogGroup.to_describe_dict = to_describe_dict  # type: ignore[method-assign]


def _forget_filters_with_their_group() -> None:
    delete = LogsBackend.delete_log_group

    def delete_log_group(self: LogsBackend, log_group_name: str) -> None:
        delete(self, log_group_name)
        kept = [f for f in self.filters.metric_filters if f["logGroupName"] != log_group_name]
        self.filters.metric_filters[:] = kept

    LogsBackend.delete_log_group = delete_log_group  # type: ignore[method-assign]


def _publish_on_put() -> None:
    put = LogGroup.put_log_events

    def put_log_events(
        self: LogGroup, log_stream_name: str, log_events: list[dict[str, Any]]
    ) -> str:
        token = put(self, log_stream_name, log_events)
        publish(self, log_events)
        return str(token)

    LogGroup.put_log_events = put_log_events  # type: ignore[method-assign]


def publish(group: LogGroup, log_events: list[dict[str, Any]]) -> None:
    """Apply the group's metric filters to log events and put the data points into CloudWatch."""
    backend = logs_backends[group.account_id][group.region]
    cloudwatch = cloudwatch_backends[group.account_id][group.region]
    for metric_filter in api.filters_of(backend, group.name):
        data = []
        for event in log_events:
            datum = filters.datum(metric_filter, event["message"], group.account_id, group.region)
            if datum:
                when = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
                data.append(datum | {"Timestamp": when.replace(tzinfo=None)})
        if data:
            namespace = metric_filter["metricTransformations"][0]["metricNamespace"]
            cloudwatch.put_metric_data(namespace, data)
