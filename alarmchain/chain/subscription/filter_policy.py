"""A subscription's filter policy, evaluated for one message in three-valued logic.

Source: SNS developer guide, "Amazon SNS subscription filter policies": every property must match
one of its values; of `$or` one policy must match. Doubts are noun phrases.
"""

import json
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.chain.api_item import clip
from alarmchain.three_valued import NO, Truth, conjunction, disjunction, doubt, negation, truth

_MAX_DEPTH = 20
PRESENT = object()
"""The value of a property that is present and not known."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value of a property that has one of these texts; which one is not known."""

    values: tuple[str, ...]


class FilterPolicyError(ValueError):
    """The text is not a filter policy; the message is a predicate, such as "is not valid JSON"."""


def parse(policy: str) -> Mapping[str, Any]:
    """Return the filter policy of a JSON text. Raises FilterPolicyError."""
    try:
        document = json.loads(policy)
    except (ValueError, RecursionError):
        raise FilterPolicyError("is not valid JSON") from None
    if not isinstance(document, Mapping):
        raise FilterPolicyError("is not a JSON object")
    return document


def accepts(policy: Mapping[str, Any], message: Mapping[str, Any], *, whole: bool) -> Truth:
    """Return whether the policy lets a message through.

    `message`: its known properties, nested as they are: texts, numbers, null, OneOf or PRESENT.
    `whole`: these are all its properties; else it may have others.
    """
    return _policy(policy, message, whole, "", 0)


def _policy(
    policy: Mapping[str, Any], message: Mapping[str, Any], whole: bool, path: str, depth: int
) -> Truth:
    if depth > _MAX_DEPTH:
        return doubt("a filter policy nested too deeply")
    return conjunction(
        _alternatives(rules, message, whole, path, depth)
        if name == "$or"
        else _property(name, rules, message, whole, path, depth)
        for name, rules in policy.items()
    )


def _alternatives(
    rules: object, message: Mapping[str, Any], whole: bool, path: str, depth: int
) -> Truth:
    if not isinstance(rules, list) or not all(isinstance(rule, Mapping) for rule in rules):
        return doubt("an unreadable $or")
    return disjunction(_policy(rule, message, whole, path, depth + 1) for rule in rules)


def _property(
    name: str, rules: object, message: Mapping[str, Any], whole: bool, path: str, depth: int
) -> Truth:
    property_path = f"{path}.{name}" if path else name
    present = name in message
    value = message.get(name)
    if isinstance(rules, Mapping) and rules:
        nested = value if isinstance(value, Mapping) else {}
        if present and not isinstance(value, Mapping) and value is not PRESENT:
            return NO
        return _policy(rules, nested, whole, property_path, depth + 1)
    if not isinstance(rules, list) or not rules:
        return _unreadable(property_path)
    if isinstance(value, OneOf):
        return _same(
            (_rules(rules, each, property_path) for each in value.values), clip(property_path, 40)
        )
    if present:
        return _rules(rules, value, property_path)
    if whole:
        return disjunction(_on_absent(rule, property_path) for rule in rules)
    return doubt(clip(property_path, 40))


def _rules(rules: list[object], value: object, property_path: str) -> Truth:
    """Return whether a present property meets one of the rules."""
    return disjunction(_rule(rule, value, property_path) for rule in rules)


def _same(answers: Iterable[Truth], doubtful: str) -> Truth:
    """Return the answer if it is the same for all possible values, else a doubt."""
    distinct = set(answers)
    return distinct.pop() if len(distinct) == 1 else doubt(doubtful)


def _on_absent(rule: object, property_path: str) -> Truth:
    """Return whether an absent property meets the rule: it meets only {"exists": false}."""
    if not isinstance(rule, Mapping) or "exists" not in rule:
        return NO
    if len(rule) > 1 or not isinstance(rule["exists"], bool):
        return _unreadable(property_path)
    return truth(not rule["exists"])


def _rule(rule: object, value: object, property_path: str) -> Truth:
    """Return whether a present property meets one rule."""
    if value is PRESENT or isinstance(value, Mapping):
        always = isinstance(rule, Mapping) and rule == {"exists": True} and value is PRESENT
        never = isinstance(rule, Mapping) and rule == {"exists": False}
        return truth(always) if always or never else doubt(clip(property_path, 40))
    if not isinstance(rule, Mapping):
        return _equals(rule, value, property_path)
    if len(rule) != 1:
        return _unreadable(property_path)
    ((name, operand),) = rule.items()
    return _operator(name, operand, value, property_path)


def _equals(rule: object, value: object, property_path: str) -> Truth:
    """Return whether the values are equal, of the same JSON type. A null may count as absent."""
    if value is None and rule is None:
        return doubt(clip(property_path, 40))
    if _is_number(rule) and _is_number(value):
        return truth(rule == value)
    return truth(type(rule) is type(value) and rule == value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _operator(name: str, operand: object, value: object, property_path: str) -> Truth:
    unsupported = doubt(f"{clip(name, 20)} on {clip(property_path, 40)}")
    if value is None and name in ("exists", "anything-but"):
        return doubt(clip(property_path, 40))
    if name == "exists" and isinstance(operand, bool):
        return truth(operand)
    if name == "anything-but":
        return _anything_but(operand, value, property_path)
    if name == "numeric" and isinstance(operand, list):
        return _numeric(operand, value, unsupported)
    if name not in ("prefix", "suffix", "equals-ignore-case") or not isinstance(operand, str):
        return unsupported
    if not isinstance(value, str):
        return NO
    if name == "prefix":
        return truth(value.startswith(operand))
    if name == "suffix":
        return truth(value.endswith(operand))
    return truth(value.lower() == operand.lower())


_COMPARISONS: Mapping[object, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _numeric(operand: list[object], value: object, unsupported: Truth) -> Truth:
    """Return the answer of `numeric`: one or two comparisons, all of which must hold."""
    if not _is_number(value):
        return NO
    pairs = list(zip(operand[::2], operand[1::2], strict=False))
    if not pairs or len(operand) % 2:
        return unsupported
    for name, bound in pairs:
        if not isinstance(name, str) or name not in _COMPARISONS or not _is_number(bound):
            return unsupported
    return truth(all(_COMPARISONS[name](value, bound) for name, bound in pairs))


def _anything_but(operand: object, value: object, property_path: str) -> Truth:
    if isinstance(operand, Mapping):
        return negation(_rule(operand, value, property_path))
    listed = operand if isinstance(operand, list) else [operand]
    return negation(_rules(listed, value, property_path))


def _unreadable(property_path: str) -> Truth:
    return doubt(f"the unreadable filter on {clip(property_path, 40)}")
