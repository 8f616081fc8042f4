"""Snapshots as files, `alarmchain-snapshot/1`: times are ISO 8601 strings there."""

from collections.abc import Iterable, Mapping
from typing import Any

from alarmchain.json_document import (
    DocumentError,
    iso,
    read_account,
    read_array,
    read_object,
    read_region,
    read_string,
    read_time,
    shown,
    wrong,
)
from alarmchain.place import REGION_NAME
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


def from_json(document: object) -> Snapshot:
    """Return the snapshot of a parsed snapshot file. Raises DocumentError."""
    top = read_object(document, "the snapshot")
    file_format = top.get("Format")
    if file_format != FORMAT:
        raise wrong(file_format, "Format", f"'{FORMAT}'")
    account = read_account(top.get("Account"), "Account")
    collected_at = read_time(read_string(top.get("CollectedAt"), "CollectedAt"), "CollectedAt")
    linked = read_object(top.get("Linked", {}), "Linked")
    return Snapshot(
        account=account,
        collected_at=collected_at,
        regions=_regions(top, ""),
        denied=tuple(
            _denied(item, f"Denied[{index}]", account)
            for index, item in enumerate(read_array(top.get("Denied", []), "Denied"))
        ),
        linked={
            read_account(owner, "Linked"): Snapshot(
                owner,
                collected_at,
                _regions(read_object(part, f"Linked.{owner}"), f"Linked.{owner}."),
            )
            for owner, part in linked.items()
        },
        sdk_gaps={
            name: str(version)
            for name, version in read_object(top.get("Blind", {}), "Blind").items()
        },
    )


def _regions(holder: Item, where: str) -> dict[str, Region]:
    regions = read_object(holder.get("Regions"), f"{where}Regions")
    for name in regions:
        if not REGION_NAME.fullmatch(name):
            raise DocumentError(
                f"{where}Regions holds {shown(name)}; expected a name such as us-east-1"
            )
    return {name: _region(part, f"{where}Regions.{name}") for name, part in regions.items()}


def _region(document: object, where: str) -> Region:
    part = read_object(document, where)
    collections: dict[str, tuple[Item, ...]] = dict.fromkeys(ABSENT_MEANS_NONE, ())
    for collection, keys in KEYS.items():
        if collection in part:
            items = read_array(part[collection], f"{where}.{collection}")
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
    partial = read_array(part.get("Partial", []), f"{where}.Partial")
    names = (read_string(name, f"{where}.Partial[{index}]") for index, name in enumerate(partial))
    return Region(collections, frozenset(names))


def _refuse_duplicates(identities: Iterable[tuple[object, ...]], where: str) -> None:
    """Raise DocumentError for an item that occurs twice, because it would count twice."""
    seen: set[tuple[object, ...]] = set()
    for values in identities:
        if values in seen:
            name = shown(" of ".join(str(value) for value in reversed(values)))
            raise DocumentError(f"{where} holds {name} twice; expected each once")
        seen.add(values)


def _item(document: object, keys: tuple[str, ...], where: str) -> Item:
    item = read_object(document, where)
    for key in keys:
        read_string(item.get(key), f"{where}.{key}")
    item_with_times = _with_epoch_times(item, where)
    status = item.get("Status")
    if isinstance(status, dict):  # the Status of a trail
        item_with_times["Status"] = _with_epoch_times(status, f"{where}.Status")
    return item_with_times


def _with_epoch_times(item: Item, where: str) -> dict[str, Any]:
    """Return the item with its times as epoch seconds."""
    return {
        key: read_time(value, f"{where}.{key}") if key in TIMES and value is not None else value
        for key, value in item.items()
    }


def _denied(document: object, where: str, own: str) -> Denied:
    """Return the denial; `own`: the audited account, which a denial need not name."""
    item = read_object(document, where)
    texts = {"Resource": "*", "Region": "", "Code": "", "Account": "", **item}
    for name in ("Resource", "Region", "Code", "Account"):
        if not isinstance(texts[name], str):
            raise wrong(texts[name], f"{where}.{name}", "a string")
    region, account = texts["Region"], texts["Account"]
    return Denied(
        read_string(item.get("Action"), f"{where}.Action"),
        texts["Resource"],
        region and read_region(region, f"{where}.Region"),
        texts["Code"],
        "" if account == own else account and read_account(account, f"{where}.Account"),
    )


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
