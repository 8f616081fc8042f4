"""The choices of an ``aws:branch`` step. Pure."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "StringEquals": operator.eq,
    "EqualsIgnoreCase": lambda value, wanted: str(value).lower() == str(wanted).lower(),
    "StartsWith": lambda value, wanted: str(value).startswith(wanted),
    "EndsWith": lambda value, wanted: str(value).endswith(wanted),
    "Contains": lambda value, wanted: wanted in value,
    "NumericEquals": lambda value, wanted: float(value) == float(wanted),
    "NumericGreater": lambda value, wanted: float(value) > float(wanted),
    "NumericLesser": lambda value, wanted: float(value) < float(wanted),
    "NumericGreaterOrEquals": lambda value, wanted: float(value) >= float(wanted),
    "NumericLesserOrEquals": lambda value, wanted: float(value) <= float(wanted),
    "BooleanEquals": lambda value, wanted: _truth(value) == _truth(wanted),
}


def _truth(value: Any) -> bool:
    return value if isinstance(value, bool) else str(value).lower() == "true"


def holds(choice: Mapping[str, Any]) -> bool:
    """Whether a choice, its references filled in, is met.

    Raises ValueError for an operator that Automation does not have.
    """
    if "And" in choice:
        return all(holds(each) for each in choice["And"])
    if "Or" in choice:
        return any(holds(each) for each in choice["Or"])
    if "Not" in choice:
        inner = choice["Not"]
        return not all(holds(each) for each in (inner if isinstance(inner, list) else [inner]))
    named = [name for name in choice if name not in ("NextStep", "Variable")]
    if len(named) != 1 or named[0] not in OPERATORS:
        raise ValueError(f"choice has the operators {named}; expected one of {sorted(OPERATORS)}")
    return OPERATORS[named[0]](choice["Variable"], choice[named[0]])


def chosen(inputs: Mapping[str, Any]) -> str | None:
    """The name of the step to go to; None where no choice is met and there is no Default."""
    for choice in inputs.get("Choices", []):
        if holds(choice):
            return str(choice["NextStep"])
    default = inputs.get("Default")
    return None if default is None else str(default)
