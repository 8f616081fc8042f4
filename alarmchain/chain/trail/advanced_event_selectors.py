"""Does an advanced event selector record a management call?

Sources: CloudTrail API reference, AdvancedEventSelector and AdvancedFieldSelector; CloudTrail user
guide, "Filtering events by using advanced event selectors": a record must meet every field of a
selector. How several operators on one field combine is not documented well enough to decide a
verdict: where the readings differ, the answer is unknown.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from alarmchain.chain.api_item import clip, quote, strings, text
from alarmchain.chain.judgement import Judgement, all_of, broken, ok, unknown
from alarmchain.control import Call
from alarmchain.records.record_class import SIGN_IN_SOURCE

Conditions = Mapping[str, Sequence[str]]
"""The operators of a field selector, each with its values."""

_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "Equals": lambda value, operand: value == operand,
    "StartsWith": lambda value, operand: value.startswith(operand),
    "EndsWith": lambda value, operand: value.endswith(operand),
    "NotEquals": lambda value, operand: value != operand,
    "NotStartsWith": lambda value, operand: not value.startswith(operand),
    "NotEndsWith": lambda value, operand: not value.endswith(operand),
}


def judge_advanced_selector(trail: str, selector: Mapping[str, Any], call: Call) -> Judgement:
    """Return whether one AdvancedEventSelectors item records every record of `call`.

    `trail`: what a message calls the trail.
    """
    fields = selector.get("FieldSelectors")
    name = f"event selector {quote(text(selector, 'Name') or 'without a name')} of {trail}"
    is_list = isinstance(fields, list | tuple) and all(isinstance(each, Mapping) for each in fields)
    if not is_list or not fields:
        return unknown(f"{name} has no field selectors")
    judgements = [_judge_field(trail, field, _known_values(call)) for field in fields]
    if not any(field.get("Field") == "eventCategory" for field in fields):
        judgements.append(unknown(f"{name} has no eventCategory"))
    return all_of(judgements)


def _known_values(call: Call) -> Mapping[str, str | None]:
    """Return the fields that the call's records have; None if the value is not known."""
    read_only = {True: "true", False: "false", None: None}[call.read_only]
    return {
        "eventCategory": "Management",
        "eventSource": call.event_source,
        "eventName": call.event_name,
        "eventType": None if call.event_source == SIGN_IN_SOURCE else "AwsApiCall",
        "readOnly": read_only,
    }


def _judge_field(
    trail: str, selector: Mapping[str, Any], known: Mapping[str, str | None]
) -> Judgement:
    field = text(selector, "Field")
    operators = {name: values for name, values in selector.items() if name != "Field" and values}
    conditions = {name: strings(operators, name) for name in operators}
    written = clip(f"{field} {', '.join(f'{op} {"/".join(vs)}' for op, vs in conditions.items())}")
    value = known.get(field)
    remedy = f"record all management events on {trail}"
    if not conditions or not all(_is_condition(*condition) for condition in operators.items()):
        return unknown(f"{trail} has an unreadable event selector of {clip(field, 40)}")
    if value is None:
        return unknown(
            f"{trail} records only some {clip(field, 40)} values; whether the call has one of them"
            " cannot be known",
            observed=written,
            remedy=remedy,
        )
    answers = {reading(conditions, value) for reading in (_by_sign, _all_hold, _any_holds)}
    if answers == {True}:
        return ok(written)
    if answers == {False}:
        return broken(
            f"{trail} records only events with {written}",
            observed=written,
            wanted=f"{field} {value}",
            remedy=remedy,
        )
    return unknown(
        f"{trail} combines several operators on {field}, which AWS does not document",
        observed=written,
        remedy=remedy,
    )


def _is_condition(operator: str, values: object) -> bool:
    """Return whether it is a documented operator with a list of strings."""
    return (
        operator in _TESTS
        and isinstance(values, list | tuple)
        and all(isinstance(value, str) for value in values)
    )


def _holds(operator: str, values: Sequence[str], value: str) -> bool:
    """Return whether one operator holds: any value of a positive one, all of a negative one."""
    fold = all if operator.startswith("Not") else any
    return fold(_TESTS[operator](value, operand) for operand in values)


def _by_sign(conditions: Conditions, value: str) -> bool:
    """Return the usual reading: any of the positive operators, and all of the negative ones."""
    positive = [op for op in conditions if not op.startswith("Not")]
    return (not positive or any(_holds(op, conditions[op], value) for op in positive)) and all(
        _holds(op, conditions[op], value) for op in conditions if op not in positive
    )


def _all_hold(conditions: Conditions, value: str) -> bool:
    return all(_holds(op, values, value) for op, values in conditions.items())


def _any_holds(conditions: Conditions, value: str) -> bool:
    return any(_holds(op, values, value) for op, values in conditions.items())
