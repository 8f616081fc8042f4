"""The choices of an ``aws:branch`` step. Pure."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "StringEquals": operator.eq,
    "EqualsIgnoreCase": lambda value, expected: str(value).lower() == str(expected).lower(),
    "StartsWith": lambda value, expected: str(value).startswith(expected),
    "EndsWith": lambda value, expected: str(value).endswith(expected),
    "Contains": lambda value, expected: expected in value,
    "NumericEquals": lambda value, expected: float(value) == float(expected),
    "NumericGreater": lambda value, expected: float(value) > float(expected),
    "NumericLesser": lambda value, expected: float(value) < float(expected),
    "NumericGreaterOrEquals": lambda value, expected: float(value) >= float(expected),
    "NumericLesserOrEquals": lambda value, expected: float(value) <= float(expected),
    "BooleanEquals": lambda value, expected: _truth(value) == _truth(expected),
}


def _truth(value: Any) -> bool:
    return value if isinstance(value, bool) else str(value).lower() == "true"


def holds(choice: Mapping[str, Any]) -> bool:
    """Return whether a choice, whose references are resolved, is met.

    Raises ValueError for an operator that Automation does not have.
    """
    if "And" in choice:
        return all(holds(each) for each in choice["And"])
    if "Or" in choice:
        return any(holds(each) for each in choice["Or"])
    if "Not" in choice:
        inner = choice["Not"]
        return not all(holds(each) for each in (inner if isinstance(inner, list) else [inner]))
    operators = [name for name in choice if name not in ("NextStep", "Variable")]
    if len(operators) != 1 or operators[0] not in OPERATORS:
        raise ValueError(
            f"choice has the operators {operators}; expected one of {sorted(OPERATORS)}"
        )
    return OPERATORS[operators[0]](choice["Variable"], choice[operators[0]])


def chosen(inputs: Mapping[str, Any]) -> str | None:
    """Return the name of the next step; None if no choice is met and there is no Default."""
    for choice in inputs.get("Choices", []):
        if holds(choice):
            return str(choice["NextStep"])
    default = inputs.get("Default")
    return None if default is None else str(default)
