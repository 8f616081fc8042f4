"""An account as it was at one moment: `alarmchain-snapshot/1`, in and out.

The items are the APIs' own shapes; times are epoch seconds here and ISO 8601 in the file.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from reprlib import Repr
from typing import Any

from alarmchain.snapshot.reads import Read

FORMAT = "alarmchain-snapshot/1"
Item = Mapping[str, Any]

KEYS: Mapping[str, tuple[str, ...]] = {
    "trails": ("TrailARN",),
    "log_groups": ("logGroupName",),
    "metric_filters": ("logGroupName", "filterName"),
    "metric_alarms": ("AlarmName",),
    "composite_alarms": ("AlarmName",),
    "log_alarms": ("AlarmName",),
    "mute_rules": ("AlarmName",),
    "topics": ("TopicArn",),
    "keys": ("KeyId",),
}
"""The rooms of a region, each with the members by which its items are told apart."""

ABSENT_MEANS_NONE = ("mute_rules", "log_alarms")
ALARMS = ("metric_alarms", "composite_alarms", "log_alarms")
"""The rooms whose alarms share one set of names."""

TIMES = frozenset(
    {
        "LatestCloudWatchLogsDeliveryTime",
        "StateTransitionedTimestamp",
        "StateUpdatedTimestamp",
    }
)

_ACCOUNT = re.compile(r"[0-9]{12}")
REGION_NAME = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+")
"""The form of a region's name in every partition, such as us-east-1 or eusc-de-east-1. What is
neither a region nor an account may be a command: a report tells both in lines for a shell."""


class SnapshotError(ValueError):
    """A document that is no snapshot; the message names the place, the value, what is expected.

    It is one line, whatever the document holds.
    """

    def __init__(self, message: str) -> None:
        shown = "".join(char if char.isprintable() else "?" for char in message)
        super().__init__(shown if len(shown) <= 300 else f"{shown[:180]}...{shown[-117:]}")


@dataclass(frozen=True, slots=True)
class Region:
    """What was read in one region. A room in `partial` may lack items; one not in `collections` was
    not read at all."""

    collections: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)
    partial: frozenset[str] = frozenset()

    def complete(self, collection: str) -> bool:
        """Whether the room holds all there is."""
        return collection in self.collections and collection not in self.partial


@dataclass(frozen=True, slots=True)
class Denied:
    """A read that was refused: the IAM action, the resource ("*" for all), region, error code.

    `account` is where it was to be read, "" for the audited account.
    """

    action: str
    resource: str
    region: str
    code: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One account at `collected_at` (epoch seconds).

    `linked`: by account id, what was read in an organization trail's owner account. `reads`: the
    reads that were answered, each with its refusal if it was refused.
    `sdk_gaps`: by name, members of the APIs' answers that the reader's boto3 cannot see, with that
    boto3's version.
    """

    account: str
    collected_at: float
    regions: Mapping[str, Region] = field(default_factory=dict)
    denied: tuple[Denied, ...] = ()
    linked: Mapping[str, "Snapshot"] = field(default_factory=dict)
    reads: Mapping[Read, Denied | None] = field(default_factory=dict)
    sdk_gaps: Mapping[str, str] = field(default_factory=dict)

    def with_items(self, region: str, collection: str, items: Iterable[Item]) -> "Snapshot":
        """A snapshot in which the room, partial, also holds these items, new ones over old."""
        before = self.regions.get(region, Region())
        merged = {
            _identity(collection, item): item for item in before.collections.get(collection, ())
        }
        for item in items:
            key = _identity(collection, item)
            merged[key] = {**merged.get(key, {}), **item}
        after = Region(
            {**before.collections, collection: tuple(merged.values())},
            before.partial if before.complete(collection) else before.partial | {collection},
        )
        return replace(self, regions={**self.regions, region: after})

    def with_read(self, read: Read, denied: Denied | None = None) -> "Snapshot":
        """A snapshot in which `read` has been answered, by a refusal if `denied` is given."""
        if denied is not None:
            denied = replace(denied, account=read.account)
        refusals = self.denied if denied is None else (*self.denied, denied)
        return replace(self, reads={**self.reads, read: denied}, denied=refusals)


def _identity(collection: str, item: Item) -> tuple[object, ...]:
    return tuple(item.get(key) for key in KEYS[collection])


def from_json(document: object) -> Snapshot:
    """Reads the parsed JSON of a snapshot file. Raises SnapshotError."""
    top = _object(document, "the snapshot")
    given = top.get("Format")
    if given != FORMAT:
        raise SnapshotError(f"Format is {_glimpse(given)}; expected '{FORMAT}'")
    account = _account(_string(top, "Account", ""), "Account")
    collected_at = _time(_string(top, "CollectedAt", ""), "CollectedAt")
    linked = _object(top.get("Linked", {}), "Linked")
    return Snapshot(
        account=account,
        collected_at=collected_at,
        regions=_regions(top, ""),
        denied=tuple(
            _denied(item, f"Denied[{place}]")
            for place, item in enumerate(_array(top.get("Denied", []), "Denied"))
        ),
        linked={
            _account(owner, "Linked"): Snapshot(
                owner, collected_at, _regions(_object(part, f"Linked.{owner}"), f"Linked.{owner}.")
            )
            for owner, part in linked.items()
        },
        sdk_gaps={
            name: str(version) for name, version in _object(top.get("Blind", {}), "Blind").items()
        },
    )


def _account(value: str, where: str) -> str:
    if not _ACCOUNT.fullmatch(value):
        raise SnapshotError(f"{where} is {_glimpse(value)}; expected 12 digits")
    return value


def _regions(holder: Item, where: str) -> dict[str, Region]:
    regions = _object(holder.get("Regions"), f"{where}Regions")
    for name in regions:
        if not REGION_NAME.fullmatch(name):
            raise SnapshotError(
                f"{where}Regions holds {_glimpse(name)}; expected a name such as us-east-1"
            )
    return {name: _region(part, f"{where}Regions.{name}") for name, part in regions.items()}


def _region(document: object, where: str) -> Region:
    part = _object(document, where)
    collections: dict[str, tuple[Item, ...]] = dict.fromkeys(ABSENT_MEANS_NONE, ())
    for collection, keys in KEYS.items():
        if collection in part:
            items = _array(part[collection], f"{where}.{collection}")
            collections[collection] = tuple(
                _item(item, keys, f"{where}.{collection}[{place}]")
                for place, item in enumerate(items)
            )
            _each_once(
                [_identity(collection, item) for item in collections[collection]],
                f"{where}.{collection}",
            )
    _each_once(
        [(a["AlarmName"],) for collection in ALARMS for a in collections.get(collection, ())], where
    )
    partial = _array(part.get("Partial", []), f"{where}.Partial")
    return Region(collections, frozenset(str(collection) for collection in partial))


def _each_once(identities: Iterable[tuple[object, ...]], where: str) -> None:
    """One thing told twice, perhaps in two ways, would count twice: that is no account."""
    seen: set[tuple[object, ...]] = set()
    for identity in identities:
        if identity in seen:
            name = _glimpse(" of ".join(str(part) for part in reversed(identity)))
            raise SnapshotError(f"{where} holds {name} twice; expected each once")
        seen.add(identity)


def _item(document: object, keys: tuple[str, ...], where: str) -> Item:
    item = _object(document, where)
    for key in keys:
        _string(item, key, f"{where}.")
    timed = _timed(item, where)
    status = item.get("Status")
    if isinstance(status, dict):  # a trail's
        timed["Status"] = _timed(status, f"{where}.Status")
    return timed


def _timed(item: Item, where: str) -> dict[str, Any]:
    """The item with its times as epoch seconds."""
    return {
        key: _time(value, f"{where}.{key}") if key in TIMES and value is not None else value
        for key, value in item.items()
    }


def _denied(document: object, where: str) -> Denied:
    item = _object(document, where)
    return Denied(
        _string(item, "Action", f"{where}."),
        str(item.get("Resource", "*")),
        str(item.get("Region", "")),
        str(item.get("Code", "")),
        str(item.get("Account", "")),
    )


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise SnapshotError(f"{where} is {_glimpse(value)}; expected an object")
    return value


def _array(value: object, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise SnapshotError(f"{where} is {_glimpse(value)}; expected an array")
    return value


def _string(holder: Item, key: str, where: str) -> str:
    value = holder.get(key)
    if not isinstance(value, str) or not value:
        raise SnapshotError(f"{where}{key} is {_glimpse(value)}; expected a string")
    return value


def _time(value: object, where: str) -> float:
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            moment = float(value)
        else:
            read = datetime.fromisoformat(str(value))
            moment = (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
        iso(moment)
    except (ValueError, OverflowError, OSError):
        raise SnapshotError(f"{where} is {_glimpse(value)}; expected an ISO 8601 time") from None
    return moment


def _glimpse(value: object) -> str:
    if value is None:
        return "missing"
    return Repr(maxlevel=3, maxstring=60, maxother=60, maxlong=60).repr(value)


def to_json(snapshot: Snapshot) -> dict[str, Any]:
    """The document of a snapshot file; `from_json` reads it back."""
    document: dict[str, Any] = {
        "Format": FORMAT,
        "Account": snapshot.account,
        "CollectedAt": iso(snapshot.collected_at),
        "Regions": _regions_out(snapshot),
        "Denied": [_denied_out(denied) for denied in snapshot.denied],
    }
    if snapshot.linked:
        document["Linked"] = {
            owner: {"Regions": _regions_out(part)} for owner, part in snapshot.linked.items()
        }
    if snapshot.sdk_gaps:
        document["Blind"] = dict(snapshot.sdk_gaps)
    return document


def _denied_out(denied: Denied) -> dict[str, str]:
    told = {
        "Action": denied.action,
        "Resource": denied.resource,
        "Region": denied.region,
        "Code": denied.code,
    }
    return told | ({"Account": denied.account} if denied.account else {})


def _regions_out(snapshot: Snapshot) -> dict[str, Any]:
    regions: dict[str, Any] = {}
    for name, region in snapshot.regions.items():
        regions[name] = {
            collection: [_untimed(item) for item in items]
            for collection, items in region.collections.items()
        }
        if region.partial:
            regions[name]["Partial"] = sorted(region.partial)
    return regions


def _untimed(item: Item) -> dict[str, Any]:
    return {
        key: iso(value)
        if key in TIMES and isinstance(value, int | float)
        else _untimed(value)
        if key == "Status" and isinstance(value, Mapping)
        else value
        for key, value in item.items()
    }


def iso(moment: float) -> str:
    """An epoch time in seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
