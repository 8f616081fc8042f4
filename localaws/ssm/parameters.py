"""The parameters of an execution: typed values from the API's lists of text. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

MOST_CHARACTERS = 512
"""The longest value that StartAutomationExecution accepts (SSM API, AutomationParameterValue). A
default may be longer."""


class ParameterError(ValueError):
    """The document does not have the parameter, or does not accept its value."""


def bind(
    declared: Mapping[str, Mapping[str, Any]], supplied: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Return the values of all declared parameters. Raises ParameterError with name and value."""
    unknown = sorted(set(supplied) - set(declared))
    if unknown:
        raise ParameterError(f"Parameter {unknown[0]} is not defined in the document")
    for name, values in supplied.items():
        longest = max(map(len, values), default=0)
        if longest > MOST_CHARACTERS:
            raise ParameterError(
                f"Parameter {name} has {longest} characters; expected at most {MOST_CHARACTERS}"
            )
    bound = {}
    for name, slot in declared.items():
        if name in supplied:
            bound[name] = _typed(name, slot["type"], supplied[name])
        elif "default" in slot:
            bound[name] = slot["default"]
        else:
            raise ParameterError(f"Parameter {name} is required and has no value")
        _check(name, slot, bound[name])
    return bound


def _typed(name: str, kind: str, values: Sequence[str]) -> Any:
    if kind == "StringList" or kind.startswith("List<"):
        return list(values)
    if kind == "MapList":
        return [_json(name, value) for value in values]
    if len(values) != 1:
        raise ParameterError(f"Parameter {name} has {len(values)} values; expected one")
    text = values[0]
    if kind == "Boolean":
        if text.lower() not in ("true", "false"):
            raise ParameterError(f"Parameter {name} is {text!r}; expected true or false")
        return text.lower() == "true"
    if kind == "Integer":
        if not re.fullmatch(r"-?\d+", text):
            raise ParameterError(f"Parameter {name} is {text!r}; expected a whole number")
        return int(text)
    return _json(name, text) if kind == "StringMap" else text


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise ParameterError(f"Parameter {name} is {text!r}; expected JSON") from None


def _check(name: str, slot: Mapping[str, Any], value: Any) -> None:
    items = value if isinstance(value, list) else [value]
    for item in items:
        _check_item(name, slot, item)
    if isinstance(value, list):
        least, most = int(slot.get("minItems", 0)), int(slot.get("maxItems", len(value)))
        if not least <= len(value) <= most:
            raise ParameterError(
                f"Parameter {name} has {len(value)} items; expected {least} to {most}"
            )


def _check_item(name: str, slot: Mapping[str, Any], item: Any) -> None:
    allowed = slot.get("allowedValues")
    if allowed and item not in allowed:
        raise ParameterError(
            f"Parameter {name} is {item!r}; expected one of {', '.join(map(str, allowed))}"
        )
    if not isinstance(item, str):
        return
    pattern = slot.get("allowedPattern")
    if pattern and not re.fullmatch(pattern, item):
        raise ParameterError(f"Parameter {name} is {item!r}; expected a match of {pattern}")
    least, most = int(slot.get("minChars", 0)), int(slot.get("maxChars", len(item)))
    if not least <= len(item) <= most:
        raise ParameterError(
            f"Parameter {name} has {len(item)} characters; expected {least} to {most}"
        )
