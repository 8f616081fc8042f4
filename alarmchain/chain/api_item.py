"""Members of an API item, read without trust: what has not the documented type counts as absent."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

_SHOWN = 40


def text(item: Mapping[str, Any], member: str) -> str:
    """The string, "" where there is none."""
    value = item.get(member)
    return value if isinstance(value, str) else ""


def number(item: Mapping[str, Any], member: str) -> float | None:
    """The finite number, None where there is none."""
    value = item.get(member)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if isfinite(value) else None
    except OverflowError:
        return None


def integer(item: Mapping[str, Any], member: str) -> int | None:
    """The whole number, None where there is none."""
    value = number(item, member)
    return int(value) if value is not None and value.is_integer() else None


def mapping(item: Mapping[str, Any], member: str) -> Mapping[str, Any]:
    """The structure, empty where there is none."""
    value = item.get(member)
    return value if isinstance(value, Mapping) else {}


def structures(item: Mapping[str, Any], member: str) -> tuple[Mapping[str, Any], ...]:
    """The structures of a list, empty where there is none."""
    value = item.get(member)
    if not isinstance(value, list | tuple):
        return ()
    return tuple(one for one in value if isinstance(one, Mapping))


def strings(item: Mapping[str, Any], member: str) -> tuple[str, ...]:
    """The strings of a list, empty where there is none."""
    value = item.get(member)
    if not isinstance(value, list | tuple):
        return ()
    return tuple(one for one in value if isinstance(one, str))


def quote(name: str) -> str:
    """A name as it stands in a sentence, cut where it is long: an annotation has 256 characters."""
    return f"'{name}'" if len(name) <= _SHOWN else f"'{name[: _SHOWN - 3]}...'"


def clip(words: str, limit: int = 60) -> str:
    """Words as they stand in a sentence, cut where they are long."""
    return words if len(words) <= limit else words[: limit - 3] + "..."


def figure(value: float) -> str:
    """A number without needless zeros."""
    return f"{value:.10g}"
