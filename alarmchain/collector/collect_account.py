"""A whole account, for an audit elsewhere or later: every room complete, where it may be read."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from alarmchain.arn import Arn
from alarmchain.chain.alarm.alarm_actions import is_topic
from alarmchain.chain.api_item import mapping, strings, structures, text
from alarmchain.chain.trail.trail import Trail
from alarmchain.collector.clients import Clients
from alarmchain.collector.collect import collect
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import ABSENT_MEANS_NONE, Item, Region, Snapshot

_WHOLE = {
    ReadKind.TRAILS: ("trails",),
    ReadKind.LOG_GROUP: ("log_groups",),
    ReadKind.METRIC_FILTERS: ("metric_filters",),
    ReadKind.ALL_ALARMS: ("metric_alarms", "composite_alarms", "log_alarms"),
    ReadKind.MUTE_RULES: ("mute_rules",),
}
"""The reads that cover a region, in this order, and the rooms that each fills."""


def collect_account(
    clients: Clients, account: str, regions: Iterable[str], collected_at: float
) -> Snapshot:
    """What an audit of the regions can need, `collected_at` (epoch seconds).

    Beside the regions named these are the home regions of the trails that record them: there are
    the log groups and alarms. Where `clients` has a role into another account, that account's
    part goes into `linked`. Topics are those that an alarm names, keys those that a topic names;
    one that is not there is missing from a room that is complete, one that may not be read is
    among the denied. Raises CollectError.
    """
    snapshot = _whole(Snapshot(account, collected_at), regions, clients)
    owner = Arn.parse(clients.role)
    if owner is None:
        return snapshot
    homes = {
        trail.home_region
        for trail in _trails(snapshot, "")
        if trail.owner == owner.account and trail.organization
    }
    return _whole(snapshot, homes, clients, owner.account)


def _whole(
    snapshot: Snapshot, regions: Iterable[str], clients: Clients, account: str = ""
) -> Snapshot:
    """All of the regions and, in the account itself, of where their trails are at home."""
    done: set[str] = set()
    while left := set(regions) - done:
        for region in sorted(left):
            asked = [Read(kind, region, (), account) for kind in _WHOLE]
            snapshot = collect(snapshot, asked, clients)
        done |= left
        if not account:
            own = (one for one in _trails(snapshot, "") if one.owner == snapshot.account)
            regions = {one.home_region for one in own}
    for region in sorted(done):
        snapshot = _complete(snapshot, region, account)
        for reads in (_of_trails, _of_alarms, _of_topics, _of_subscriptions, _of_keys):
            snapshot = collect(snapshot, reads(snapshot, region, account), clients)
    return snapshot


def _complete(snapshot: Snapshot, region: str, account: str) -> Snapshot:
    """The rooms that were read whole are complete; of topics and keys nothing is known to lack.

    A room that was refused stays unread, and one whose absence would mean "none" is marked.
    """
    part = _part(snapshot, account)
    before = part.regions.get(region, Region())
    collections = {**before.collections}
    partial = set(before.partial)
    for kind, names in _WHOLE.items():
        denied = snapshot.reads[Read(kind, region, (), account)] is not None
        sdk_gaps = kind.value.partition(":")[2] in snapshot.sdk_gaps
        for name in names:
            if not denied and not sdk_gaps:
                collections.setdefault(name, ())
                partial.discard(name)
            elif name in ABSENT_MEANS_NONE:
                collections.setdefault(name, ())
                partial.add(name)
    collections |= {name: collections.get(name, ()) for name in ("topics", "keys")}
    after = Region(collections, frozenset(partial - {"topics", "keys"}))
    return _with_part(snapshot, account, region, after)


def _of_trails(snapshot: Snapshot, region: str, account: str) -> Iterator[Read]:
    """Only of the account's own: what an organization trail's owner has is not told to members."""
    for item in _room(snapshot, region, account, "trails"):
        trail = Trail.read(item)
        if trail.owner == (account or snapshot.account):
            for kind in (ReadKind.TRAIL_STATUS, ReadKind.TRAIL_SELECTORS):
                yield Read(kind, region, (trail.arn,), account)


def _of_alarms(snapshot: Snapshot, region: str, account: str) -> Iterator[Read]:
    alarms = [
        alarm
        for collection in _WHOLE[ReadKind.ALL_ALARMS]
        for alarm in _room(snapshot, region, account, collection)
    ]
    topics = {arn for alarm in alarms for arn in strings(alarm, "AlarmActions") if is_topic(arn)}
    for arn in sorted(topics):
        if arn.split(":")[3] == region:
            yield Read(ReadKind.TOPIC, region, (arn,), account)


def _of_topics(snapshot: Snapshot, region: str, account: str) -> Iterator[Read]:
    for topic in _room(snapshot, region, account, "topics"):
        if "Attributes" in topic:
            yield Read(ReadKind.SUBSCRIPTIONS, region, (topic["TopicArn"],), account)
            reference = text(mapping(topic, "Attributes"), "KmsMasterKeyId")
            if reference:
                yield Read(ReadKind.KEY, region, (reference,), account)


def _of_subscriptions(snapshot: Snapshot, region: str, account: str) -> Iterator[Read]:
    for topic in _room(snapshot, region, account, "topics"):
        for one in structures(topic, "Subscriptions"):
            arn = text(one, "SubscriptionArn")
            if arn.startswith("arn:"):
                yield Read(ReadKind.SUBSCRIPTION, region, (arn,), account)


def _of_keys(snapshot: Snapshot, region: str, account: str) -> Iterator[Read]:
    """AWS's own keys are told by their KeyManager; their policy is nothing one could change."""
    for key in _room(snapshot, region, account, "keys"):
        if text(mapping(key, "Metadata"), "KeyManager") == "CUSTOMER":
            yield Read(ReadKind.KEY_POLICY, region, (key["KeyId"],), account)


def _part(snapshot: Snapshot, account: str) -> Snapshot:
    if not account:
        return snapshot
    return snapshot.linked.get(account, Snapshot(account, snapshot.collected_at))


def _with_part(snapshot: Snapshot, account: str, name: str, region: Region) -> Snapshot:
    part = _part(snapshot, account)
    part = replace(part, regions={**part.regions, name: region})
    return replace(snapshot, linked={**snapshot.linked, account: part}) if account else part


def _room(snapshot: Snapshot, region: str, account: str, collection: str) -> tuple[Item, ...]:
    return _part(snapshot, account).regions.get(region, Region()).collections.get(collection, ())


def _trails(snapshot: Snapshot, account: str) -> Iterator[Trail]:
    for region in _part(snapshot, account).regions.values():
        for item in region.collections.get("trails", ()):
            yield Trail.read(item)
