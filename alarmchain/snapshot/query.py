"""A snapshot as the chain asks it: an answer is data, or a judgement that says what is missing."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from alarmchain.arn import Arn
from alarmchain.chain.api_item import mapping, quote, structures, text
from alarmchain.chain.judgement import Judgement, unknown
from alarmchain.chain.metric.metric_signal import Metric
from alarmchain.chain.metric_filter.metric_filter import MetricFilter
from alarmchain.snapshot.alarm_index import AlarmIndex
from alarmchain.snapshot.read_status import ReadStatus
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import Item, Snapshot


@dataclass(frozen=True, slots=True)
class Found[T]:
    """What is known of a number of things, and, if there may be more, why they are not known."""

    items: tuple[T, ...]
    missing: Judgement | None = None


class SnapshotQuery:
    """The accounts of a snapshot; `account` "" is the audited account itself."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._reading = ReadStatus(snapshot)
        self._alarms: dict[tuple[str, str], AlarmIndex] = {}
        self._filters: dict[tuple[str, str], _Filters] = {}
        self._memory: dict[Hashable, tuple[object, tuple[Read, ...]]] = {}

    @property
    def wanted(self) -> dict[Read, None]:
        """What was asked for, but not read yet, in the order of asking."""
        return self._reading.wanted

    def remembered[T](self, key: Hashable, ask: Callable[[], T]) -> T:
        """What `ask` returns, asked once for a key; what it wants is wanted each time."""
        if key not in self._memory:
            self._memory[key] = self._reading.noting(ask)
        found, wanted = self._memory[key]
        self.wanted.update(dict.fromkeys(wanted))
        return cast(T, found)

    @property
    def account(self) -> str:
        """The audited account's id."""
        return self._snapshot.account

    @property
    def now(self) -> float:
        """When the account was read, in epoch seconds."""
        return self._snapshot.collected_at

    @property
    def sdk_gaps(self) -> Mapping[str, str]:
        """What the reader's boto3 could not see: member or operation, and that boto3's version."""
        return self._snapshot.sdk_gaps

    def has_linked(self, account: str) -> bool:
        """Whether anything was read in that other account."""
        return account in self._snapshot.linked

    def trails(self, region: str, account: str = "") -> Found[Item]:
        """Every trail that may record the region, wherever it lives, as told at its home.

        Of a region that was not read nothing is known, not even whether there is such a region.
        """
        read = self._reading.read(ReadKind.TRAILS, region, (), account)
        regions = self._reading.part(account).regions
        if region not in regions and not self._reading.answered(read):
            return Found((), self._reading.missing(read))
        found: dict[str, Item] = {}
        for name, collections in regions.items():
            for item in collections.collections.get("trails", ()):
                arn = str(item["TrailARN"])
                if arn not in found or item.get("HomeRegion") == name:
                    found[arn] = item
        return Found(tuple(found.values()), self._reading.gap(read, "trails"))

    def trail_status(self, item: Item, region: str, account: str = "") -> Item | Judgement:
        """GetTrailStatus of the trail at home in `region`."""
        if isinstance(item.get("Status"), Mapping):
            return mapping(item, "Status")
        return self._reading.missing(
            self._reading.read(ReadKind.TRAIL_STATUS, region, (str(item["TrailARN"]),), account)
        )

    def trail_selectors(self, item: Item, region: str, account: str = "") -> Item | Judgement:
        """The trail's item with its event selectors in it."""
        if "EventSelectors" in item or "AdvancedEventSelectors" in item:
            return item
        return self._reading.missing(
            self._reading.read(ReadKind.TRAIL_SELECTORS, region, (str(item["TrailARN"]),), account)
        )

    def log_group(self, name: str, region: str, account: str = "") -> Item | Judgement | None:
        """The log group, None if there is none of that name."""
        read = self._reading.read(ReadKind.LOG_GROUP, region, (name,), account)
        return self._one(read, "log_groups", "logGroupName")

    def metric_filters(self, group: str, region: str, account: str = "") -> Found[MetricFilter]:
        """The metric filters of a log group."""
        read = self._reading.read(ReadKind.METRIC_FILTERS, region, (group,), account)
        known = self._filters_of(region, account).of_group.get(group, ())
        return Found(tuple(known), self._reading.gap(read, "metric_filters"))

    def writers(self, metric: Metric, region: str, account: str = "") -> Found[MetricFilter]:
        """The metric filters that write to metrics of that namespace and name."""
        read = self._reading.read(
            ReadKind.METRIC_FILTERS, region, (metric.namespace, metric.name), account
        )
        known = self.known_writers(metric, region, account)
        return Found(known, self._reading.gap(read, "metric_filters"))

    def known_writers(
        self, metric: Metric, region: str, account: str = ""
    ) -> tuple[MetricFilter, ...]:
        """Those of `writers` that have been read so far."""
        to_metric = self._filters_of(region, account).to_metric
        return tuple(to_metric.get((metric.namespace, metric.name), ()))

    def alarms(self, region: str, account: str = "") -> AlarmIndex:
        """The alarms of the region that have been read so far."""
        place = (region, account)
        if place not in self._alarms:
            collections = self._reading.region(region, account).collections
            self._alarms[place] = AlarmIndex(
                collections.get("metric_alarms", ()),
                collections.get("composite_alarms", ()),
                collections.get("log_alarms", ()),
            )
        return self._alarms[place]

    def metric_alarms_gap(self, metric: Metric, region: str, account: str = "") -> Judgement | None:
        """Why the alarms on the metric itself are not all known, None if they are."""
        sweep = self._reading.read(ReadKind.ALL_ALARMS, region, (), account)
        if self._reading.answered(sweep):
            return None
        if self._reading.was_refused(sweep):
            return self._reading.missing(sweep)
        dimensions = tuple(part for pair in metric.dimensions for part in pair)
        what = (metric.namespace, metric.name, *dimensions)
        return self._reading.gap(
            self._reading.read(ReadKind.METRIC_ALARMS, region, what, account), "metric_alarms"
        )

    def alarms_gap(self, region: str, account: str = "") -> Judgement | None:
        """Why the alarms of the region are not all known, None if they are."""
        read = self._reading.read(ReadKind.ALL_ALARMS, region, (), account)
        return self._reading.gap(read, "metric_alarms", "composite_alarms")

    def log_alarms_gap(self, region: str, account: str = "") -> Judgement | None:
        """Why the alarms that query logs are not all known, None if they are."""
        return self._reading.gap(
            self._reading.read(ReadKind.ALL_ALARMS, region, (), account), "log_alarms"
        )

    def mute_rules(
        self, alarm: str, region: str, account: str = ""
    ) -> tuple[Item, ...] | Judgement:
        """The mute rules of the alarm."""
        read = self._reading.read(ReadKind.MUTE_RULES, region, (alarm,), account)
        found = self._one(read, "mute_rules", "AlarmName")
        if found is None:
            return ()
        if isinstance(found, Judgement):
            return found
        rules = structures(found, "Rules")
        if not isinstance(found.get("Rules"), list | tuple) or len(rules) != len(found["Rules"]):
            return unknown(f"the mute rules of alarm {quote(alarm)} can't be read")
        return rules

    def topic(self, arn: str, account: str = "") -> Item | Judgement | None:
        """The topic with its attributes, None if it does not exist.

        Of another account's topics no room is complete: only its answer tells.
        """
        read = self._reading.read(ReadKind.TOPIC, _region_of(arn), (arn,), account)
        found = self._one(read, "topics", "TopicArn")
        if isinstance(found, Judgement):
            return found
        if found is None:
            parsed = Arn.parse(arn)
            own = parsed is not None and parsed.account == (account or self.account)
            return None if own or self._reading.answered(read) else self._reading.missing(read)
        return (
            found if isinstance(found.get("Attributes"), Mapping) else self._reading.missing(read)
        )

    def subscriptions(self, topic: Item, account: str = "") -> tuple[Item, ...] | Judgement:
        """The subscriptions of a topic; each may lack its Attributes."""
        arn = str(topic["TopicArn"])
        if isinstance(topic.get("Subscriptions"), list | tuple):
            return structures(topic, "Subscriptions")
        return self._reading.missing(
            self._reading.read(ReadKind.SUBSCRIPTIONS, _region_of(arn), (arn,), account)
        )

    def subscription(self, item: Item, account: str = "") -> Item | Judgement:
        """The subscription with its attributes."""
        if isinstance(item.get("Attributes"), Mapping):
            return item
        arn = text(item, "SubscriptionArn")
        return self._reading.missing(
            self._reading.read(ReadKind.SUBSCRIPTION, _region_of(arn), (arn,), account)
        )

    def keys(self, reference: str, region: str, account: str = "") -> Found[Item]:
        """The KMS keys read, with that of `reference` among them if it exists."""
        read = self._reading.read(ReadKind.KEY, region, (reference,), account)
        known = self._reading.region(region, account).collections.get("keys", ())
        return Found(known, self._reading.gap(read, "keys"))

    def key_policy(self, key: Item, region: str, account: str = "") -> Item | Judgement:
        """The key with its policy in it."""
        if "Policy" in key:
            return key
        return self._reading.missing(
            self._reading.read(ReadKind.KEY_POLICY, region, (str(key["KeyId"]),), account)
        )

    def _filters_of(self, region: str, account: str) -> "_Filters":
        place = (region, account)
        if place not in self._filters:
            self._filters[place] = _Filters(
                self._reading.region(region, account).collections.get("metric_filters", ())
            )
        return self._filters[place]

    def _one(self, read: Read, collection: str, key: str) -> Item | Judgement | None:
        for item in self._reading.region(read.region, read.account).collections.get(collection, ()):
            if item.get(key) == read.what[0]:
                return item
        return self._reading.gap(read, collection)


class _Filters:
    """Metric filters, by log group and by the (namespace, name) of the metrics they write to."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.of_group: dict[str, list[MetricFilter]] = {}
        self.to_metric: dict[tuple[str, str], list[MetricFilter]] = {}
        for item in items:
            metric_filter = MetricFilter.read(item)
            self.of_group.setdefault(metric_filter.log_group, []).append(metric_filter)
            metrics = (
                (text(one, "metricNamespace"), text(one, "metricName"))
                for one in metric_filter.transformations
            )
            for metric in dict.fromkeys(metrics):
                self.to_metric.setdefault(metric, []).append(metric_filter)


def _region_of(arn: str) -> str:
    parsed = Arn.parse(arn)
    return parsed.region if parsed else ""
