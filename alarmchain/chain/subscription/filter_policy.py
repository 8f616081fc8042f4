"""A subscription's filter policy on one message, in three values.

Facts: SNS developer guide, "Amazon SNS subscription filter policies": every property must match,
by one of its values; of `$or` one policy must.
"""

import json
from collections.abc import Mapping
from typing import Any

from alarmchain.chain.api_item import clip
from alarmchain.three_valued import NO, YES, Truth, conjunction, disjunction, doubt, negation, truth

_DEEPEST = 20


class FilterPolicyError(ValueError):
    """A text that is no filter policy; the message says why."""


def parse(policy: str) -> Mapping[str, Any]:
    """The filter policy of a JSON text. Raises FilterPolicyError."""
    try:
        found = json.loads(policy)
    except (ValueError, RecursionError):
        raise FilterPolicyError("is not JSON") from None
    if not isinstance(found, Mapping):
        raise FilterPolicyError("is no JSON object")
    return found


def accepts(policy: Mapping[str, Any], message: Mapping[str, Any], *, whole: bool) -> Truth:
    """Whether the policy lets a message through.

    `message`: its known properties, nested as they are, all of them texts. `whole`: a property that
    is not there is surely absent; else nothing is known of it.
    """
    return _policy(policy, message, whole, "", 0)


def _policy(
    policy: Mapping[str, Any], message: Mapping[str, Any], whole: bool, path: str, depth: int
) -> Truth:
    if depth > _DEEPEST:
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
    if not isinstance(rules, list) or not all(isinstance(one, Mapping) for one in rules):
        return doubt("a $or that can't be read")
    return disjunction(_policy(one, message, whole, path, depth + 1) for one in rules)


def _property(
    name: str, rules: object, message: Mapping[str, Any], whole: bool, path: str, depth: int
) -> Truth:
    place = f"{path}.{name}" if path else name
    value = message.get(name)
    if isinstance(rules, Mapping) and rules:
        if not isinstance(value, Mapping | None):
            return NO
        return _policy(rules, value or {}, whole, place, depth + 1)
    if not isinstance(rules, list) or not rules:
        return doubt(f"the filter on {clip(place, 40)}, which can't be read")
    if value is not None:
        return disjunction(_rule(rule, value, place) for rule in rules)
    if whole:
        return disjunction(_on_absent(rule, place) for rule in rules)
    return doubt(clip(place, 40))


def _on_absent(rule: object, place: str) -> Truth:
    """A property that is not there meets nothing but {"exists": false}."""
    if not isinstance(rule, Mapping) or "exists" not in rule:
        return NO
    if len(rule) > 1 or not isinstance(rule["exists"], bool):
        return doubt(f"the filter on {clip(place, 40)}, which can't be read")
    return truth(not rule["exists"])


def _rule(rule: object, value: object, place: str) -> Truth:
    """One rule on a property of which the value is known."""
    if not isinstance(value, str):
        return doubt(clip(place, 40))
    if not isinstance(rule, Mapping):
        return truth(rule == value)
    if len(rule) != 1:
        return doubt(f"the filter on {clip(place, 40)}, which can't be read")
    ((operator, operand),) = rule.items()
    return _operator(operator, operand, value, place)


def _operator(operator: str, operand: object, value: str, place: str) -> Truth:
    unclear = doubt(f"{clip(operator, 20)} on {clip(place, 40)}")
    if operator == "exists" and isinstance(operand, bool):
        return truth(operand)
    if operator == "anything-but":
        return _anything_but(operand, value, place)
    if operator == "numeric" and isinstance(operand, list):
        return NO
    if operator not in ("prefix", "suffix", "equals-ignore-case") or not isinstance(operand, str):
        return unclear
    if operator == "prefix":
        return truth(value.startswith(operand))
    if operator == "suffix":
        return truth(value.endswith(operand))
    return truth(value.lower() == operand.lower())


def _anything_but(operand: object, value: str, place: str) -> Truth:
    if isinstance(operand, Mapping):
        return negation(_rule(operand, value, place))
    listed = operand if isinstance(operand, list) else [operand]
    return negation(disjunction(_rule(one, value, place) for one in listed))


__all__ = ["NO", "YES", "FilterPolicyError", "accepts", "parse"]
