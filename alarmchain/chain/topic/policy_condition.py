"""The Condition of a policy statement, evaluated in three-valued logic.

Source: IAM user guide, "IAM JSON policy elements: Condition operators" and "Creating a condition
with multiple keys or values". A condition on a key about which nothing is known is unknown; the
doubts name it, as noun phrases.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from alarmchain.chain.api_item import clip
from alarmchain.chain.topic.iam_wildcard import matches
from alarmchain.three_valued import NO, YES, Truth, conjunction, disjunction, doubt, negation, truth

Context = Mapping[str, str | None]
"""The condition keys of a request of which the value is known, in lower case; None if the request
does not have the key."""

_SET_OPERATORS = re.compile(r"(?:ForAllValues|ForAnyValue):", re.IGNORECASE)
_OPERATOR = re.compile(
    r"(string(not)?(equals(ignorecase)?|like)|arn(not)?(equals|like)|(not)?ipaddress|bool"
    r"|binaryequals|(numeric|date)((not)?equals|(less|greater)than(equals)?))"
)
"""The operators that IAM has, in lower case, without prefix and suffix."""
_NEGATIONS = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
}


def condition_holds(condition: object, context: Context) -> Truth:
    """Return whether the request meets the Condition: all operators, all keys, one value each."""
    if condition is None:
        return YES
    if not isinstance(condition, Mapping):
        return doubt("an unreadable Condition")
    return conjunction(_operator(str(name), keys, context) for name, keys in condition.items())


def _operator(name: str, keys: object, context: Context) -> Truth:
    if not isinstance(keys, Mapping):
        return doubt(f"an unreadable condition {clip(name, 24)}")
    return conjunction(_key(name, str(key), _values(value), context) for key, value in keys.items())


def _key(name: str, key: str, values: tuple[str, ...], context: Context) -> Truth:
    """Return whether one key meets one operator.

    ForAllValues and ForAnyValue are the same for a single value, and ...IfExists changes nothing
    for a key that is present.
    """
    operator = _SET_OPERATORS.sub("", name).lower()
    is_known = key.lower() in context
    if not is_known or not values:
        return doubt(clip(key, 40))
    actual = context[key.lower()]
    if operator == "null":
        return _null(key, values, absent=actual is None)
    if actual is None:
        return _on_absent(name, key)
    operator = operator.removesuffix("ifexists")
    test = _TESTS.get(_NEGATIONS.get(operator, operator))
    if test is None:
        return doubt(f"{clip(name, 30)} {clip(key, 30)}")
    met = disjunction(_value(test, value, actual, key) for value in values)
    return negation(met) if operator in _NEGATIONS else met


def _null(key: str, values: Iterable[str], *, absent: bool) -> Truth:
    """Return the answer of Null: "true" demands an absent key, "false" a present one."""
    answers = {"true": truth(absent), "false": truth(not absent)}
    return disjunction(answers.get(value.lower(), doubt(clip(key, 40))) for value in values)


def _on_absent(name: str, key: str) -> Truth:
    """Return whether a request without the key meets the operator.

    It meets ...IfExists, ForAllValues and what is negated, and no other operator.
    """
    operator = name.lower()
    if operator.startswith("forallvalues:"):
        return YES
    if operator.startswith("foranyvalue:"):
        return NO
    base = operator.removesuffix("ifexists")
    if not _OPERATOR.fullmatch(base):
        return doubt(f"{clip(name, 30)} {clip(key, 30)}")
    return truth(operator.endswith("ifexists") or "not" in base)


def _value(test: Callable[[str, str], Truth], expected: str, actual: str, key: str) -> Truth:
    if "${" in expected:
        return doubt(f"a policy variable for {clip(key, 30)}")
    return test(expected, actual)


def _values(value: Any) -> tuple[str, ...]:
    """Return the values as text, () if one of them is neither text, number nor bool."""
    values = tuple(value) if isinstance(value, list | tuple) else (value,)
    if not all(isinstance(element, str | bool | int | float) for element in values):
        return ()
    return tuple(
        str(element).lower() if isinstance(element, bool) else str(element) for element in values
    )


def arn_like(expected: str, actual: str) -> Truth:
    """Return the answer of ArnEquals and ArnLike: each of the six parts matches, with wildcards."""
    patterns, parts = expected.split(":", 5), actual.split(":", 5)
    if len(patterns) != 6 or len(parts) != 6:
        return doubt(f"an ARN {clip(expected, 30)}")
    return truth(all(matches(*pair) for pair in zip(patterns, parts, strict=True)))


_TESTS: dict[str, Callable[[str, str], Truth]] = {
    "stringequals": lambda expected, actual: truth(expected == actual),
    "stringequalsignorecase": lambda expected, actual: truth(expected.lower() == actual.lower()),
    "stringlike": lambda expected, actual: truth(matches(expected, actual)),
    "arnequals": arn_like,
    "arnlike": arn_like,
    "bool": lambda expected, actual: truth(expected.lower() == actual.lower()),
}
