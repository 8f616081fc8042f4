"""Read and replace the fields of a record by their paths."""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

Json = Any
"""A JSON value as Python's `json` reads it."""


class Marker(Enum):
    """What stands for a field that is not there."""

    ABSENT = "absent"


ABSENT = Marker.ABSENT

FieldPath = tuple[str | int, ...]
"""The path to a field from the record's root: names of objects' members and indices of arrays."""


def value_at(record: Json, path: FieldPath) -> Json:
    """Return the value at the path, or ABSENT."""
    value = record
    for step in path:
        if isinstance(step, str):
            if not isinstance(value, Mapping) or step not in value:
                return ABSENT
        elif not isinstance(value, list) or step >= len(value):
            return ABSENT
        value = value[step]
    return value


def with_value(record: Mapping[str, Json], path: FieldPath, value: Json) -> dict[str, Json]:
    """Return a copy of the record with `value` at `path`, or without that field (ABSENT).

    Missing objects and arrays on the path are created; other values on the path are replaced.
    """
    changed: dict[str, Json] = _with_value(record, path, value)
    return changed


def _with_value(parent: Json, path: FieldPath, value: Json) -> Json:
    step, rest = path[0], path[1:]
    if value is ABSENT and value_at(parent, path) is ABSENT:
        return parent
    copy: Json
    if isinstance(step, str):
        copy = dict(parent) if isinstance(parent, Mapping) else {}
        child = copy.get(step)
    else:
        elements = list(parent) if isinstance(parent, list) else []
        copy = elements + [None] * (step + 1 - len(elements))
        child = copy[step]
    if rest:
        copy[step] = _with_value(child, rest, value)
    elif value is not ABSENT:
        copy[step] = value
    elif isinstance(step, str):
        del copy[step]
    else:
        del copy[step:]
    return copy


def leaves(value: Json) -> Iterator[tuple[FieldPath, Json]]:
    """Yield the path and value of every scalar in `value`, in document order.

    It does not recurse, so deeply nested values are allowed.
    """
    stack: list[tuple[FieldPath, Json]] = [((), value)]
    while stack:
        path, item = stack.pop()
        if isinstance(item, dict):
            stack.extend(((*path, key), member) for key, member in reversed(item.items()))
        elif isinstance(item, list):
            stack.extend(((*path, index), item[index]) for index in reversed(range(len(item))))
        else:
            yield path, item
