"""Queries on a snapshot: each answer holds what is known, and says what is missing and why."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import cast

from alarmchain.arn import Arn
from alarmchain.chain.api_item import clip, mapping, quote, strings, structures, text
from alarmchain.chain.judgement import OK, Judgement, unknown
from alarmchain.chain.metric.metric_signal import Metric
from alarmchain.chain.metric_filter.metric_filter import MetricFilter
from alarmchain.place import ACCOUNT_ID, Place
from alarmchain.snapshot.alarm_index import AlarmIndex
from alarmchain.snapshot.filter_index import FilterIndex
from alarmchain.snapshot.missing_answer import missing_answer
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.sdk_gaps import NEWER_MEMBERS
from alarmchain.snapshot.snapshot import Item, Snapshot

_SHARED_METRICS = "AWS::CloudWatch::Metric"


@dataclass(frozen=True, slots=True)
class Answer[T]:
    """The answer to a query: the value as far as it is known.

    `missing`: why the value may be incomplete, as an unknown judgement; None if it is complete.
    """

    value: T
    missing: Judgement | None = None

    def judge(self, judge: Callable[[T], Judgement]) -> Judgement:
        """Return what `judge` says of the value if it is complete, else why it is not."""
        return judge(self.value) if self.missing is None else self.missing


class SnapshotQuery:
    """Queries on the accounts of a snapshot.

    `missing_reads`: the reads whose answers were asked for and are not in the snapshot, in the
    order of asking. A refused read is not among them: another try would be refused too.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.missing_reads: dict[Read, None] = {}
        self._snapshot = snapshot
        self._alarms: dict[Place, AlarmIndex] = {}
        self._filters: dict[Place, FilterIndex] = {}
        self._cache: dict[Hashable, tuple[object, tuple[Read, ...]]] = {}

    def cached[T](self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return what `compute` returns, computed once for a key.

        The reads that were missing for it are added to `missing_reads` each time.
        """
        if key not in self._cache:
            before, self.missing_reads = self.missing_reads, {}
            try:
                self._cache[key] = (compute(), tuple(self.missing_reads))
            finally:
                self.missing_reads = {**before, **self.missing_reads}
        value, reads = self._cache[key]
        self.missing_reads.update(dict.fromkeys(reads))
        return cast(T, value)

    @property
    def account(self) -> str:
        """The audited account's id."""
        return self._snapshot.account

    @property
    def now(self) -> float:
        """When the account was read, in epoch seconds."""
        return self._snapshot.collected_at

    def judge_sdk(self, *kinds: ReadKind) -> Judgement:
        """Return OK if the reader's boto3 knew all that these reads return, else unknown."""
        versions = self._snapshot.sdk_gaps
        if not versions:
            return OK
        names = dict.fromkeys(name for kind in kinds for name in NEWER_MEMBERS[kind].names)
        gaps = [name for name in names if name in versions]
        if not gaps:
            return OK
        return unknown(
            f"the runtime's boto3 {clip(versions[gaps[0]], 20)} does not return {gaps[0]}",
            observed=", ".join(gaps),
            wanted="a boto3 that returns it",
            remedy="build the rule again and deploy it",
        )

    def has_linked(self, account: str) -> bool:
        """Return whether anything was read in that other account."""
        return account in self._snapshot.linked

    def trails(self, place: Place) -> Answer[tuple[Item, ...]]:
        """Return every trail that may record the region, as its home region describes it.

        A multi-region trail of another region counts only if this region lists it: CloudTrail makes
        an organization trail in a region of a member account only if the management account has
        enabled the region too, and any trail in a new region only after some time. A snapshot file
        without `listed_trails` lists all.
        """
        read = self._read(ReadKind.TRAILS, place)
        regions = self._snapshot.part(place.account).regions
        missing = self._gap(read, "trails")
        if missing is not None:
            regions = {name: regions[name] for name in regions if name == place.region}
            own = place.account == self.account
            if own and not regions and self._snapshot.denial(read) is None:
                missing = replace(
                    missing,
                    reason=f"{place.region} is not in this snapshot",
                    wanted=f"a snapshot with {place.region}",
                    remedy=f"collect it: alarmchain collect --region {place.region}",
                )
        listed = self._snapshot.region(place.region, place.account).collections.get("listed_trails")
        here = None if listed is None else {item["TrailARN"] for item in listed}
        trails: dict[str, Item] = {}
        for name, region in regions.items():
            for item in region.collections.get("trails", ()):
                arn = str(item["TrailARN"])
                if here is not None and arn not in here and item.get("IsMultiRegionTrail") is True:
                    continue
                if arn not in trails or item.get("HomeRegion") == name:
                    trails[arn] = item
        return Answer(tuple(trails.values()), missing)

    def trail_status(self, trail: Item, place: Place) -> Answer[Item]:
        """Return GetTrailStatus of the trail; `place` is its home."""
        if isinstance(trail.get("Status"), Mapping):
            return Answer(mapping(trail, "Status"))
        read = self._read(ReadKind.TRAIL_STATUS, place, str(trail["TrailARN"]))
        return Answer({}, self._missing(read))

    def trail_selectors(self, trail: Item, place: Place) -> Answer[Item]:
        """Return the trail with its event selectors; `place` is its home."""
        if "EventSelectors" in trail or "AdvancedEventSelectors" in trail:
            return Answer(trail)
        read = self._read(ReadKind.TRAIL_SELECTORS, place, str(trail["TrailARN"]))
        return Answer(trail, self._missing(read))

    def log_group(self, name: str, place: Place) -> Answer[Item | None]:
        """Return the log group, None if it does not exist."""
        return self._item(self._read(ReadKind.LOG_GROUP, place, name), "log_groups", "logGroupName")

    def metric_filters(self, group: str, place: Place) -> Answer[tuple[MetricFilter, ...]]:
        """Return the metric filters of the log group."""
        read = self._read(ReadKind.METRIC_FILTERS, place, group)
        filters = self._filter_index(place).by_log_group.get(group, ())
        return Answer(tuple(filters), self._gap(read, "metric_filters"))

    def writers(self, metric: Metric, place: Place) -> Answer[tuple[MetricFilter, ...]]:
        """Return the metric filters that write to metrics of that namespace and name."""
        read = self._read(ReadKind.METRIC_FILTERS, place, metric.namespace, metric.name)
        return Answer(self.known_writers(metric, place), self._gap(read, "metric_filters"))

    def known_writers(self, metric: Metric, place: Place) -> tuple[MetricFilter, ...]:
        """Return those of `writers` that were read so far."""
        by_metric = self._filter_index(place).by_metric
        return tuple(by_metric.get((metric.namespace, metric.name), ()))

    def alarms(self, place: Place) -> AlarmIndex:
        """Return the alarms of the region that were read so far."""
        if place not in self._alarms:
            collections = self._snapshot.region(place.region, place.account).collections
            self._alarms[place] = AlarmIndex(
                collections.get("metric_alarms", ()),
                collections.get("composite_alarms", ()),
                collections.get("log_alarms", ()),
            )
        return self._alarms[place]

    def missing_metric_alarms(self, metric: Metric, place: Place) -> Judgement | None:
        """Return why some alarms on the metric itself may be unread, None if all were read."""
        all_alarms = self._read(ReadKind.ALL_ALARMS, place)
        if all_alarms not in self._snapshot.reads and self._snapshot.denial(all_alarms):
            return self._missing(all_alarms)
        dimensions = (part for pair in metric.dimensions for part in pair)
        what = (metric.namespace, metric.name, *dimensions)
        return self._gap(self._read(ReadKind.METRIC_ALARMS, place, *what), "metric_alarms")

    def missing_alarms(self, place: Place) -> Judgement | None:
        """Return why some alarms of the region may be unread, None if all were read."""
        read = self._read(ReadKind.ALL_ALARMS, place)
        return self._gap(read, "metric_alarms", "composite_alarms")

    def missing_log_alarms(self, place: Place) -> Judgement | None:
        """Return why some alarms that query logs may be unread, None if all were read."""
        return self._gap(self._read(ReadKind.ALL_ALARMS, place), "log_alarms")

    def mute_rules(self, alarm: str, place: Place) -> Answer[tuple[Item, ...]]:
        """Return the mute rules of the alarm."""
        answer = self._item(
            self._read(ReadKind.MUTE_RULES, place, alarm), "mute_rules", "AlarmName"
        )
        if answer.value is None:
            return Answer((), answer.missing)
        rules = structures(answer.value, "Rules")
        listed = answer.value.get("Rules")
        if not isinstance(listed, list | tuple) or len(rules) != len(listed):
            return Answer(rules, unknown(f"the mute rules of alarm {quote(alarm)} cannot be read"))
        return Answer(rules)

    def monitoring_accounts(self, place: Place) -> Answer[tuple[str, ...]]:
        """Return the accounts with which the region shares its metrics, each once.

        Source: "CloudWatch cross-account observability"; ListLinks returns ResourceTypes.
        """
        read = self._read(ReadKind.OAM_LINKS, place)
        accounts = (
            sink.account if (sink := Arn.parse(text(link, "SinkArn"))) else "?"
            for link in self._snapshot.collection("oam_links", place.region, place.account)
            if _SHARED_METRICS in strings(link, "ResourceTypes")
        )
        return Answer(tuple(dict.fromkeys(accounts)), self._gap(read, "oam_links"))

    def management_account(self, region: str) -> Answer[str]:
        """Return the account that manages the organization, "" if the account is in none.

        `region`: the leader region of AWS Organizations.
        """
        read = self._read(ReadKind.ORGANIZATION, Place(self.account, region))
        items = self._snapshot.collection("organization", region)
        if not items:
            return Answer("", self._gap(read, "organization"))
        account = text(items[0], "MasterAccountId")
        if len(items) > 1 or not ACCOUNT_ID.fullmatch(account):
            return Answer("", unknown("the organization's management account cannot be read"))
        return Answer(account)

    def topic(self, arn: str, account: str) -> Answer[Item | None]:
        """Return the topic with its attributes, None if it does not exist.

        Only a read of the topic itself shows that another account's topic does not exist.
        """
        read = self._read(ReadKind.TOPIC, Place(account, _region(arn)), arn)
        answer = self._item(read, "topics", "TopicArn")
        if answer.missing is not None:
            return answer
        if answer.value is None:
            parsed = Arn.parse(arn)
            own = parsed is not None and parsed.account == account
            gone = own or self._snapshot.answered(read)
            return Answer(None, None if gone else self._missing(read))
        if isinstance(answer.value.get("Attributes"), Mapping):
            return answer
        return Answer(None, self._missing(read))

    def subscriptions(self, topic: Item, account: str) -> Answer[tuple[Item, ...]]:
        """Return the subscriptions of the topic; each may lack its Attributes."""
        arn = str(topic["TopicArn"])
        if isinstance(topic.get("Subscriptions"), list | tuple):
            return Answer(structures(topic, "Subscriptions"))
        read = self._read(ReadKind.SUBSCRIPTIONS, Place(account, _region(arn)), arn)
        return Answer((), self._missing(read))

    def subscription(self, item: Item, account: str) -> Answer[Item]:
        """Return the subscription with its attributes."""
        if isinstance(item.get("Attributes"), Mapping):
            return Answer(item)
        arn = text(item, "SubscriptionArn")
        read = self._read(ReadKind.SUBSCRIPTION, Place(account, _region(arn)), arn)
        return Answer(item, self._missing(read))

    def keys(self, reference: str, place: Place) -> Answer[tuple[Item, ...]]:
        """Return the KMS keys that were read, with that of `reference` if it exists.

        Only a read of the key itself shows that another account's key does not exist, or that an
        alias does not exist if other keys were read by their ids.
        """
        keys = self._snapshot.collection("keys", place.region, place.account)
        read = self._read(ReadKind.KEY, place, reference)
        missing = self._gap(read, "keys")
        if missing is None and not self._snapshot.answered(read):
            arn = Arn.parse(reference)
            foreign = arn is not None and arn.account != place.account
            by_id = "alias/" in reference and any("alias/" not in text(k, "KeyId") for k in keys)
            missing = self._missing(read) if foreign or by_id else None
        return Answer(keys, missing)

    def key_policy(self, key: Item, place: Place) -> Answer[Item]:
        """Return the key with its policy."""
        if "Policy" in key:
            return Answer(key)
        read = self._read(ReadKind.KEY_POLICY, place, str(key["KeyId"]))
        return Answer(key, self._missing(read))

    def _read(self, kind: ReadKind, place: Place, *what: str) -> Read:
        """Return the read, in which the audited account is ""."""
        account = "" if place.account == self._snapshot.account else place.account
        return Read(kind, place.region, what, account)

    def _item(self, read: Read, collection: str, key: str) -> Answer[Item | None]:
        """Return the item of the collection that the read names."""
        for item in self._snapshot.collection(collection, read.region, read.account):
            if item.get(key) == read.what[0]:
                return Answer(item)
        return Answer(None, self._gap(read, collection))

    def _gap(self, read: Read, *collections: str) -> Judgement | None:
        """Return why the collections may lack the answer of the read, None if they do not.

        A denial of this exact read takes precedence over a collection that is marked complete.
        """
        whole = read.of_region
        if self._snapshot.answered(read) or (whole and self._snapshot.answered(whole)):
            return None
        region = self._snapshot.region(read.region, read.account)
        denial = self._snapshot.denial(read)
        denied_here = denial is not None and denial.account == read.account
        if all(region.complete(collection) for collection in collections) and not denied_here:
            return None
        return self._missing(read)

    def _missing(self, read: Read) -> Judgement:
        """Return UNKNOWN for a missing answer, and add the read to `missing_reads` if it was not
        refused."""
        if self._snapshot.denial(read) is None and read not in self._snapshot.reads:
            self.missing_reads[read] = None
        return missing_answer(self._snapshot, read)

    def _filter_index(self, place: Place) -> FilterIndex:
        if place not in self._filters:
            items = self._snapshot.collection("metric_filters", place.region, place.account)
            self._filters[place] = FilterIndex(items)
        return self._filters[place]


def _region(arn: str) -> str:
    parsed = Arn.parse(arn)
    return parsed.region if parsed else ""
