"""For each kind of read, the function that makes it and says where its items belong."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError
from botocore.exceptions import ConnectionError as NoConnectionError

from alarmchain.chain.subscription.endpoint import without_urls
from alarmchain.collector.api_pages import PageLimit, items, kept, pages
from alarmchain.collector.endpoint_secrets import without_secrets
from alarmchain.collector.errors import RefusedError
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import Item, Snapshot


@dataclass(frozen=True, slots=True)
class CollectedItems:
    """Items for a collection of a region."""

    region: str
    collection: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What a reader needs: the read, and the client of its service and region.

    `before`: the part of the snapshot that belongs to the read's account. `limit`: how many pages
    the read may take.
    """

    read: Read
    client: Any
    before: Snapshot
    limit: PageLimit = field(default_factory=PageLimit)

    def pages(self, operation: str, **arguments: Any) -> Iterator[Mapping[str, Any]]:
        """Yield every page of an operation. Raises TooManyPagesError and ValueError."""
        return self.limit.of(pages(self.client, operation, **arguments))

    def items(self, operation: str, key: str, **arguments: Any) -> Iterator[Item]:
        """Yield the items under `key` of every page of an operation."""
        return items(self.pages(operation, **arguments), key)

    def collected(self, collection: str, members: Iterable[Item]) -> CollectedItems:
        """Return items for a collection of the read's own region."""
        return CollectedItems(self.read.region, collection, tuple(members))

    def collection(self, name: str) -> tuple[Item, ...]:
        """Return the items of a collection in the read's region so far."""
        return self.before.collection(name, self.read.region)

    @property
    def name(self) -> str:
        """The resource that the read names, "" for the whole region."""
        return self.read.what[0] if self.read.what else ""


Reader = Callable[[ReadRequest], Iterable[CollectedItems]]


def _trails(request: ReadRequest) -> Iterator[CollectedItems]:
    """Read all trails that record the region; each belongs to its home region."""
    trails = list(request.items("describe_trails", "trailList"))
    listed = [{name: item[name] for name in ("TrailARN",) if name in item} for item in trails]
    yield request.collected("listed_trails", listed)
    for item in trails:
        yield CollectedItems(str(item.get("HomeRegion") or request.read.region), "trails", (item,))


def _trail_status(request: ReadRequest) -> Iterator[CollectedItems]:
    status = kept(request.client.get_trail_status(Name=request.name))
    yield request.collected("trails", [{"TrailARN": request.name, "Status": status}])


def _trail_selectors(request: ReadRequest) -> Iterator[CollectedItems]:
    answer = kept(request.client.get_event_selectors(TrailName=request.name))
    members = ("EventSelectors", "AdvancedEventSelectors")
    selectors = {name: answer[name] for name in members if answer.get(name)}
    # Without this a trail that has no selectors would look as if they had not been read.
    selectors = selectors or {"EventSelectors": []}
    yield request.collected("trails", [{"TrailARN": request.name, **selectors}])


def _log_groups(request: ReadRequest) -> Iterator[CollectedItems]:
    """Read all log groups, or the named one: the API takes a prefix, which may fill many pages."""
    if not request.name:
        yield request.collected("log_groups", request.items("describe_log_groups", "logGroups"))
        return
    for item in request.items("describe_log_groups", "logGroups", logGroupNamePrefix=request.name):
        if item.get("logGroupName") == request.name:
            yield request.collected("log_groups", [item])
            return


def _metric_filters(request: ReadRequest) -> Iterator[CollectedItems]:
    arguments: dict[str, str] = {}
    match request.read.what:
        case (group,):
            arguments = {"logGroupName": group}
        case (namespace, metric):
            arguments = {"metricNamespace": namespace, "metricName": metric}
    filters = request.items("describe_metric_filters", "metricFilters", **arguments)
    yield request.collected("metric_filters", filters)


def _metric_alarms(request: ReadRequest) -> Iterator[CollectedItems]:
    namespace, metric, *rest = request.read.what
    dimensions = [
        {"Name": name, "Value": value} for name, value in zip(rest[::2], rest[1::2], strict=True)
    ]
    arguments = {"Namespace": namespace, "MetricName": metric} | (
        {"Dimensions": dimensions} if dimensions else {}
    )
    alarms = request.items("describe_alarms_for_metric", "MetricAlarms", **arguments)
    yield request.collected("metric_alarms", alarms)


_ALARM_COLLECTIONS = {
    "CompositeAlarm": "composite_alarms",
    "MetricAlarm": "metric_alarms",
    "LogAlarm": "log_alarms",
}
"""For each value of AlarmTypes, the collection. The answer's list is the value with an "s"."""


_REFUSED_VALUE = ("ValidationError", "ValidationException")
"""CloudWatch's codes for a value that an enumeration does not have."""


def _all_alarms(request: ReadRequest) -> Iterator[CollectedItems]:
    """Read the alarms of all types.

    Without a list of types DescribeAlarms returns metric alarms only. boto3 sends any type, but it
    drops a list of the answer that its model lacks; `find_sdk_gaps` reports that.
    """
    answer = request.client.meta.service_model.operation_model("DescribeAlarms").output_shape
    types = [name for name in _ALARM_COLLECTIONS if f"{name}s" in answer.members]
    try:
        found = _alarms(request, types)
    except ClientError as error:
        if "LogAlarm" not in types or not _is_refused_type(error):
            raise
        # A region whose API does not have this newest type has no such alarms.
        found = _alarms(request, [name for name in types if name != "LogAlarm"])
    for name in types:
        yield request.collected(_ALARM_COLLECTIONS[name], found.get(name, ()))


def _is_refused_type(error: ClientError) -> bool:
    """Return whether the API says that the list of alarm types holds a value it does not know."""
    code, message = (error.response["Error"].get(name, "") for name in ("Code", "Message"))
    return code in _REFUSED_VALUE and "alarmtypes" in message.lower()


def _alarms(request: ReadRequest, types: list[str]) -> dict[str, list[Item]]:
    """Return the region's alarms by type."""
    found: dict[str, list[Item]] = {name: [] for name in types}
    for page in request.pages("describe_alarms", AlarmTypes=types):
        for name in types:
            found[name] += (kept(item) for item in page.get(f"{name}s") or ())
    return found


def _mute_rules(request: ReadRequest) -> Iterator[CollectedItems]:
    """Read the mute rules of one alarm, or of all alarms with actions.

    The summary of a rule does not name its alarms, so the rules of each alarm are read, but only if
    there is a rule that has not expired.
    """
    names = [request.name] if request.name else []
    if not request.name and any(rule.get("Status") != "EXPIRED" for rule in _rules(request)):
        alarms = (*request.collection("metric_alarms"), *request.collection("composite_alarms"))
        names = [str(alarm["AlarmName"]) for alarm in alarms if alarm.get("AlarmActions")]
    for name in names:
        rules = list(_rules(request, AlarmName=name))
        yield request.collected("mute_rules", [{"AlarmName": name, "Rules": rules}])


def _rules(request: ReadRequest, **arguments: str) -> Iterator[Item]:
    return request.items("list_alarm_mute_rules", "AlarmMuteRuleSummaries", **arguments)


@contextmanager
def _endpoint_may_lack(request: ReadRequest) -> Iterator[None]:
    """Raise RefusedError if there is no connection, so that only this answer stays unknown.

    A region or a private network may lack an endpoint of this service alone.
    """
    try:
        yield
    except NoConnectionError as error:
        message = f"{request.read.kind.value} in {request.read.region} failed: {error}"
        raise RefusedError(message, "NoConnection") from error


def _oam_links(request: ReadRequest) -> Iterator[CollectedItems]:
    """Read with which monitoring accounts the region shares its data.

    A link's label is not kept: it may be an e-mail address.
    """
    with _endpoint_may_lack(request):
        links = list(request.items("list_links", "Items"))
    members = ("Arn", "ResourceTypes", "SinkArn")
    yield request.collected(
        "oam_links", [{name: link[name] for name in members if name in link} for link in links]
    )


def _topic(request: ReadRequest) -> Iterator[CollectedItems]:
    attributes = dict(request.client.get_topic_attributes(TopicArn=request.name)["Attributes"])
    if "Policy" in attributes:
        attributes["Policy"] = without_urls(attributes["Policy"])
    yield request.collected("topics", [{"TopicArn": request.name, "Attributes": attributes}])


def _subscriptions(request: ReadRequest) -> Iterator[CollectedItems]:
    listed = request.items("list_subscriptions_by_topic", "Subscriptions", TopicArn=request.name)
    subscriptions = [without_secrets(subscription) for subscription in listed]
    yield request.collected("topics", [{"TopicArn": request.name, "Subscriptions": subscriptions}])


def _subscription(request: ReadRequest) -> Iterator[CollectedItems]:
    answer = request.client.get_subscription_attributes(SubscriptionArn=request.name)
    topic = request.name.rpartition(":")[0]
    for item in request.collection("topics"):
        if item["TopicArn"] == topic:
            subscriptions = [
                {**subscription, "Attributes": without_secrets(answer["Attributes"])}
                if subscription.get("SubscriptionArn") == request.name
                else subscription
                for subscription in item.get("Subscriptions", ())
            ]
            yield request.collected("topics", [{"TopicArn": topic, "Subscriptions": subscriptions}])


def _key(request: ReadRequest) -> Iterator[CollectedItems]:
    """Read the key; its KeyId is the name in the read, since the answer does not show an alias."""
    metadata = kept(request.client.describe_key(KeyId=request.name)["KeyMetadata"])
    yield request.collected("keys", [{"KeyId": request.name, "Metadata": metadata}])


def _key_policy(request: ReadRequest) -> Iterator[CollectedItems]:
    """Read the policy by the key's id or ARN: GetKeyPolicy takes no alias."""
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
    yield request.collected("keys", [{"KeyId": request.name, "Policy": policy}])


def _organization(request: ReadRequest) -> Iterator[CollectedItems]:
    """Read which account manages the organization. Its address is not kept."""
    with _endpoint_may_lack(request):
        answer = request.client.describe_organization()["Organization"]
    item = {name: answer[name] for name in ("Id", "MasterAccountId")}
    yield request.collected("organization", [item])


READERS: Mapping[ReadKind, Reader] = {
    ReadKind.TRAILS: _trails,
    ReadKind.TRAIL_STATUS: _trail_status,
    ReadKind.TRAIL_SELECTORS: _trail_selectors,
    ReadKind.LOG_GROUP: _log_groups,
    ReadKind.METRIC_FILTERS: _metric_filters,
    ReadKind.METRIC_ALARMS: _metric_alarms,
    ReadKind.ALL_ALARMS: _all_alarms,
    ReadKind.MUTE_RULES: _mute_rules,
    ReadKind.OAM_LINKS: _oam_links,
    ReadKind.TOPIC: _topic,
    ReadKind.SUBSCRIPTIONS: _subscriptions,
    ReadKind.SUBSCRIPTION: _subscription,
    ReadKind.KEY: _key,
    ReadKind.KEY_POLICY: _key_policy,
    ReadKind.ORGANIZATION: _organization,
}
