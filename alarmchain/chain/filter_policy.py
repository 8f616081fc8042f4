"""A subscription's filter policy on one message, in three values.

Facts: SNS developer guide, "Amazon SNS subscription filter policies": every property must match,
by one of its values; of `$or` one policy must.
"""

import json
import operator as signs
from collections.abc import Callable, Mapping
from typing import Any

from alarmchain.chain.logic import NO, YES, Truth, doubt, either, every, opposite, truth
from alarmchain.chain.shape import clip

_DEEPEST = 20
_SIGNS: dict[object, Callable[[float, float], bool]] = {
    "=": signs.eq,
    "<": signs.lt,
    "<=": signs.le,
    ">": signs.gt,
    ">=": signs.ge,
}


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

    `message`: its properties, nested as they are, a None standing for what is not known. `whole`:
    a property that is not there is surely absent; else nothing is known of it.
    """
    return _policy(policy, message, whole, "", 0)


def _policy(
    policy: Mapping[str, Any], message: Mapping[str, Any], whole: bool, path: str, depth: int
) -> Truth:
    if depth > _DEEPEST:
        return doubt("a filter policy nested too deeply")
    return every(
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
    return either(_policy(one, message, whole, path, depth + 1) for one in rules)


def _property(
    name: str, rules: object, message: Mapping[str, Any], whole: bool, path: str, depth: int
) -> Truth:
    place = f"{path}.{name}" if path else name
    absent = name not in message
    value = message.get(name)
    if isinstance(rules, Mapping) and rules:
        if not absent and not isinstance(value, Mapping) and value is not None:
            return NO
        below = value if isinstance(value, Mapping) else {}
        return _policy(rules, below, whole and absent, place, depth + 1)
    if not isinstance(rules, list) or not rules:
        return doubt(f"the filter on {clip(place, 40)}, which can't be read")
    if not absent and value is not None:
        return either(_rule(rule, value, place) for rule in rules)
    if whole:
        return either(_on_absent(rule, place) for rule in rules)
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
    if isinstance(value, list | Mapping):
        return doubt(clip(place, 40))
    if not isinstance(rule, Mapping):
        return truth(_same(rule, value))
    if len(rule) != 1:
        return doubt(f"the filter on {clip(place, 40)}, which can't be read")
    ((operator, operand),) = rule.items()
    return _operator(operator, operand, value, place)


def _operator(operator: str, operand: object, value: object, place: str) -> Truth:
    unclear = doubt(f"{clip(operator, 20)} on {clip(place, 40)}")
    if operator == "exists" and isinstance(operand, bool):
        return truth(operand)
    if operator == "anything-but":
        return _anything_but(operand, value, place)
    if operator == "numeric":
        return _numeric(operand, value, unclear)
    if operator not in ("prefix", "suffix", "equals-ignore-case") or not isinstance(operand, str):
        return unclear
    if not isinstance(value, str):
        return NO
    if operator == "prefix":
        return truth(value.startswith(operand))
    if operator == "suffix":
        return truth(value.endswith(operand))
    return truth(value.lower() == operand.lower())


def _anything_but(operand: object, value: object, place: str) -> Truth:
    if isinstance(operand, Mapping):
        return opposite(_rule(operand, value, place))
    listed = operand if isinstance(operand, list) else [operand]
    return opposite(either(_rule(one, value, place) for one in listed))


def _numeric(operand: object, value: object, unclear: Truth) -> Truth:
    """["=", 1], [">", 0, "<=", 5]; a text meets none of them."""
    if not isinstance(operand, list) or len(operand) not in (2, 4):
        return unclear
    if isinstance(value, bool) or not isinstance(value, int | float):
        return NO
    met: list[Truth] = []
    for sign, limit in zip(operand[::2], operand[1::2], strict=True):
        if sign not in _SIGNS or isinstance(limit, bool) or not isinstance(limit, int | float):
            return unclear
        met.append(truth(_SIGNS[sign](value, limit)))
    return every(met)


def _same(rule: object, value: object) -> bool:
    """Equal as JSON: a text is no number, and true is not 1."""
    if isinstance(rule, bool) or isinstance(value, bool):
        return rule is value
    if isinstance(rule, int | float) and isinstance(value, int | float):
        return rule == value
    return isinstance(rule, str) and isinstance(value, str) and rule == value


__all__ = ["NO", "YES", "FilterPolicyError", "accepts", "parse"]
