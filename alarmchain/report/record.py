"""A record as JSON, with the deciding fields marked."""

import json
from collections.abc import Iterator, Sequence

from alarmchain.filter_pattern.ast import Exists, JsonPattern, Wildcard
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.records.record_fields import ABSENT, FieldPath, Json, value_at

_LONGEST = 60


def described(name: str, record: Json) -> str:
    """Return the value of a deciding field (or term) in the record, such as `$.a is absent`."""
    path = path_of(name)
    if path is None:
        excluded = name.startswith("-")
        return f"the text {'holds' if excluded else 'does not hold'} {name.lstrip('?-')}"
    value = value_at(record, path)
    if value is ABSENT:
        return f"{name} is absent"
    shown = json.dumps(value)
    return f"{name} is {shown if len(shown) <= _LONGEST else shown[: _LONGEST - 3] + '...'}"


def path_of(name: str) -> FieldPath | None:
    """Return the path of a field from its selector, up to a wildcard; None for a term."""
    try:
        pattern = parse(f"{{{name}=*}}")
    except PatternSyntaxError:
        return None
    if not isinstance(pattern, JsonPattern) or not isinstance(pattern.condition, Exists):
        return None
    path: list[str | int] = []
    for step in pattern.condition.selector.steps:
        if isinstance(step, Wildcard):
            break
        path.append(step)
    return tuple(path)


def lines(record: Json, deciding: Sequence[str]) -> Iterator[tuple[bool, str]]:
    """Yield the record's JSON line by line, each with whether it shows a deciding field."""
    marked = {path for name in deciding if (path := path_of(name))}
    return _lines(record, (), "", "", marked)


def _lines(
    value: Json, path: FieldPath, before: str, after: str, marked: set[FieldPath]
) -> Iterator[tuple[bool, str]]:
    indent = "  " * len(path)
    mark = path in marked
    if not isinstance(value, dict | list) or not value:
        yield mark, f"{indent}{before}{json.dumps(value)}{after}"
        return
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    yield mark, f"{indent}{before}{opening}"
    below = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    for number, (key, item) in enumerate(below, 1):
        name = f"{json.dumps(key)}: " if isinstance(key, str) else ""
        yield from _lines(item, (*path, key), name, "," * (number < len(below)), marked)
    yield mark, f"{indent}{closing}{after}"
