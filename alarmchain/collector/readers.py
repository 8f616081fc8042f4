"""For each kind of read, the read that answers it, and in which room what it finds is filed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.collector.api_pages import items, kept, pages
from alarmchain.collector.endpoint_secrets import without_secrets, without_urls
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import Item, Region, Snapshot


@dataclass(frozen=True, slots=True)
class Filing:
    """Items for a room of a region."""

    region: str
    collection: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What a reader has at hand: the read, its service's client in its region, and `before`, what
    is known of that account already."""

    read: Read
    client: Any
    before: Snapshot

    def file(self, collection: str, found: Iterable[Item]) -> Filing:
        """Items of the read's own region."""
        return Filing(self.read.region, collection, tuple(found))

    def collection(self, name: str) -> tuple[Item, ...]:
        """What the read's region holds in a room so far."""
        return self.before.regions.get(self.read.region, Region()).collections.get(name, ())

    @property
    def name(self) -> str:
        """What the read is about; "" where it is about the whole region."""
        return self.read.what[0] if self.read.what else ""


Reader = Callable[[ReadRequest], Iterable[Filing]]


def _trails(request: ReadRequest) -> Iterator[Filing]:
    """Shadows of other regions' trails come along; each is filed where it is at home."""
    for item in items(request.client, "describe_trails", "trailList"):
        yield Filing(str(item.get("HomeRegion") or request.read.region), "trails", (item,))


def _trail_status(request: ReadRequest) -> Iterator[Filing]:
    status = kept(request.client.get_trail_status(Name=request.name))
    yield request.file("trails", [{"TrailARN": request.name, "Status": status}])


def _trail_selectors(request: ReadRequest) -> Iterator[Filing]:
    answer = kept(request.client.get_event_selectors(TrailName=request.name))
    members = ("EventSelectors", "AdvancedEventSelectors")
    selectors = {name: answer[name] for name in members if answer.get(name)}
    # A trail that reports none is one whose selectors were read all the same.
    selectors = selectors or {"EventSelectors": []}
    yield request.file("trails", [{"TrailARN": request.name, **selectors}])


def _log_groups(request: ReadRequest) -> Iterator[Filing]:
    """One by its exact name: a prefix alone can be asked for, and may fill many pages."""
    if not request.name:
        yield request.file("log_groups", items(request.client, "describe_log_groups", "logGroups"))
        return
    for item in items(
        request.client, "describe_log_groups", "logGroups", logGroupNamePrefix=request.name
    ):
        if item.get("logGroupName") == request.name:
            yield request.file("log_groups", [item])
            return


def _metric_filters(request: ReadRequest) -> Iterator[Filing]:
    arguments: dict[str, str] = {}
    match request.read.what:
        case (group,):
            arguments = {"logGroupName": group}
        case (namespace, metric):
            arguments = {"metricNamespace": namespace, "metricName": metric}
    found = items(request.client, "describe_metric_filters", "metricFilters", **arguments)
    yield request.file("metric_filters", found)


def _metric_alarms(request: ReadRequest) -> Iterator[Filing]:
    namespace, metric, *rest = request.read.what
    dimensions = [
        {"Name": name, "Value": value} for name, value in zip(rest[::2], rest[1::2], strict=True)
    ]
    arguments = {"Namespace": namespace, "MetricName": metric} | (
        {"Dimensions": dimensions} if dimensions else {}
    )
    found = items(request.client, "describe_alarms_for_metric", "MetricAlarms", **arguments)
    yield request.file("metric_alarms", found)


def _all_alarms(request: ReadRequest) -> Iterator[Filing]:
    """Metric alarms alone come unless all types are named, and a type that boto3 does not know
    can't be sent."""
    shape = request.client.meta.service_model.operation_model("DescribeAlarms").input_shape
    types = shape.members["AlarmTypes"].member.enum
    collections: dict[str, list[Item]] = {
        "metric_alarms": [],
        "composite_alarms": [],
        "log_alarms": [],
    }
    keys = ("MetricAlarms", "CompositeAlarms", "LogAlarms")
    for page in pages(request.client, "describe_alarms", AlarmTypes=list(types)):
        for key, found in zip(keys, collections.values(), strict=True):
            found += (kept(item) for item in page.get(key) or ())
    for collection, found in collections.items():
        yield request.file(collection, found)


def _mute_rules(request: ReadRequest) -> Iterator[Filing]:
    """Those of one alarm, or of all that notify somebody: a rule's summary does not tell its
    alarms, so they are asked one by one, if there is a rule at all that can still mute."""
    names = [request.name] if request.name else []
    if not request.name and any(rule.get("Status") != "EXPIRED" for rule in _rules(request.client)):
        alarms = (*request.collection("metric_alarms"), *request.collection("composite_alarms"))
        names = [str(alarm["AlarmName"]) for alarm in alarms if alarm.get("AlarmActions")]
    for name in names:
        rules = list(_rules(request.client, AlarmName=name))
        yield request.file("mute_rules", [{"AlarmName": name, "Rules": rules}])


def _rules(client: Any, **arguments: str) -> Iterator[Item]:
    return items(client, "list_alarm_mute_rules", "AlarmMuteRuleSummaries", **arguments)


def _topic(request: ReadRequest) -> Iterator[Filing]:
    attributes = dict(request.client.get_topic_attributes(TopicArn=request.name)["Attributes"])
    if "Policy" in attributes:
        attributes["Policy"] = without_urls(attributes["Policy"])
    yield request.file("topics", [{"TopicArn": request.name, "Attributes": attributes}])


def _subscriptions(request: ReadRequest) -> Iterator[Filing]:
    found = items(
        request.client, "list_subscriptions_by_topic", "Subscriptions", TopicArn=request.name
    )
    told = [without_secrets(one) for one in found]
    yield request.file("topics", [{"TopicArn": request.name, "Subscriptions": told}])


def _subscription(request: ReadRequest) -> Iterator[Filing]:
    answer = request.client.get_subscription_attributes(SubscriptionArn=request.name)
    topic = request.name.rpartition(":")[0]
    for item in request.collection("topics"):
        if item["TopicArn"] == topic:
            told = [
                {**one, "Attributes": without_secrets(answer["Attributes"])}
                if one.get("SubscriptionArn") == request.name
                else one
                for one in item.get("Subscriptions", ())
            ]
            yield request.file("topics", [{"TopicArn": topic, "Subscriptions": told}])


def _key(request: ReadRequest) -> Iterator[Filing]:
    """Filed under the name by which it was asked for: an alias does not show in the answer."""
    metadata = kept(request.client.describe_key(KeyId=request.name)["KeyMetadata"])
    yield request.file("keys", [{"KeyId": request.name, "Metadata": metadata}])


def _key_policy(request: ReadRequest) -> Iterator[Filing]:
    """GetKeyPolicy takes an id or an ARN, and no alias."""
    known: Mapping[str, Any] = next(
        (
            item.get("Metadata", {})
            for item in request.collection("keys")
            if item["KeyId"] == request.name
        ),
        {},
    )
    key = known.get("Arn") or known.get("KeyId") or request.name
    policy = request.client.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    yield request.file("keys", [{"KeyId": request.name, "Policy": policy}])


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
