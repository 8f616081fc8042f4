"""An account that changes while it is read is read again."""

from dataclasses import replace

import pytest

from alarmchain.collector.consistency import check
from alarmchain.collector.errors import CollectError
from alarmchain.collector.readers import CollectedItems
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import Item, Snapshot

REGION = "us-east-1"
WRITERS = Read(ReadKind.METRIC_FILTERS, REGION, ("Space", "Metric"))


def metric_filter(name: str, metric: str = "Metric") -> Item:
    """Return a metric filter of log group `g`."""
    written = {"metricNamespace": "Space", "metricName": metric, "metricValue": "1"}
    return {"logGroupName": "g", "filterName": name, "metricTransformations": [written]}


KNOWN = Snapshot("123456789012", 0.0).with_items(
    REGION, "metric_filters", [metric_filter("f"), metric_filter("other", "Else")]
)


def test_a_filter_that_is_gone() -> None:
    """A filter that was read with its log group must also be read with its metric."""
    check(WRITERS, KNOWN, [CollectedItems(REGION, "metric_filters", (metric_filter("f"),))])
    with pytest.raises(CollectError, match="does not return metric filter 'f' of log group 'g'"):
        check(WRITERS, KNOWN, [CollectedItems(REGION, "metric_filters", ())])


def test_a_filter_that_its_log_group_no_longer_has() -> None:
    """A filter that was read with its metric must also be read with its log group."""
    read = Read(ReadKind.METRIC_FILTERS, REGION, ("g",))
    both = (metric_filter("f"), metric_filter("other"))
    check(read, KNOWN, [CollectedItems(REGION, "metric_filters", both)])
    check(replace(read, what=("h",)), KNOWN, [])
    with pytest.raises(CollectError, match="does not return metric filter 'f' of log group 'g'"):
        check(read, KNOWN, [])


@pytest.mark.parametrize("collection", ["metric_alarms", "composite_alarms"])
def test_an_alarm_that_the_region_no_longer_has(collection: str) -> None:
    """An alarm that was read with its metric must also be read with all alarms of the region."""
    alarm = {"AlarmName": "a"}
    known = KNOWN.with_items(REGION, collection, [alarm])
    read = Read(ReadKind.ALL_ALARMS, REGION)
    check(read, known, [CollectedItems(REGION, collection, (alarm,))])
    check(replace(read, region="eu-west-1"), known, [])
    with pytest.raises(CollectError, match="does not return alarm 'a', which was read before"):
        check(read, known, [])


def test_an_alarm_that_is_gone() -> None:
    """An answer without the alarm is an error; it does not mean that there are no mute rules."""
    read = Read(ReadKind.MUTE_RULES, REGION, ("a",))
    check(read, KNOWN, [CollectedItems(REGION, "mute_rules", ({"AlarmName": "a", "Rules": []},))])
    with pytest.raises(CollectError, match="no longer knows alarm 'a'") as raised:
        check(read, KNOWN, [])
    assert raised.value.transient


@pytest.mark.parametrize("item", [{}, {"TrailARN": None}, {"TrailARN": ""}, {"TrailARN": 1}])
def test_an_item_without_its_name(item: Item) -> None:
    """An item without a name is an error, because the snapshot files items by name."""
    with pytest.raises(CollectError, match="returned an item without TrailARN"):
        check(Read(ReadKind.TRAILS, REGION), KNOWN, [CollectedItems(REGION, "trails", (item,))])
