"""Outputs of a step: a JSONPath into the action's answer, and the type that is promised. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext.parser import parse

from localaws.ssm.document import Output

_CHECKS: dict[str, Any] = {
    "String": lambda value: isinstance(value, str),
    "StringList": lambda value: (
        isinstance(value, list) and all(isinstance(each, str) for each in value)
    ),
    "Boolean": lambda value: isinstance(value, bool),
    "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "StringMap": lambda value: isinstance(value, dict),
    "MapList": lambda value: (
        isinstance(value, list) and all(isinstance(each, dict) for each in value)
    ),
}


def select(answer: Any, path: str) -> list[Any]:
    """The value at a JSONPath in a list of one, or an empty list where there is none.

    A path that can match several places (``*``, ``..``, filters) gives the list of them as its
    one value. Raises ValueError for a path that is none.
    """
    try:
        matches = [match.value for match in parse(path).find(answer)]
    except JSONPathError as error:
        raise ValueError(f"selector {path!r} is not a JSONPath: {error}") from None
    if any(sign in path for sign in ("*", "..", "?", ":")):
        return [matches]
    return matches[:1]


def outputs(step: str, declared: tuple[Output, ...], answer: Any) -> Mapping[str, Any]:
    """The declared outputs that the answer has.

    Raises ValueError for one whose value is not of its type.
    """
    found = {}
    for output in declared:
        for value in select(answer, output.selector):
            if not _CHECKS[output.type](value):
                kind = type(value).__name__
                raise ValueError(f"output {step}.{output.name} is a {kind}; expected {output.type}")
            found[output.name] = value
    return found
