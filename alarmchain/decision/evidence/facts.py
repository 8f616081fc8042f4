"""Write members of AWS's items as evidence, such as `IsLogging true`; nothing is shortened."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from alarmchain.json_document import iso
from alarmchain.snapshot.snapshot import TIMES, Item

_PLAIN = re.compile(r'[^\s;,"]+')
"""Text that cannot be taken for several facts."""


def facts(item: Item, members: Iterable[str]) -> list[str]:
    """Return the members that the item has, each with its value."""
    return [
        f"{member} {written(_time(member, item[member]))}"
        for member in members
        if _has(item, member)
    ]


def facts_or_none(item: Item, members: Iterable[str]) -> list[str]:
    """Return the members with their values; `no MEMBER` for one that the item does not have."""
    return [part for each in members for part in facts(item, (each,)) or [f"no {each}"]]


def joined(parts: Iterable[str]) -> str:
    """Return the facts as one text."""
    return "; ".join(parts)


def named(names: Iterable[str]) -> str:
    """Return the names of resources as a list."""
    return ", ".join(written(name) for name in names)


def written(value: object) -> str:
    """Return the value as AWS's command line writes it: JSON, but plain text without quotes."""
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except RecursionError:
        return "nested too deeply to be shown"


def chosen(item: Mapping[str, Any], members: Iterable[str]) -> dict[str, Any]:
    """Return those of the members that the item has."""
    return {member: item[member] for member in members if _has(item, member)}


def _has(item: Mapping[str, Any], member: str) -> bool:
    return item.get(member) is not None


def _time(member: str, value: object) -> object:
    """Return a time in ISO 8601; what is not a time, as it is."""
    if member not in TIMES or isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        return iso(value)
    except (OverflowError, OSError, ValueError):
        return value
