"""Read members of an API item without trust: a value of another type than documented is absent."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

_LONGEST_NAME = 40


def text(item: Mapping[str, Any], member: str) -> str:
    """Return the string, "" if there is none."""
    value = item.get(member)
    return value if isinstance(value, str) else ""


def number(item: Mapping[str, Any], member: str) -> float | None:
    """Return the finite number, None if there is none."""
    value = item.get(member)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if isfinite(value) else None
    except OverflowError:
        return None


def integer(item: Mapping[str, Any], member: str) -> int | None:
    """Return the whole number, None if there is none."""
    value = number(item, member)
    return int(value) if value is not None and value.is_integer() else None


def mapping(item: Mapping[str, Any], member: str) -> Mapping[str, Any]:
    """Return the structure, an empty one if there is none."""
    value = item.get(member)
    return value if isinstance(value, Mapping) else {}


def structures(item: Mapping[str, Any], member: str) -> tuple[Mapping[str, Any], ...]:
    """Return the structures of a list, () if there is no list."""
    value = item.get(member)
    if not isinstance(value, list | tuple):
        return ()
    return tuple(element for element in value if isinstance(element, Mapping))


def strings(item: Mapping[str, Any], member: str) -> tuple[str, ...]:
    """Return the strings of a list, () if there is no list."""
    value = item.get(member)
    if not isinstance(value, list | tuple):
        return ()
    return tuple(element for element in value if isinstance(element, str))


def quote(name: str) -> str:
    """Return the name in quotation marks for a message, shortened to 40 characters."""
    short = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 3]}..."
    return f"'{short}'"


def clip(words: str, limit: int = 60) -> str:
    """Return the words for a message, shortened to `limit` characters."""
    return words if len(words) <= limit else words[: limit - 3] + "..."


def figure(value: float) -> str:
    """Return the number without needless zeros."""
    return f"{value:.10g}"
