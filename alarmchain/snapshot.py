"""An account as it was at one moment: `alarmchain-snapshot/1`, in and out.

The items are the APIs' own shapes; times are epoch seconds here and ISO 8601 in the file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from alarmchain.needs import Need

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
TIMES = frozenset(
    {
        "LatestCloudWatchLogsDeliveryTime",
        "StateTransitionedTimestamp",
        "StateUpdatedTimestamp",
    }
)


class SnapshotError(ValueError):
    """A document that is no snapshot; the message names the place, the value, what is expected."""


@dataclass(frozen=True, slots=True)
class Region:
    """What was read in one region. A room in `partial` may lack items; one not in `rooms` was
    not read at all."""

    rooms: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)
    partial: frozenset[str] = frozenset()

    def complete(self, room: str) -> bool:
        """Whether the room holds all there is."""
        return room in self.rooms and room not in self.partial


@dataclass(frozen=True, slots=True)
class Denied:
    """A read that was refused: the IAM action, the resource ("*" for all), region, error code."""

    action: str
    resource: str
    region: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One account at `collected_at` (epoch seconds).

    `linked`: by account id, what was read in an organization trail's owner account. `reads`: the
    needs that were answered, and so need no asking again. `blind`: by name, members of the APIs'
    answers that the reader's boto3 cannot see, with that boto3's version.
    """

    account: str
    collected_at: float
    regions: Mapping[str, Region] = field(default_factory=dict)
    denied: tuple[Denied, ...] = ()
    linked: Mapping[str, "Snapshot"] = field(default_factory=dict)
    reads: frozenset[Need] = frozenset()
    blind: Mapping[str, str] = field(default_factory=dict)

    def with_items(self, region: str, room: str, items: Iterable[Item]) -> "Snapshot":
        """A snapshot in which the room, partial, also holds these items, new ones over old."""
        before = self.regions.get(region, Region())
        merged = {_identity(room, item): item for item in before.rooms.get(room, ())}
        for item in items:
            key = _identity(room, item)
            merged[key] = {**merged.get(key, {}), **item}
        after = Region(
            {**before.rooms, room: tuple(merged.values())},
            before.partial if before.complete(room) else before.partial | {room},
        )
        return replace(self, regions={**self.regions, region: after})

    def with_read(self, need: Need, denied: Denied | None = None) -> "Snapshot":
        """A snapshot in which `need` has been answered, by a refusal if `denied` is given."""
        refusals = self.denied if denied is None else (*self.denied, denied)
        return replace(self, reads=self.reads | {need}, denied=refusals)


def _identity(room: str, item: Item) -> tuple[object, ...]:
    return tuple(item.get(key) for key in KEYS[room])


def from_json(document: object) -> Snapshot:
    """Reads the parsed JSON of a snapshot file. Raises SnapshotError."""
    top = _object(document, "the snapshot")
    given = top.get("Format")
    if given != FORMAT:
        raise SnapshotError(f"Format is {given!r}; expected '{FORMAT}'")
    account = _string(top, "Account", "")
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
            owner: Snapshot(
                owner, collected_at, _regions(_object(part, f"Linked.{owner}"), f"Linked.{owner}.")
            )
            for owner, part in linked.items()
        },
        blind={
            name: str(version) for name, version in _object(top.get("Blind", {}), "Blind").items()
        },
    )


def _regions(holder: Item, where: str) -> dict[str, Region]:
    regions = _object(holder.get("Regions"), f"{where}Regions")
    return {name: _region(part, f"{where}Regions.{name}") for name, part in regions.items()}


def _region(document: object, where: str) -> Region:
    part = _object(document, where)
    rooms: dict[str, tuple[Item, ...]] = dict.fromkeys(ABSENT_MEANS_NONE, ())
    for room, keys in KEYS.items():
        if room in part:
            items = _array(part[room], f"{where}.{room}")
            rooms[room] = tuple(
                _item(item, keys, f"{where}.{room}[{place}]") for place, item in enumerate(items)
            )
    partial = _array(part.get("Partial", []), f"{where}.Partial")
    return Region(rooms, frozenset(str(room) for room in partial))


def _item(document: object, keys: tuple[str, ...], where: str) -> Item:
    item = _object(document, where)
    for key in keys:
        _string(item, key, f"{where}.")
    return _timed(item, where)


def _timed(item: Item, where: str) -> Item:
    """The item with its times, also those of a trail's Status, as epoch seconds."""
    timed: dict[str, Any] = {}
    for key, value in item.items():
        if key in TIMES and value is not None:
            timed[key] = _time(value, f"{where}.{key}")
        elif key == "Status" and isinstance(value, dict):
            timed[key] = _timed(value, f"{where}.{key}")
        else:
            timed[key] = value
    return timed


def _denied(document: object, where: str) -> Denied:
    item = _object(document, where)
    return Denied(
        _string(item, "Action", f"{where}."),
        str(item.get("Resource", "*")),
        str(item.get("Region", "")),
        str(item.get("Code", "")),
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
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise SnapshotError(f"{where} is {_glimpse(value)}; expected an ISO 8601 time") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _glimpse(value: object) -> str:
    if value is None:
        return "missing"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def to_json(snapshot: Snapshot) -> dict[str, Any]:
    """The document of a snapshot file; `from_json` reads it back."""
    document: dict[str, Any] = {
        "Format": FORMAT,
        "Account": snapshot.account,
        "CollectedAt": iso(snapshot.collected_at),
        "Regions": _regions_out(snapshot),
        "Denied": [
            {
                "Action": denied.action,
                "Resource": denied.resource,
                "Region": denied.region,
                "Code": denied.code,
            }
            for denied in snapshot.denied
        ],
    }
    if snapshot.linked:
        document["Linked"] = {
            owner: {"Regions": _regions_out(part)} for owner, part in snapshot.linked.items()
        }
    if snapshot.blind:
        document["Blind"] = dict(snapshot.blind)
    return document


def _regions_out(snapshot: Snapshot) -> dict[str, Any]:
    regions: dict[str, Any] = {}
    for name, region in snapshot.regions.items():
        regions[name] = {
            room: [_untimed(item) for item in items] for room, items in region.rooms.items()
        }
        if region.partial:
            regions[name]["Partial"] = sorted(region.partial)
    return regions


def _untimed(item: Item) -> dict[str, Any]:
    return {
        key: iso(value)
        if key in TIMES and isinstance(value, int | float)
        else _untimed(value)
        if key == "Status"
        else value
        for key, value in item.items()
    }


def iso(moment: float) -> str:
    """An epoch time in seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
