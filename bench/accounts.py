"""Accounts as data: a compliant account with any number of other resources."""

from collections.abc import Iterator
from typing import Any

from alarmchain.control import Control
from alarmchain.snapshot.snapshot import Item, Region, Snapshot
from alarmchain.testing.account import ACCOUNT, LOG_GROUP, REGION, good_account

NOW = 1_790_000_000.0
FILTERS, ALARMS, TOPICS = 100, 5_000, 300


def large_account(control: Control, times: int) -> Snapshot:
    """Return a region of a compliant account with `times` as many resources, read completely."""
    collections = good_account(control)
    del collections["denied"]
    for trail in collections["trails"]:
        trail["Status"]["LatestCloudWatchLogsDeliveryTime"] = NOW
    for alarm in collections["metric_alarms"]:
        alarm["StateTransitionedTimestamp"] = NOW - 86_400
    collections["metric_filters"] += _filters(collections["metric_filters"][0], FILTERS * times - 1)
    collections["metric_alarms"] += _alarms(collections["metric_alarms"][0], ALARMS * times - 1)
    collections["topics"] += _topics(collections["topics"][0], TOPICS * times - 1)
    read = {name: tuple(items) for name, items in collections.items()}
    none = ("composite_alarms", "log_alarms", "mute_rules", "oam_links", "keys")
    empty: dict[str, tuple[Item, ...]] = dict.fromkeys(none, ())
    return Snapshot(ACCOUNT, NOW, {REGION: Region(read | empty)})


def _filters(like: dict[str, Any], count: int) -> Iterator[dict[str, Any]]:
    """Return filters: 100 in the trail's log group (its limit), the rest in other groups."""
    for number in range(count):
        name = f"Put{number}"
        transformation = {**like["metricTransformations"][0], "metricName": f"Metric{number}"}
        group = LOG_GROUP if number < FILTERS - 1 else f"{LOG_GROUP}-{number // FILTERS}"
        yield {
            **like,
            "logGroupName": group,
            "filterName": f"filter-{number}",
            "filterPattern": f"{{ ($.eventSource = s3.amazonaws.com) && ($.eventName = {name}) }}",
            "metricTransformations": [transformation],
        }


def _alarms(like: dict[str, Any], count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        name = f"alarm-{number}"
        arn = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}"
        yield {**like, "AlarmName": name, "AlarmArn": arn, "MetricName": f"Metric{number}"}


def _topics(like: dict[str, Any], count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        yield {**like, "TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:topic-{number}"}
