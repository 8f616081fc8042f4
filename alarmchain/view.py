"""A snapshot as the chain asks it: every answer is data, or a judgement that says what is missing.

What was not read is noted in `wanted`, so that it can be read and the question asked again. What
was denied stays unknown, with the action to grant.
"""

from collections.abc import Mapping
from typing import Any

from alarmchain.chain.arn import Arn
from alarmchain.chain.judgement import Judgement, unknown
from alarmchain.chain.shape import mapping, structures
from alarmchain.chain.signal import Metric
from alarmchain.needs import Kind, Need
from alarmchain.snapshot import Denied, Item, Region, Snapshot

Items = tuple[Item, ...]


class View:
    """One account's part of a snapshot; `account` "" is the audited account itself."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._alarms: dict[tuple[str, str], dict[tuple[str, str], list[Item]]] = {}
        self.wanted: dict[Need, None] = {}

    @property
    def account(self) -> str:
        """The audited account's id."""
        return self._snapshot.account

    @property
    def now(self) -> float:
        """When the account was read, in epoch seconds."""
        return self._snapshot.collected_at

    @property
    def blind(self) -> Mapping[str, str]:
        """What the reader's boto3 could not see: member or operation, and that boto3's version."""
        return self._snapshot.blind

    def has_linked(self, account: str) -> bool:
        """Whether anything was read in that other account."""
        return account in self._snapshot.linked

    def _part(self, account: str) -> Snapshot:
        if account in ("", self._snapshot.account):
            return self._snapshot
        return self._snapshot.linked.get(account, Snapshot(account, self.now))

    def _region(self, name: str, account: str) -> Region:
        return self._part(account).regions.get(name, Region())

    def _need(self, kind: Kind, region: str, what: tuple[str, ...], account: str) -> Need:
        return Need(kind, region, what, "" if account == self._snapshot.account else account)

    def _room(self, need: Need, *rooms: str) -> tuple[Items, ...] | Judgement:
        """The rooms' items if they are complete or `need` was answered."""
        region = self._region(need.region, need.account)
        if all(region.complete(room) for room in rooms) or self._answered(need):
            return tuple(region.rooms.get(room, ()) for room in rooms)
        return self._missing(need)

    def _answered(self, need: Need) -> bool:
        return need in self._snapshot.reads and self._denial(need) is None

    def _denial(self, need: Need) -> Denied | None:
        refusals = (*self._snapshot.denied, *self._part(need.account).denied)
        return next((denied for denied in refusals if _concerns(denied, need)), None)

    def _missing(self, need: Need) -> Judgement:
        what = f" on {need.what[0]}" if need.what else ""
        denied = self._denial(need)
        if denied is None:
            if need not in self._snapshot.reads:
                self.wanted[need] = None
            return unknown(
                f"not read: {need.kind.value}{what} in {need.region}",
                wanted=f"the answer of {need.kind.value}",
                remedy=f"read it with {need.kind.value}",
            )
        return unknown(
            f"denied {need.kind.value}{what} in {need.region}",
            observed=denied.code,
            wanted=f"the answer of {need.kind.value}",
            remedy=f"grant {need.kind.value}",
        )

    def trails(self, region: str, account: str = "") -> Items | Judgement:
        """Every trail that may record the region, wherever it lives."""
        found = self._room(self._need(Kind.TRAILS, region, (), account), "trails")
        if isinstance(found, Judgement):
            return found
        regions = self._part(account).regions.values()
        return tuple(item for one in regions for item in one.rooms.get("trails", ()))

    def trail_status(self, item: Item, region: str, account: str = "") -> Item | Judgement:
        """GetTrailStatus of the trail at home in `region`."""
        if isinstance(item.get("Status"), Mapping):
            return mapping(item, "Status")
        return self._missing(
            self._need(Kind.TRAIL_STATUS, region, (str(item["TrailARN"]),), account)
        )

    def trail_selectors(self, item: Item, region: str, account: str = "") -> Item | Judgement:
        """The trail's item with its event selectors in it."""
        if "EventSelectors" in item or "AdvancedEventSelectors" in item:
            return item
        return self._missing(
            self._need(Kind.TRAIL_SELECTORS, region, (str(item["TrailARN"]),), account)
        )

    def log_group(self, name: str, region: str, account: str = "") -> Item | Judgement | None:
        """The log group, None if there is none of that name."""
        return self._one(self._need(Kind.LOG_GROUP, region, (name,), account), "log_groups")

    def _one(self, need: Need, room: str, key: str = "logGroupName") -> Item | Judgement | None:
        region = self._region(need.region, need.account)
        for item in region.rooms.get(room, ()):
            if item.get(key) == need.what[0]:
                return item
        found = self._room(need, room)
        return found if isinstance(found, Judgement) else None

    def metric_filters(self, group: str, region: str, account: str = "") -> Items | Judgement:
        """The metric filters of a log group."""
        found = self._room(
            self._need(Kind.METRIC_FILTERS, region, (group,), account), "metric_filters"
        )
        if isinstance(found, Judgement):
            return found
        return tuple(item for item in found[0] if item.get("logGroupName") == group)

    def writers(self, metric: Metric, region: str, account: str = "") -> Items | Judgement:
        """The metric filters of the region that write to a metric of that namespace and name."""
        need = self._need(Kind.METRIC_FILTERS, region, (metric.namespace, metric.name), account)
        found = self._room(need, "metric_filters")
        return (
            found if isinstance(found, Judgement) else self.known_writers(metric, region, account)
        )

    def known_writers(self, metric: Metric, region: str, account: str = "") -> Items:
        """Those of `writers` that have been read so far."""
        return tuple(
            item
            for item in self._region(region, account).rooms.get("metric_filters", ())
            if any(
                one.get("metricNamespace") == metric.namespace
                and one.get("metricName") == metric.name
                for one in structures(item, "metricTransformations")
            )
        )

    def metric_alarms(self, metric: Metric, region: str, account: str = "") -> Items | Judgement:
        """The alarms that name the metric itself, with whatever dimensions where all were read."""
        dimensions = tuple(part for pair in metric.dimensions for part in pair)
        what = (metric.namespace, metric.name, *dimensions)
        sweep = self._need(Kind.ALL_ALARMS, region, (), account)
        if not self._answered(sweep):
            found = self._room(
                self._need(Kind.METRIC_ALARMS, region, what, account), "metric_alarms"
            )
            if isinstance(found, Judgement):
                return found
        return tuple(self._by_metric(region, account).get((metric.namespace, metric.name), ()))

    def _by_metric(self, region: str, account: str) -> dict[tuple[str, str], list[Item]]:
        place = (region, account)
        if place not in self._alarms:
            index: dict[tuple[str, str], list[Item]] = {}
            for item in self._region(region, account).rooms.get("metric_alarms", ()):
                key = (str(item.get("Namespace", "")), str(item.get("MetricName", "")))
                index.setdefault(key, []).append(item)
            self._alarms[place] = index
        return self._alarms[place]

    def all_alarms(self, region: str, account: str = "") -> tuple[Items, Items] | Judgement:
        """All metric alarms and all composite alarms of the region."""
        need = self._need(Kind.ALL_ALARMS, region, (), account)
        found = self._room(need, "metric_alarms", "composite_alarms")
        return found if isinstance(found, Judgement) else (found[0], found[1])

    def mute_rules(self, alarm: str, region: str, account: str = "") -> Items | Judgement:
        """The mute rules of the alarm."""
        found = self._one(
            self._need(Kind.MUTE_RULES, region, (alarm,), account), "mute_rules", "AlarmName"
        )
        if isinstance(found, Judgement):
            return found
        return () if found is None else structures(found, "Rules")

    def topic(self, arn: str, account: str = "") -> Item | Judgement | None:
        """The topic with its attributes, None if it does not exist."""
        need = self._need(Kind.TOPIC, _region_of(arn), (arn,), account)
        found = self._one(need, "topics", "TopicArn")
        if found is None or isinstance(found, Judgement):
            return found
        return found if isinstance(found.get("Attributes"), Mapping) else self._missing(need)

    def subscriptions(self, topic: Item, account: str = "") -> Items | Judgement:
        """The subscriptions of a topic; each may lack its Attributes."""
        arn = str(topic["TopicArn"])
        if isinstance(topic.get("Subscriptions"), list | tuple):
            return structures(topic, "Subscriptions")
        return self._missing(self._need(Kind.SUBSCRIPTIONS, _region_of(arn), (arn,), account))

    def subscription(self, item: Item, account: str = "") -> Item | Judgement:
        """The subscription with its attributes."""
        if isinstance(item.get("Attributes"), Mapping):
            return item
        arn = str(item.get("SubscriptionArn", ""))
        return self._missing(self._need(Kind.SUBSCRIPTION, _region_of(arn), (arn,), account))

    def keys(self, reference: str, region: str, account: str = "") -> Items | Judgement:
        """The KMS keys read, with that of `reference` among them if it exists."""
        found = self._room(self._need(Kind.KEY, region, (reference,), account), "keys")
        return found if isinstance(found, Judgement) else found[0]

    def key_policy(
        self, key: Mapping[str, Any], region: str, account: str = ""
    ) -> Item | Judgement:
        """The key with its policy in it."""
        if "Policy" in key:
            return key
        return self._missing(self._need(Kind.KEY_POLICY, region, (str(key["KeyId"]),), account))


def _region_of(arn: str) -> str:
    parsed = Arn.parse(arn)
    return parsed.region if parsed else ""


def _concerns(denied: Denied, need: Need) -> bool:
    if denied.action != need.kind.value or denied.region not in ("", need.region):
        return False
    return denied.resource in ("", "*") or any(
        name == denied.resource or name in denied.resource for name in need.what
    )
