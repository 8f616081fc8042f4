"""The Condition of a policy statement, in three values.

Facts: IAM user guide, "IAM JSON policy elements: Condition operators" and "Creating a condition
with multiple keys or values". A key of which nothing is known leaves its condition unknown.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from alarmchain.chain.api_item import clip
from alarmchain.chain.topic.iam_wildcard import matches
from alarmchain.three_valued import NO, YES, Truth, conjunction, disjunction, doubt, negation, truth

Known = Mapping[str, str]
"""By condition key in lower case, its one value in the request at hand."""

_SETS = re.compile(r"(?:ForAllValues|ForAnyValue):", re.IGNORECASE)
_NEGATIONS = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
}


def holds(condition: object, known: Known) -> Truth:
    """Whether the request meets the Condition: all operators, all keys, one value of each."""
    if condition is None:
        return YES
    if not isinstance(condition, Mapping):
        return doubt("a Condition that can't be read")
    return conjunction(_operator(str(name), keys, known) for name, keys in condition.items())


def _operator(name: str, keys: object, known: Known) -> Truth:
    if not isinstance(keys, Mapping):
        return doubt(f"a condition {clip(name, 24)} that can't be read")
    return conjunction(_key(name, str(key), _values(value), known) for key, value in keys.items())


def _key(name: str, key: str, values: tuple[str, ...], known: Known) -> Truth:
    """One key under one operator. ForAllValues and ForAnyValue are alike for a single value, and
    ...IfExists changes nothing for a key that is there."""
    plain = _SETS.sub("", name).lower()
    there = key.lower() in known
    if not there or not values:
        return doubt(clip(key, 40))
    if plain == "null":
        return _null(key, values)
    plain = plain.removesuffix("ifexists")
    test = _TESTS.get(_NEGATIONS.get(plain, plain))
    if test is None:
        return doubt(f"{clip(name, 30)} {clip(key, 30)}")
    met = disjunction(_value(test, value, known[key.lower()], key) for value in values)
    return negation(met) if plain in _NEGATIONS else met


def _null(key: str, values: Iterable[str]) -> Truth:
    """Null: "true" asks that the key be absent, "false" that it be there, as it is."""
    answers = {"true": NO, "false": YES}
    return disjunction(answers.get(value.lower(), doubt(clip(key, 40))) for value in values)


def _value(test: Callable[[str, str], Truth], wanted: str, actual: str, key: str) -> Truth:
    if "${" in wanted:
        return doubt(f"a policy variable for {clip(key, 30)}")
    return test(wanted, actual)


def _values(value: Any) -> tuple[str, ...]:
    """The values as text; none at all if one of them is something else."""
    found = tuple(value) if isinstance(value, list | tuple) else (value,)
    if not all(isinstance(one, str | bool | int | float) for one in found):
        return ()
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in found)


def arn_like(wanted: str, actual: str) -> Truth:
    """ArnEquals and ArnLike: each of the six parts for itself, with wildcards."""
    parts, others = wanted.split(":", 5), actual.split(":", 5)
    if len(parts) != 6 or len(others) != 6:
        return doubt(f"an ARN {clip(wanted, 30)}")
    return truth(all(matches(part, other) for part, other in zip(parts, others, strict=True)))


_TESTS: dict[str, Callable[[str, str], Truth]] = {
    "stringequals": lambda wanted, actual: truth(wanted == actual),
    "stringequalsignorecase": lambda wanted, actual: truth(wanted.lower() == actual.lower()),
    "stringlike": lambda wanted, actual: truth(matches(wanted, actual)),
    "arnequals": arn_like,
    "arnlike": arn_like,
    "bool": lambda wanted, actual: truth(wanted.lower() == actual.lower()),
}
