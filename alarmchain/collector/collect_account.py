"""Read a whole account, for an audit elsewhere or later."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from alarmchain.arn import Arn
from alarmchain.chain.alarm.alarm_actions import is_topic
from alarmchain.chain.api_item import mapping, strings, structures, text
from alarmchain.chain.trail.trail import Trail
from alarmchain.collector.clients import Clients
from alarmchain.collector.collect import collect
from alarmchain.place import ORGANIZATIONS, leader_region
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import ABSENT_MEANS_NONE, Region, Snapshot

_WHOLE_COLLECTIONS = {
    ReadKind.TRAILS: ("trails", "listed_trails"),
    ReadKind.LOG_GROUP: ("log_groups",),
    ReadKind.METRIC_FILTERS: ("metric_filters",),
    ReadKind.ALL_ALARMS: ("metric_alarms", "composite_alarms", "log_alarms"),
    ReadKind.MUTE_RULES: ("mute_rules",),
    ReadKind.OAM_LINKS: ("oam_links",),
    ReadKind.ORGANIZATION: ("organization",),
}
"""The reads that cover a whole region, in this order, and the collections that each fills."""


def collect_account(
    clients: Clients, account: str, regions: Iterable[str], collected_at: float
) -> Snapshot:
    """Return what an audit of the regions can need, read at `collected_at` (epoch seconds).

    The home regions of the trails that record these regions are read too: they hold the log groups
    and alarms. If `clients` has a role into another account, that account's part is in `linked`.
    Topics are those that an alarm names, keys those that a topic names. A collection that was read
    is complete; a refused read is among the denied. Raises CollectError.
    """
    snapshot = _collect_regions(Snapshot(account, collected_at), regions, clients)
    role = Arn.parse(clients.role)
    if role is None:
        return snapshot
    homes = {
        trail.home_region
        for trail in _trails(snapshot)
        if trail.chain_account == role.account and trail.organization and trail.home_region
    }
    return _collect_regions(snapshot, homes, clients, role.account)


def _collect_regions(
    snapshot: Snapshot, regions: Iterable[str], clients: Clients, account: str = ""
) -> Snapshot:
    """Return the snapshot with the regions and, for the audited account, its trails' homes."""
    done: set[str] = set()
    while left := set(regions) - done:
        for region in sorted(left):
            reads = [Read(kind, region, (), account) for kind in _kinds(region, account)]
            snapshot = collect(snapshot, reads, clients)
        done |= left
        if not account:
            own = snapshot.account
            own_trails = (
                trail for trail in _trails(snapshot) if own in (trail.owner, trail.chain_account)
            )
            regions = {trail.home_region for trail in own_trails if trail.home_region}
    for region in sorted(done):
        snapshot = _mark_complete(snapshot, region, account)
        for reads_of in (
            _reads_of_trails,
            _reads_of_alarms,
            _reads_of_topics,
            _reads_of_subscriptions,
            _reads_of_keys,
        ):
            snapshot = collect(snapshot, reads_of(snapshot, region, account), clients)
    return snapshot


def _kinds(region: str, account: str) -> list[ReadKind]:
    """Return the reads of a region; the organization belongs to its service's leader region."""
    has_organization = region == leader_region(region, ORGANIZATIONS) and not account
    return [
        kind for kind in _WHOLE_COLLECTIONS if has_organization or kind is not ReadKind.ORGANIZATION
    ]


def _mark_complete(snapshot: Snapshot, region: str, account: str) -> Snapshot:
    """Return the snapshot in which the collections that were read as a whole are complete.

    A refused collection stays unread; if its absence would mean "none", it is marked as partial.
    """
    part = snapshot.part(account)
    before = part.region(region)
    collections = {**before.collections}
    partial = set(before.partial)
    for kind in _kinds(region, account):
        names = _WHOLE_COLLECTIONS[kind]
        denied = snapshot.reads[Read(kind, region, (), account)] is not None
        unknown_to_sdk = kind.value.partition(":")[2] in snapshot.sdk_gaps
        for name in names:
            dropped = name == "log_alarms" and "LogAlarms" in snapshot.sdk_gaps
            if not denied and not unknown_to_sdk and not dropped:
                collections.setdefault(name, ())
                partial.discard(name)
            elif name in ABSENT_MEANS_NONE:
                collections.setdefault(name, ())
                partial.add(name)
    collections |= {name: collections.get(name, ()) for name in ("topics", "keys")}
    after = Region(collections, frozenset(partial - {"topics", "keys"}))
    return snapshot.with_part(replace(part, regions={**part.regions, region: after}))


def _reads_of_trails(snapshot: Snapshot, region: str, account: str) -> Iterator[Read]:
    """Yield reads of the trails. Of an organization trail, members can read only the status."""
    own = account or snapshot.account
    for item in snapshot.collection("trails", region, account):
        trail = Trail.read(item)
        yield Read(ReadKind.TRAIL_STATUS, region, (trail.arn,), account)
        if own in (trail.owner, trail.chain_account):
            yield Read(ReadKind.TRAIL_SELECTORS, region, (trail.arn,), account)


def _reads_of_alarms(snapshot: Snapshot, region: str, account: str) -> Iterator[Read]:
    topics = {
        arn
        for name in _WHOLE_COLLECTIONS[ReadKind.ALL_ALARMS]
        for alarm in snapshot.collection(name, region, account)
        for arn in strings(alarm, "AlarmActions")
        if is_topic(arn)
    }
    for arn in sorted(topics):
        if arn.split(":")[3] == region:
            yield Read(ReadKind.TOPIC, region, (arn,), account)


def _reads_of_topics(snapshot: Snapshot, region: str, account: str) -> Iterator[Read]:
    for topic in snapshot.collection("topics", region, account):
        if "Attributes" in topic:
            yield Read(ReadKind.SUBSCRIPTIONS, region, (topic["TopicArn"],), account)
            key = text(mapping(topic, "Attributes"), "KmsMasterKeyId")
            if key:
                yield Read(ReadKind.KEY, region, (key,), account)


def _reads_of_subscriptions(snapshot: Snapshot, region: str, account: str) -> Iterator[Read]:
    for topic in snapshot.collection("topics", region, account):
        for subscription in structures(topic, "Subscriptions"):
            arn = text(subscription, "SubscriptionArn")
            if arn.startswith("arn:"):
                yield Read(ReadKind.SUBSCRIPTION, region, (arn,), account)


def _reads_of_keys(snapshot: Snapshot, region: str, account: str) -> Iterator[Read]:
    """Yield reads of the policies of customer keys; nobody can change those of AWS's keys."""
    for key in snapshot.collection("keys", region, account):
        if text(mapping(key, "Metadata"), "KeyManager") == "CUSTOMER":
            yield Read(ReadKind.KEY_POLICY, region, (key["KeyId"],), account)


def _trails(snapshot: Snapshot) -> Iterator[Trail]:
    for region in snapshot.regions.values():
        for item in region.collections.get("trails", ()):
            yield Trail.read(item)
