"""Does an advanced event selector record every record of a call?

Sources: CloudTrail API reference, AdvancedEventSelector and AdvancedFieldSelector; CloudTrail user
guide, "Filtering events by using advanced event selectors": a record must meet every field of a
selector. How several operators on one field combine is not documented well enough to decide a
verdict: where the readings differ, the answer is unknown.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from alarmchain.chain.api_item import clip, quote, strings, text
from alarmchain.chain.judgement import Judgement, all_of, broken, ok, unknown
from alarmchain.records.record_class import RecordClass

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


def judge_advanced_selector(
    trail: str, selector: Mapping[str, Any], records: RecordClass
) -> Judgement:
    """Return whether one AdvancedEventSelectors item records every record of the call.

    `trail`: what a message calls the trail. `records`: the class of a call's records.
    """
    fields = selector.get("FieldSelectors")
    name = selector_name(trail, selector)
    is_list = isinstance(fields, list | tuple) and all(isinstance(each, Mapping) for each in fields)
    if not is_list or not fields:
        return unknown(f"{name} has no field selectors")
    judgements = [_judge_field(trail, field, _known_values(records)) for field in fields]
    if not any(field.get("Field") == "eventCategory" for field in fields):
        judgements.append(unknown(f"{name} has no eventCategory"))
    return all_of(judgements)


def selector_name(trail: str, selector: Mapping[str, Any]) -> str:
    """Return what a message calls the selector."""
    return f"event selector {quote(text(selector, 'Name') or 'without a name')} of {trail}"


def _known_values(records: RecordClass) -> Mapping[str, str | None]:
    """Return the fields that all records of the call have; None if the value is not known."""
    values = records.values
    read_only = values.get("readOnly")
    return {
        "eventCategory": values.get("eventCategory"),
        "eventSource": values.get("eventSource"),
        "eventName": values.get("eventName"),
        "eventType": values.get("eventType"),
        "readOnly": str(read_only).lower() if isinstance(read_only, bool) else None,
    }


def _judge_field(
    trail: str, selector: Mapping[str, Any], known: Mapping[str, str | None]
) -> Judgement:
    field = text(selector, "Field")
    operators = {name: values for name, values in selector.items() if name != "Field" and values}
    conditions = {name: strings(operators, name) for name in operators}
    written = written_conditions(field, conditions)
    value = known.get(field)
    remedy = f"record all management events on {trail}"
    if not conditions or not all(is_condition(*condition) for condition in operators.items()):
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
        return ok()
    if answers == {False}:
        return broken(
            f"{trail} records only events with {clip(written)}",
            observed=written,
            wanted=f"{field} {value}",
            remedy=remedy,
        )
    return unknown(
        f"{trail} combines several operators on {field}, which AWS does not document",
        observed=written,
        remedy=remedy,
    )


def written_conditions(field: str, conditions: Conditions) -> str:
    """Return the conditions on a field as evidence shows them."""
    return f"{field} {', '.join(f'{op} {"/".join(vs)}' for op, vs in conditions.items())}"


def is_condition(operator: str, values: object) -> bool:
    """Return whether it is a documented operator with a list of strings."""
    return (
        operator in _TESTS
        and isinstance(values, list | tuple)
        and all(isinstance(value, str) for value in values)
    )


def holds(operator: str, values: Sequence[str], value: str) -> bool:
    """Return whether one operator holds: any value of a positive one, all of a negative one."""
    fold = all if operator.startswith("Not") else any
    return fold(_TESTS[operator](value, operand) for operand in values)


def _by_sign(conditions: Conditions, value: str) -> bool:
    """Return the usual reading: any of the positive operators, and all of the negative ones."""
    positive = [op for op in conditions if not op.startswith("Not")]
    return (not positive or any(holds(op, conditions[op], value) for op in positive)) and all(
        holds(op, conditions[op], value) for op in conditions if op not in positive
    )


def _all_hold(conditions: Conditions, value: str) -> bool:
    return all(holds(op, values, value) for op, values in conditions.items())


def _any_holds(conditions: Conditions, value: str) -> bool:
    return any(holds(op, values, value) for op, values in conditions.items())
