"""Snapshots as files, `alarmchain-snapshot/1`: times are ISO 8601 strings there."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from reprlib import Repr
from typing import Any

from alarmchain.place import ACCOUNT_ID, REGION_NAME
from alarmchain.printable import printable
from alarmchain.snapshot.snapshot import (
    ABSENT_MEANS_NONE,
    KEYS,
    TIMES,
    Denied,
    Item,
    Region,
    Snapshot,
    identity,
)

FORMAT = "alarmchain-snapshot/1"
_ALARM_COLLECTIONS = ("metric_alarms", "composite_alarms", "log_alarms")
"""The collections whose alarms share one set of names."""


class SnapshotError(ValueError):
    """A document that is not a snapshot.

    The message is one line that names the place, the value and what is expected.
    """

    def __init__(self, message: str) -> None:
        line = printable(message)
        super().__init__(line if len(line) <= 300 else f"{line[:180]}...{line[-117:]}")


def from_json(document: object) -> Snapshot:
    """Return the snapshot of a parsed snapshot file. Raises SnapshotError."""
    top = _object(document, "the snapshot")
    file_format = top.get("Format")
    if file_format != FORMAT:
        raise SnapshotError(f"Format is {_show(file_format)}; expected '{FORMAT}'")
    account = _account(_string(top, "Account", ""), "Account")
    collected_at = _time(_string(top, "CollectedAt", ""), "CollectedAt")
    linked = _object(top.get("Linked", {}), "Linked")
    return Snapshot(
        account=account,
        collected_at=collected_at,
        regions=_regions(top, ""),
        denied=tuple(
            _denied(item, f"Denied[{index}]", account)
            for index, item in enumerate(_array(top.get("Denied", []), "Denied"))
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
    if not ACCOUNT_ID.fullmatch(value):
        raise SnapshotError(f"{where} is {_show(value)}; expected 12 digits")
    return value


def _regions(holder: Item, where: str) -> dict[str, Region]:
    regions = _object(holder.get("Regions"), f"{where}Regions")
    for name in regions:
        _region_name(name, f"{where}Regions holds")
    return {name: _region(part, f"{where}Regions.{name}") for name, part in regions.items()}


def _region(document: object, where: str) -> Region:
    part = _object(document, where)
    collections: dict[str, tuple[Item, ...]] = dict.fromkeys(ABSENT_MEANS_NONE, ())
    for collection, keys in KEYS.items():
        if collection in part:
            items = _array(part[collection], f"{where}.{collection}")
            collections[collection] = tuple(
                _item(item, keys, f"{where}.{collection}[{index}]")
                for index, item in enumerate(items)
            )
            _refuse_duplicates(
                [identity(collection, item) for item in collections[collection]],
                f"{where}.{collection}",
            )
    alarms = [alarm for name in _ALARM_COLLECTIONS for alarm in collections.get(name, ())]
    _refuse_duplicates([(alarm["AlarmName"],) for alarm in alarms], where)
    partial = _array(part.get("Partial", []), f"{where}.Partial")
    for index, name in enumerate(partial):
        if not isinstance(name, str):
            raise SnapshotError(f"{where}.Partial[{index}] is {_show(name)}; expected a string")
    return Region(collections, frozenset(partial))


def _refuse_duplicates(identities: Iterable[tuple[object, ...]], where: str) -> None:
    """Raise SnapshotError for an item that occurs twice, because it would count twice."""
    seen: set[tuple[object, ...]] = set()
    for values in identities:
        if values in seen:
            name = _show(" of ".join(str(value) for value in reversed(values)))
            raise SnapshotError(f"{where} holds {name} twice; expected each once")
        seen.add(values)


def _item(document: object, keys: tuple[str, ...], where: str) -> Item:
    item = _object(document, where)
    for key in keys:
        _string(item, key, f"{where}.")
    item_with_times = _with_epoch_times(item, where)
    status = item.get("Status")
    if isinstance(status, dict):  # the Status of a trail
        item_with_times["Status"] = _with_epoch_times(status, f"{where}.Status")
    return item_with_times


def _with_epoch_times(item: Item, where: str) -> dict[str, Any]:
    """Return the item with its times as epoch seconds."""
    return {
        key: _time(value, f"{where}.{key}") if key in TIMES and value is not None else value
        for key, value in item.items()
    }


def _denied(document: object, where: str, own: str) -> Denied:
    """Return the denial; `own`: the audited account, which a denial need not name."""
    item = _object(document, where)
    texts = {"Resource": "*", "Region": "", "Code": "", "Account": "", **item}
    for name in ("Resource", "Region", "Code", "Account"):
        if not isinstance(texts[name], str):
            raise SnapshotError(f"{where}.{name} is {_show(texts[name])}; expected a string")
    if texts["Region"]:
        _region_name(texts["Region"], f"{where}.Region is")
    if texts["Account"]:
        _account(texts["Account"], f"{where}.Account")
    return Denied(
        _string(item, "Action", f"{where}."),
        texts["Resource"],
        texts["Region"],
        texts["Code"],
        "" if texts["Account"] == own else texts["Account"],
    )


def _region_name(name: str, where: str) -> None:
    if not REGION_NAME.fullmatch(name):
        raise SnapshotError(f"{where} {_show(name)}; expected a name such as us-east-1")


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise SnapshotError(f"{where} is {_show(value)}; expected an object")
    return value


def _array(value: object, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise SnapshotError(f"{where} is {_show(value)}; expected an array")
    return value


def _string(holder: Item, key: str, where: str) -> str:
    value = holder.get(key)
    if not isinstance(value, str) or not value:
        raise SnapshotError(f"{where}{key} is {_show(value)}; expected a string")
    return value


def _time(value: object, where: str) -> float:
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            moment = float(value)
        else:
            date = datetime.fromisoformat(str(value))
            moment = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
        iso(moment)
    except (ValueError, OverflowError, OSError):
        raise SnapshotError(f"{where} is {_show(value)}; expected an ISO 8601 time") from None
    return moment


def _show(value: object) -> str:
    if value is None:
        return "missing"
    return Repr(maxlevel=3, maxstring=60, maxother=60, maxlong=60).repr(value)


def to_json(snapshot: Snapshot) -> dict[str, Any]:
    """Return the document of a snapshot file; `from_json` reads it back."""
    document: dict[str, Any] = {
        "Format": FORMAT,
        "Account": snapshot.account,
        "CollectedAt": iso(snapshot.collected_at),
        "Regions": _regions_document(snapshot),
        "Denied": [_denied_document(denied) for denied in snapshot.denied],
    }
    if snapshot.linked:
        document["Linked"] = {
            owner: {"Regions": _regions_document(part)} for owner, part in snapshot.linked.items()
        }
    if snapshot.sdk_gaps:
        document["Blind"] = dict(snapshot.sdk_gaps)
    return document


def _denied_document(denied: Denied) -> dict[str, str]:
    document = {
        "Action": denied.action,
        "Resource": denied.resource,
        "Region": denied.region,
        "Code": denied.code,
    }
    return document | ({"Account": denied.account} if denied.account else {})


def _regions_document(snapshot: Snapshot) -> dict[str, Any]:
    regions: dict[str, Any] = {}
    for name, region in snapshot.regions.items():
        regions[name] = {
            collection: [_with_iso_times(item) for item in items]
            for collection, items in region.collections.items()
        }
        if region.partial:
            regions[name]["Partial"] = sorted(region.partial)
    return regions


def _with_iso_times(item: Item) -> dict[str, Any]:
    return {
        key: iso(value)
        if key in TIMES and isinstance(value, int | float)
        else _with_iso_times(value)
        if key == "Status" and isinstance(value, Mapping)
        else value
        for key, value in item.items()
    }


def iso(moment: float) -> str:
    """Return an epoch time in seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
