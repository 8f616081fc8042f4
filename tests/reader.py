"""Answer reads from a whole snapshot, as AWS would: the loop of reads without AWS."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from alarmchain.decision.assess import assess
from alarmchain.decision.assessment import Assessment
from alarmchain.parameters import Parameters
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import Denied, Item, Region, Snapshot
from tests.builders import CONTROLS, REGION, RULE

MOST_READS = 500
SELECTORS = ("EventSelectors", "AdvancedEventSelectors")
Filed = Iterable[tuple[str, str, list[Item]]]


@dataclass(frozen=True)
class Run:
    """The result of the loop, and its reads in order."""

    assessment: Assessment
    reads: tuple[Read, ...]


def read_and_assess(
    full: Snapshot,
    rule: str = RULE,
    region: str = REGION,
    *,
    refused: Collection[str] = (),
    **parameters: str,
) -> Run:
    """Run the loop until no read is missing; the actions in `refused` are denied."""
    snapshot = Snapshot(full.account, full.collected_at, sdk_gaps=full.sdk_gaps)
    checked = Parameters.read(parameters)
    reads: list[Read] = []
    while (assessment := assess(CONTROLS[rule], snapshot, region, checked)).missing_reads:
        for read in assessment.missing_reads:
            assert read not in snapshot.reads, f"asked twice for {read}"
            snapshot = answered(snapshot, full, read, refused)
            reads.append(read)
        assert len(reads) < MOST_READS, f"the loop does not end: {reads[-3:]}"
    return Run(assessment, tuple(reads))


def answered(
    snapshot: Snapshot, full: Snapshot, read: Read, refused: Collection[str] = ()
) -> Snapshot:
    """Return the snapshot with one read answered."""
    action = read.kind.value
    if action in refused:
        resource = "/".join(read.what) or "*"
        return snapshot.with_read(read, Denied(action, resource, read.region, "AccessDenied"))
    part, whole = snapshot, full
    if read.account:
        none = Snapshot(read.account, full.collected_at)
        part, whole = snapshot.linked.get(read.account, none), full.linked.get(read.account, none)
    for region, collection, items in _answer(read, _Account(whole.regions), _Account(part.regions)):
        part = part.with_items(region, collection, items)
    if read.account:
        part = replace(snapshot, linked={**snapshot.linked, read.account: part})
    return part.with_read(read)


class _Account:
    def __init__(self, regions: Mapping[str, Region]) -> None:
        self.regions = regions

    def collection(self, region: str, name: str) -> tuple[Item, ...]:
        return self.regions.get(region, Region()).collections.get(name, ())

    def topic(self, region: str, arn: str) -> list[dict[str, Any]]:
        return [dict(one) for one in self.collection(region, "topics") if one["TopicArn"] == arn]


def _only(item: Item, *members: str) -> dict[str, Any]:
    return {name: item[name] for name in members if name in item}


def _without(item: Item, *members: str) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in members}


def _answer(read: Read, full: _Account, part: _Account) -> Filed:
    region, what = read.region, read.what
    if read.kind is ReadKind.TRAILS:
        for home in full.regions:
            yield home, "trails", _trails(full, home, region)
    elif read.kind is ReadKind.ALL_ALARMS:
        for collection in ("metric_alarms", "composite_alarms", "log_alarms"):
            yield region, collection, list(full.collection(region, collection))
    elif read.kind is ReadKind.SUBSCRIPTION:
        yield region, "topics", _with_attributes(full, part, region, what[0])
    elif read.kind is ReadKind.METRIC_FILTERS:
        filters = full.collection(region, "metric_filters")
        yield region, "metric_filters", [one for one in filters if _is_asked(one, what)]
    elif read.kind is ReadKind.METRIC_ALARMS:
        alarms = full.collection(region, "metric_alarms")
        yield region, "metric_alarms", [one for one in alarms if _watches(one, what)]
    else:
        collection, key, members = _BY_NAME[read.kind]
        found = [one for one in full.collection(region, collection) if one[key] == what[0]]
        yield region, collection, [_only(one, key, *members) if members else one for one in found]
        if read.kind is ReadKind.SUBSCRIPTIONS:
            bare = [_without(sub, "Attributes") for one in found for sub in one["Subscriptions"]]
            yield region, collection, [{key: what[0], "Subscriptions": bare}]


_BY_NAME: Mapping[ReadKind, tuple[str, str, tuple[str, ...]]] = {
    ReadKind.TRAIL_STATUS: ("trails", "TrailARN", ("Status",)),
    ReadKind.TRAIL_SELECTORS: ("trails", "TrailARN", SELECTORS),
    ReadKind.LOG_GROUP: ("log_groups", "logGroupName", ()),
    ReadKind.MUTE_RULES: ("mute_rules", "AlarmName", ()),
    ReadKind.TOPIC: ("topics", "TopicArn", ("Attributes",)),
    ReadKind.SUBSCRIPTIONS: ("topics", "TopicArn", ("Subscriptions",)),
    ReadKind.KEY: ("keys", "KeyId", ("Metadata",)),
    ReadKind.KEY_POLICY: ("keys", "KeyId", ("Policy",)),
}
"""For reads of one resource: its collection, the member that names it, and the answer's members
(or all)."""


def _trails(full: _Account, home: str, region: str) -> list[Item]:
    """Return what DescribeTrails of `region` lists of the trails whose home is `home`."""
    return [
        _without(one, "Status", *SELECTORS)
        for one in full.collection(home, "trails")
        if home == region or one.get("IsMultiRegionTrail")
    ]


def _is_asked(item: Item, what: tuple[str, ...]) -> bool:
    if len(what) == 1:
        return bool(item["logGroupName"] == what[0])
    written = {(one["metricNamespace"], one["metricName"]) for one in item["metricTransformations"]}
    return what in written


def _watches(item: Item, what: tuple[str, ...]) -> bool:
    """Return whether DescribeAlarmsForMetric lists the alarm: it needs all dimensions and lists no
    alarm on metric math."""
    pairs = sorted((one["Name"], one["Value"]) for one in item.get("Dimensions", ()))
    asked = list(zip(what[2::2], what[3::2], strict=True))
    return (item.get("Namespace"), item.get("MetricName")) == what[:2] and pairs == asked


def _with_attributes(full: _Account, part: _Account, region: str, arn: str) -> list[Item]:
    topic = arn.rpartition(":")[0]
    told = {
        one["SubscriptionArn"]: one["Attributes"]
        for item in full.topic(region, topic)
        for one in item["Subscriptions"]
    }
    return [
        {
            "TopicArn": topic,
            "Subscriptions": [
                {**one, "Attributes": told[arn]} if one["SubscriptionArn"] == arn else one
                for one in item["Subscriptions"]
            ],
        }
        for item in part.topic(region, topic)
    ]
