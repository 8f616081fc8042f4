"""Patches moto's CloudWatch."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch import models
from moto.cloudwatch.models import CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse

from localaws.bridge import add_operations
from localaws.clock import Clock
from localaws.cloudwatch import api, mute_api
from localaws.cloudwatch.alarm_store import alarm_store, catch_up_all
from localaws.cloudwatch.datapoints import Datum, MetricKey
from localaws.locks import service_lock


def install() -> None:
    """Patch moto's CloudWatch in this process; a second call does nothing."""
    Clock.subscribe(catch_up_all)
    if getattr(CloudWatchResponse, "_localaws", False):
        return
    CloudWatchResponse._localaws = True
    add_operations(CloudWatchResponse, api.OPERATIONS | mute_api.OPERATIONS)
    models.utcnow = Clock.utcnow
    put = CloudWatchBackend.put_metric_data

    def put_metric_data(
        self: CloudWatchBackend, namespace: str, metric_data: list[dict[str, Any]]
    ) -> None:
        with service_lock("cloudwatch"):
            put(self, namespace, metric_data)
            _feed(self.account_id, self.region_name, namespace, metric_data)

    CloudWatchBackend.put_metric_data = put_metric_data


def _feed(account: str, region: str, namespace: str, metric_data: list[dict[str, Any]]) -> None:
    """Give data points to the alarms, and evaluate at once the alarms that they make breach."""
    alarms = alarm_store(account, region)
    alarms.catch_up()
    for item in metric_data:
        key = MetricKey.of(namespace, item["MetricName"], item.get("Dimensions") or [])
        for datum in Datum.items(item, _seconds(item.get("Timestamp"))):
            alarms.engine.add(key, datum)
        alarms.engine.peek(key)


def _seconds(moment: datetime | None) -> float:
    if moment is None:
        return Clock.now()
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
