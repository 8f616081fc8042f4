"""An account as it was at one moment, as frozen data.

Items have the shapes of AWS's APIs; times are epoch seconds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from alarmchain.chain.topic.iam_wildcard import matches
from alarmchain.snapshot.reads import Read

Item = Mapping[str, Any]

KEYS: Mapping[str, tuple[str, ...]] = {
    "trails": ("TrailARN",),
    "listed_trails": ("TrailARN",),
    "log_groups": ("logGroupName",),
    "metric_filters": ("logGroupName", "filterName"),
    "metric_alarms": ("AlarmName",),
    "composite_alarms": ("AlarmName",),
    "log_alarms": ("AlarmName",),
    "mute_rules": ("AlarmName",),
    "oam_links": ("Arn",),
    "topics": ("TopicArn",),
    "keys": ("KeyId",),
    "organization": ("MasterAccountId",),
}
"""The collections of a region, each with the members that identify an item.

`trails` are in their home region; `listed_trails` are the ARNs of all trails that DescribeTrails
lists in the region: the trails that record it. Older snapshot files lack it.
`organization` is in the leader region alone: the organization of the account, no item if there is
none.
"""

ADDED: Mapping[str, frozenset[str]] = {
    "trails": frozenset({"Status", "EventSelectors", "AdvancedEventSelectors"}),
    "topics": frozenset({"Attributes", "Subscriptions"}),
    "keys": frozenset({"Metadata", "Policy"}),
}
"""The collections whose items several reads fill, each with the members that these reads add."""

ABSENT_MEANS_NONE = ("mute_rules", "log_alarms", "oam_links")
"""Collections that older snapshot files lack: a file without them has none of their items."""

TIMES = frozenset(
    {
        "LatestCloudWatchLogsDeliveryTime",
        "StateTransitionedTimestamp",
        "StateUpdatedTimestamp",
    }
)
"""Members of items that hold times."""


@dataclass(frozen=True, slots=True)
class Region:
    """What was read in one region.

    A collection in `partial` may lack items. One that is not in `collections` was not read.
    """

    collections: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)
    partial: frozenset[str] = frozenset()

    def complete(self, collection: str) -> bool:
        """Return whether the collection holds all items that there are."""
        return collection in self.collections and collection not in self.partial


UNSUPPORTED = frozenset(
    {
        "InvalidAction",
        "UnknownOperation",
        "UnknownOperationException",
        "UnsupportedOperation",
        "UnsupportedOperationException",
    }
)
"""Error codes of an operation that the region's API does not have ("Common errors" in each API's
reference). Newer operations come to AWS's partitions at different times."""


@dataclass(frozen=True, slots=True)
class Denied:
    """A read that AWS refused: IAM action, resource ("*" for all), region ("" for all), error code.

    `action`: as in an IAM policy, where case does not matter and `*` stands for any text.
    `account`: where the read was tried, "" for the audited account.
    """

    action: str
    resource: str
    region: str
    code: str = ""
    account: str = ""

    def affects(self, read: Read) -> bool:
        """Return whether this denial withholds the answer of the read, or a part of it."""
        if not matches(self.action.lower(), read.kind.value.lower()):
            return False
        if self.region not in ("", read.region):
            return False
        if self.account not in ("", read.account):
            return False
        if len(read.what) != 1 or self.resource in ("", "*"):
            return True
        return read.what[0] in self.resource or matches(self.resource, read.what[0])


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One account at `collected_at` (epoch seconds).

    `linked`: by account id, what was read in the account that owns an organization trail. `reads`:
    the reads that were answered, each with its denial if it was refused. `sdk_gaps`: the members
    and operations of the APIs that the reader's boto3 does not know, each with boto3's version.
    """

    account: str
    collected_at: float
    regions: Mapping[str, Region] = field(default_factory=dict)
    denied: tuple[Denied, ...] = ()
    linked: Mapping[str, "Snapshot"] = field(default_factory=dict)
    reads: Mapping[Read, Denied | None] = field(default_factory=dict)
    sdk_gaps: Mapping[str, str] = field(default_factory=dict)

    def part(self, account: str) -> "Snapshot":
        """Return what was read in the account; "" and the own id are the audited account."""
        if account in ("", self.account):
            return self
        return self.linked.get(account, Snapshot(account, self.collected_at))

    def with_part(self, part: "Snapshot") -> "Snapshot":
        """Return the snapshot with another part for the part's account."""
        if part.account == self.account:
            return part
        return replace(self, linked={**self.linked, part.account: part})

    def region(self, name: str, account: str = "") -> Region:
        """Return what was read in a region of the account, an empty Region if nothing was."""
        return self.part(account).regions.get(name, Region())

    def collection(self, name: str, region: str, account: str = "") -> tuple[Item, ...]:
        """Return the items of a collection that were read so far."""
        return self.region(region, account).collections.get(name, ())

    def answered(self, read: Read) -> bool:
        """Return whether the read was made and not refused."""
        return read in self.reads and self.reads[read] is None

    def denial(self, read: Read) -> Denied | None:
        """Return the denial that withholds the answer of the read, None if there is none.

        A read that was made has its own entry. For another read a denial of the snapshot file
        decides; a denial of a read that was made withholds nothing else.
        """
        if read in self.reads:
            return self.reads[read]
        made = self.reads.values()
        affecting = (denied for denied in self.denied if denied.affects(read))
        return next((denied for denied in affecting if denied not in made), None)

    def with_items(self, region: str, collection: str, items: Iterable[Item]) -> "Snapshot":
        """Return the snapshot with these items in the collection.

        A new item replaces the old one, except for the members that separate reads add. A
        collection that was not read is partial.
        """
        added = ADDED.get(collection, frozenset())
        before = self.region(region)
        merged = {
            identity(collection, item): item for item in before.collections.get(collection, ())
        }
        for item in items:
            key = identity(collection, item)
            old = merged.get(key, {})
            if added.isdisjoint(item):
                old = {name: old[name] for name in old if name in added}
            merged[key] = {**old, **item}
        after = Region(
            {**before.collections, collection: tuple(merged.values())},
            before.partial if before.complete(collection) else before.partial | {collection},
        )
        return replace(self, regions={**self.regions, region: after})

    def with_read(self, read: Read, denied: Denied | None = None) -> "Snapshot":
        """Return the snapshot with the read recorded, and its denial if it was refused."""
        if denied is not None:
            denied = replace(denied, account=read.account)
        all_denied = self.denied if denied is None else (*self.denied, denied)
        return replace(self, reads={**self.reads, read: denied}, denied=all_denied)


def identity(collection: str, item: Item) -> tuple[object, ...]:
    """Return the values by which the collection's items differ."""
    return tuple(item.get(key) for key in KEYS[collection])
