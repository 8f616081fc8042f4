"""The loop of reads without AWS: each read is answered from a complete snapshot."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from alarmchain.decision.assess import assess
from alarmchain.decision.assessment import Assessment
from alarmchain.parameters import Parameters
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import Denied, Item, Region, Snapshot
from tests.builders import CONTROLS, REGION, RULE
from tests.evidence import assert_evidence

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
    return _run(full, rule, region, Parameters.read(parameters), refused, lambda read: read)


def read_regions_and_assess(full: Snapshot, rule: str, region: str) -> Run:
    """Run the loop, reading whole regions where possible, as an audit of several rules does."""
    return _run(full, rule, region, Parameters.read({}), (), lambda read: read.of_region or read)


def _run(
    full: Snapshot,
    rule: str,
    region: str,
    parameters: Parameters,
    refused: Collection[str],
    widened: Callable[[Read], Read],
) -> Run:
    snapshot = Snapshot(full.account, full.collected_at, sdk_gaps=full.sdk_gaps)
    reads: list[Read] = []
    while (assessment := assess(CONTROLS[rule], snapshot, region, parameters)).missing_reads:
        assert_evidence(assessment, snapshot)
        for read in map(widened, assessment.missing_reads):
            assert read not in snapshot.reads, f"the read was already answered: {read}"
            snapshot = answered(snapshot, full, read, refused)
            reads.append(read)
        assert len(reads) < MOST_READS, f"the loop does not end: {reads[-3:]}"
    assert_evidence(assessment, snapshot)
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
        empty = Snapshot(read.account, full.collected_at)
        part, whole = snapshot.linked.get(read.account, empty), full.linked.get(read.account, empty)
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
        topics = self.collection(region, "topics")
        return [dict(topic) for topic in topics if topic["TopicArn"] == arn]


def _only(item: Item, *members: str) -> dict[str, Any]:
    return {name: item[name] for name in members if name in item}


def _without(item: Item, *members: str) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in members}


def _answer(read: Read, full: _Account, part: _Account) -> Filed:
    region, what = read.region, read.what
    if read.kind is ReadKind.TRAILS:
        for home in full.regions:
            trails = _trails(full, home, region)
            yield home, "trails", trails
            yield region, "listed_trails", [_only(trail, "TrailARN") for trail in trails]
    elif read.kind is ReadKind.ALL_ALARMS:
        for collection in ("metric_alarms", "composite_alarms", "log_alarms"):
            yield region, collection, list(full.collection(region, collection))
    elif read.kind in _WHOLE and not read.what:
        yield region, _WHOLE[read.kind], list(full.collection(region, _WHOLE[read.kind]))
    elif read.kind is ReadKind.SUBSCRIPTION:
        yield region, "topics", _with_attributes(full, part, region, what[0])
    elif read.kind is ReadKind.METRIC_FILTERS:
        filters = full.collection(region, "metric_filters")
        yield region, "metric_filters", [each for each in filters if _is_listed(each, what)]
    elif read.kind is ReadKind.METRIC_ALARMS:
        alarms = full.collection(region, "metric_alarms")
        yield region, "metric_alarms", [alarm for alarm in alarms if _watches(alarm, what)]
    else:
        collection, key, members = _BY_NAME[read.kind]
        named = [item for item in full.collection(region, collection) if item[key] == what[0]]
        items = [item for item in named if not members or _only(item, *members)]
        yield (
            region,
            collection,
            [_only(item, key, *members) if members else item for item in items],
        )
        if read.kind is ReadKind.SUBSCRIPTIONS:
            listed = [
                _without(subscription, "Attributes")
                for item in items
                for subscription in item["Subscriptions"]
            ]
            yield region, collection, [{key: what[0], "Subscriptions": listed}]


_WHOLE = {
    ReadKind.OAM_LINKS: "oam_links",
    ReadKind.ORGANIZATION: "organization",
    ReadKind.METRIC_FILTERS: "metric_filters",
    ReadKind.MUTE_RULES: "mute_rules",
}
"""The reads that return a whole collection if they name nothing, with the collection."""
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
"""For each read of a single resource: the collection, the member that names the resource, and the
members of the answer (empty: all)."""


def _trails(full: _Account, home: str, region: str) -> list[Item]:
    """Return the trails with home region `home` that DescribeTrails lists in `region`."""
    return [
        _without(trail, "Status", *SELECTORS)
        for trail in full.collection(home, "trails")
        if home == region or trail.get("IsMultiRegionTrail")
    ]


def _is_listed(item: Item, what: tuple[str, ...]) -> bool:
    """Return whether the metric filter is in the log group, or writes to the metric, of a read."""
    if len(what) == 1:
        return bool(item["logGroupName"] == what[0])
    return what in {
        (transformation["metricNamespace"], transformation["metricName"])
        for transformation in item["metricTransformations"]
    }


def _watches(item: Item, what: tuple[str, ...]) -> bool:
    """Return whether DescribeAlarmsForMetric lists the alarm.

    It lists alarms on exactly these dimensions, and no alarm on metric math.
    """
    dimensions = sorted((each["Name"], each["Value"]) for each in item.get("Dimensions", ()))
    requested = list(zip(what[2::2], what[3::2], strict=True))
    metric = (item.get("Namespace"), item.get("MetricName"))
    return metric == what[:2] and dimensions == requested


def _with_attributes(full: _Account, part: _Account, region: str, arn: str) -> list[Item]:
    topic = arn.rpartition(":")[0]
    attributes = {
        subscription["SubscriptionArn"]: subscription["Attributes"]
        for item in full.topic(region, topic)
        for subscription in item["Subscriptions"]
    }
    return [
        {
            "TopicArn": topic,
            "Subscriptions": [
                {**subscription, "Attributes": attributes[arn]}
                if subscription["SubscriptionArn"] == arn
                else subscription
                for subscription in item["Subscriptions"]
            ],
        }
        for item in part.topic(region, topic)
    ]
