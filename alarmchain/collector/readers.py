"""For each kind of need, the read that answers it, and in which room what it finds is filed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.collector.api_pages import items, kept, pages
from alarmchain.collector.endpoint_secrets import without_secrets, without_urls
from alarmchain.snapshot.reads import Need, ReadKind
from alarmchain.snapshot.snapshot import Item, Region, Snapshot


@dataclass(frozen=True, slots=True)
class Filing:
    """Items for a room of a region."""

    region: str
    collection: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What a reader has at hand: the need, its service's client in its region, and `before`, what
    is known of that account already."""

    need: Need
    client: Any
    before: Snapshot

    def file(self, collection: str, found: Iterable[Item]) -> Filing:
        """Items of the need's own region."""
        return Filing(self.need.region, collection, tuple(found))

    def collection(self, name: str) -> tuple[Item, ...]:
        """What the need's region holds in a room so far."""
        return self.before.regions.get(self.need.region, Region()).collections.get(name, ())

    @property
    def name(self) -> str:
        """What the need is about; "" where it is about the whole region."""
        return self.need.what[0] if self.need.what else ""


Reader = Callable[[Read], Iterable[Filing]]


def _trails(read: Read) -> Iterator[Filing]:
    """Shadows of other regions' trails come along; each is filed where it is at home."""
    for item in items(read.client, "describe_trails", "trailList"):
        yield Filing(str(item.get("HomeRegion") or read.need.region), "trails", (item,))


def _trail_status(read: Read) -> Iterator[Filing]:
    status = kept(read.client.get_trail_status(Name=read.name))
    yield read.file("trails", [{"TrailARN": read.name, "Status": status}])


def _trail_selectors(read: Read) -> Iterator[Filing]:
    answer = kept(read.client.get_event_selectors(TrailName=read.name))
    members = ("EventSelectors", "AdvancedEventSelectors")
    selectors = {name: answer[name] for name in members if answer.get(name)}
    # A trail that reports none is one whose selectors were read all the same.
    selectors = selectors or {"EventSelectors": []}
    yield read.file("trails", [{"TrailARN": read.name, **selectors}])


def _log_groups(read: Read) -> Iterator[Filing]:
    """One by its exact name: a prefix alone can be asked for, and may fill many pages."""
    if not read.name:
        yield read.file("log_groups", items(read.client, "describe_log_groups", "logGroups"))
        return
    for item in items(
        read.client, "describe_log_groups", "logGroups", logGroupNamePrefix=read.name
    ):
        if item.get("logGroupName") == read.name:
            yield read.file("log_groups", [item])
            return


def _metric_filters(read: Read) -> Iterator[Filing]:
    request: dict[str, str] = {}
    match read.need.what:
        case (group,):
            request = {"logGroupName": group}
        case (namespace, metric):
            request = {"metricNamespace": namespace, "metricName": metric}
    found = items(read.client, "describe_metric_filters", "metricFilters", **request)
    yield read.file("metric_filters", found)


def _metric_alarms(read: Read) -> Iterator[Filing]:
    namespace, metric, *rest = read.need.what
    dimensions = [
        {"Name": name, "Value": value} for name, value in zip(rest[::2], rest[1::2], strict=True)
    ]
    request = {"Namespace": namespace, "MetricName": metric} | (
        {"Dimensions": dimensions} if dimensions else {}
    )
    found = items(read.client, "describe_alarms_for_metric", "MetricAlarms", **request)
    yield read.file("metric_alarms", found)


def _all_alarms(read: Read) -> Iterator[Filing]:
    """Metric alarms alone come unless all types are named, and a type that boto3 does not know
    can't be sent."""
    shape = read.client.meta.service_model.operation_model("DescribeAlarms").input_shape
    types = shape.members["AlarmTypes"].member.enum
    collections: dict[str, list[Item]] = {
        "metric_alarms": [],
        "composite_alarms": [],
        "log_alarms": [],
    }
    keys = ("MetricAlarms", "CompositeAlarms", "LogAlarms")
    for page in pages(read.client, "describe_alarms", AlarmTypes=list(types)):
        for key, found in zip(keys, collections.values(), strict=True):
            found += (kept(item) for item in page.get(key) or ())
    for collection, found in collections.items():
        yield read.file(collection, found)


def _mute_rules(read: Read) -> Iterator[Filing]:
    """Those of one alarm, or of all that notify somebody: a rule's summary does not tell its
    alarms, so they are asked one by one, if there is a rule at all that can still mute."""
    names = [read.name] if read.name else []
    if not read.name and any(rule.get("Status") != "EXPIRED" for rule in _rules(read.client)):
        alarms = (*read.collection("metric_alarms"), *read.collection("composite_alarms"))
        names = [str(alarm["AlarmName"]) for alarm in alarms if alarm.get("AlarmActions")]
    for name in names:
        rules = list(_rules(read.client, AlarmName=name))
        yield read.file("mute_rules", [{"AlarmName": name, "Rules": rules}])


def _rules(client: Any, **request: str) -> Iterator[Item]:
    return items(client, "list_alarm_mute_rules", "AlarmMuteRuleSummaries", **request)


def _topic(read: Read) -> Iterator[Filing]:
    attributes = dict(read.client.get_topic_attributes(TopicArn=read.name)["Attributes"])
    if "Policy" in attributes:
        attributes["Policy"] = without_urls(attributes["Policy"])
    yield read.file("topics", [{"TopicArn": read.name, "Attributes": attributes}])


def _subscriptions(read: Read) -> Iterator[Filing]:
    found = items(read.client, "list_subscriptions_by_topic", "Subscriptions", TopicArn=read.name)
    told = [without_secrets(one) for one in found]
    yield read.file("topics", [{"TopicArn": read.name, "Subscriptions": told}])


def _subscription(read: Read) -> Iterator[Filing]:
    answer = read.client.get_subscription_attributes(SubscriptionArn=read.name)
    topic = read.name.rpartition(":")[0]
    for item in read.collection("topics"):
        if item["TopicArn"] == topic:
            told = [
                {**one, "Attributes": without_secrets(answer["Attributes"])}
                if one.get("SubscriptionArn") == read.name
                else one
                for one in item.get("Subscriptions", ())
            ]
            yield read.file("topics", [{"TopicArn": topic, "Subscriptions": told}])


def _key(read: Read) -> Iterator[Filing]:
    """Filed under the name by which it was asked for: an alias does not show in the answer."""
    metadata = kept(read.client.describe_key(KeyId=read.name)["KeyMetadata"])
    yield read.file("keys", [{"KeyId": read.name, "Metadata": metadata}])


def _key_policy(read: Read) -> Iterator[Filing]:
    """GetKeyPolicy takes an id or an ARN, and no alias."""
    known: Mapping[str, Any] = next(
        (
            item.get("Metadata", {})
            for item in read.collection("keys")
            if item["KeyId"] == read.name
        ),
        {},
    )
    key = known.get("Arn") or known.get("KeyId") or read.name
    policy = read.client.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    yield read.file("keys", [{"KeyId": read.name, "Policy": policy}])


READERS: Mapping[ReadKind, Reader] = {
    ReadKind.TRAILS: _trails,
    ReadKind.TRAIL_STATUS: _trail_status,
    ReadKind.TRAIL_SELECTORS: _trail_selectors,
    ReadKind.LOG_GROUP: _log_groups,
    ReadKind.METRIC_FILTERS: _metric_filters,
    ReadKind.METRIC_ALARMS: _metric_alarms,
    ReadKind.ALL_ALARMS: _all_alarms,
    ReadKind.MUTE_RULES: _mute_rules,
    ReadKind.TOPIC: _topic,
    ReadKind.SUBSCRIPTIONS: _subscriptions,
    ReadKind.SUBSCRIPTION: _subscription,
    ReadKind.KEY: _key,
    ReadKind.KEY_POLICY: _key_policy,
}
