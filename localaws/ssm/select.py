"""Outputs of a step: the values at their JSONPaths, with their types checked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext.parser import parse

from localaws.ssm.document import Output

_CHECKS: dict[str, Any] = {
    "String": lambda value: isinstance(value, str),
    "StringList": lambda value: (
        isinstance(value, list) and all(isinstance(item, str) for item in value)
    ),
    "Boolean": lambda value: isinstance(value, bool),
    "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "StringMap": lambda value: isinstance(value, dict),
    "MapList": lambda value: (
        isinstance(value, list) and all(isinstance(item, dict) for item in value)
    ),
}


def select(answer: Any, path: str) -> list[Any]:
    """Return the value at a JSONPath as a list of one item, or an empty list if there is none.

    A path that can match several values (``*``, ``..``, filters) returns the list of them as its
    one item. Raises ValueError for an invalid path.
    """
    try:
        matches = [match.value for match in parse(path).find(answer)]
    except JSONPathError as error:
        raise ValueError(f"selector {path!r} is not a JSONPath: {error}") from None
    if any(sign in path for sign in ("*", "..", "?", ":")):
        return [matches]
    return matches[:1]


def outputs(step: str, declared: tuple[Output, ...], answer: Any) -> Mapping[str, Any]:
    """Return the declared outputs that the answer has.

    Raises ValueError for an output whose value does not have its type.
    """
    values = {}
    for output in declared:
        for value in select(answer, output.selector):
            if not _CHECKS[output.type](value):
                kind = type(value).__name__
                raise ValueError(f"output {step}.{output.name} is a {kind}; expected {output.type}")
            values[output.name] = value
    return values
