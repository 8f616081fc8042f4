"""A subscription's filter policy, evaluated for one message in three-valued logic.

Source: SNS developer guide, "Amazon SNS subscription filter policies": every property must match
one of its values; of `$or` one policy must match. Doubts are noun phrases.
"""

import json
from collections.abc import Mapping
from typing import Any

from alarmchain.chain.api_item import clip
from alarmchain.three_valued import NO, Truth, conjunction, disjunction, doubt, negation, truth

_MAX_DEPTH = 20


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

    `message`: its known properties, nested as they are, all of them texts. `whole`: these are all
    its properties; else it may have others.
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
    value = message.get(name)
    if isinstance(rules, Mapping) and rules:
        if not isinstance(value, Mapping | None):
            return NO
        return _policy(rules, value or {}, whole, property_path, depth + 1)
    if not isinstance(rules, list) or not rules:
        return _unreadable(property_path)
    if value is not None:
        return disjunction(_rule(rule, value, property_path) for rule in rules)
    if whole:
        return disjunction(_on_absent(rule, property_path) for rule in rules)
    return doubt(clip(property_path, 40))


def _on_absent(rule: object, property_path: str) -> Truth:
    """Return whether an absent property meets the rule: it meets only {"exists": false}."""
    if not isinstance(rule, Mapping) or "exists" not in rule:
        return NO
    if len(rule) > 1 or not isinstance(rule["exists"], bool):
        return _unreadable(property_path)
    return truth(not rule["exists"])


def _rule(rule: object, value: object, property_path: str) -> Truth:
    """Return whether a property meets one rule, where its value is known."""
    if not isinstance(value, str):
        return doubt(clip(property_path, 40))
    if not isinstance(rule, Mapping):
        return truth(rule == value)
    if len(rule) != 1:
        return _unreadable(property_path)
    ((operator, operand),) = rule.items()
    return _operator(operator, operand, value, property_path)


def _operator(operator: str, operand: object, value: str, property_path: str) -> Truth:
    unsupported = doubt(f"{clip(operator, 20)} on {clip(property_path, 40)}")
    if operator == "exists" and isinstance(operand, bool):
        return truth(operand)
    if operator == "anything-but":
        return _anything_but(operand, value, property_path)
    if operator == "numeric" and isinstance(operand, list):
        return NO
    if operator not in ("prefix", "suffix", "equals-ignore-case") or not isinstance(operand, str):
        return unsupported
    if operator == "prefix":
        return truth(value.startswith(operand))
    if operator == "suffix":
        return truth(value.endswith(operand))
    return truth(value.lower() == operand.lower())


def _anything_but(operand: object, value: str, property_path: str) -> Truth:
    if isinstance(operand, Mapping):
        return negation(_rule(operand, value, property_path))
    listed = operand if isinstance(operand, list) else [operand]
    return negation(disjunction(_rule(rule, value, property_path) for rule in listed))


def _unreadable(property_path: str) -> Truth:
    return doubt(f"the unreadable filter on {clip(property_path, 40)}")
