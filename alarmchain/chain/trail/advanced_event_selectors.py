"""Does an advanced event selector record a management call?

Sources: CloudTrail API reference, AdvancedEventSelector and AdvancedFieldSelector; CloudTrail user
guide, "Filtering events by using advanced event selectors": a record must meet every field of a
selector. How several operators on one field combine is not documented well enough to decide a
verdict by: where the readings differ the answer is unknown.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from alarmchain.chain.api_item import clip, quote, strings, text
from alarmchain.chain.judgement import Judgement, all_of, broken, ok, unknown
from alarmchain.control import Call
from alarmchain.records.record_class import SIGN_IN_SOURCE

Conditions = Mapping[str, Sequence[str]]
"""By operator, the values of a field selector."""

_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "Equals": lambda value, wanted: value == wanted,
    "StartsWith": lambda value, wanted: value.startswith(wanted),
    "EndsWith": lambda value, wanted: value.endswith(wanted),
    "NotEquals": lambda value, wanted: value != wanted,
    "NotStartsWith": lambda value, wanted: not value.startswith(wanted),
    "NotEndsWith": lambda value, wanted: not value.endswith(wanted),
}


def selected(trail: str, selector: Mapping[str, Any], call: Call) -> Judgement:
    """Whether one AdvancedEventSelectors item records every record of `call`.

    `trail`: its name in quotation marks.
    """
    fields = selector.get("FieldSelectors")
    name = quote(text(selector, "Name") or "without a name")
    listed = isinstance(fields, list | tuple) and all(isinstance(one, Mapping) for one in fields)
    if not listed or not fields:
        return unknown(f"trail {trail}: event selector {name} has no field selectors")
    judgements = [_field(trail, field, _known(call)) for field in fields]
    if not any(field.get("Field") == "eventCategory" for field in fields):
        judgements.append(unknown(f"trail {trail}: event selector {name} has no eventCategory"))
    return all_of(judgements)


def _known(call: Call) -> Mapping[str, str | None]:
    """What is known of the call's records; None: the field is there, but its value is not known."""
    read_only = {True: "true", False: "false", None: None}[call.read_only]
    return {
        "eventCategory": "Management",
        "eventSource": call.event_source,
        "eventName": call.event_name,
        "eventType": None if call.event_source == SIGN_IN_SOURCE else "AwsApiCall",
        "readOnly": read_only,
    }


def _field(trail: str, selector: Mapping[str, Any], known: Mapping[str, str | None]) -> Judgement:
    field = text(selector, "Field")
    given = {name: values for name, values in selector.items() if name != "Field" and values}
    conditions = {name: strings(given, name) for name in given}
    shown = clip(f"{field} {', '.join(f'{op} {"/".join(vs)}' for op, vs in conditions.items())}")
    value = known.get(field)
    remedy = f"record all management events on trail {trail}"
    if not conditions or not all(_is_condition(*one) for one in given.items()):
        return unknown(f"trail {trail}: its selector of {clip(field, 40)} can't be read")
    if value is None:
        return unknown(
            f"trail {trail} narrows by {clip(field, 40)}, which is not known of the call",
            observed=shown,
            remedy=remedy,
        )
    answers = {reading(conditions, value) for reading in (_not_and, _all_and, _any)}
    if answers == {True}:
        return ok(shown)
    if answers == {False}:
        return broken(
            f"trail {trail} records only where {shown}",
            observed=shown,
            wanted=f"{field} {value}",
            remedy=remedy,
        )
    return unknown(
        f"trail {trail} combines operators on {field}; AWS does not say how",
        observed=shown,
        remedy=remedy,
    )


def _is_condition(operator: str, values: object) -> bool:
    """An operator that we know, with a list of strings."""
    return (
        operator in _TESTS
        and isinstance(values, list | tuple)
        and all(isinstance(one, str) for one in values)
    )


def _holds(operator: str, values: Sequence[str], value: str) -> bool:
    """One operator: any value for a positive one, every value for a Not one."""
    fold = all if operator.startswith("Not") else any
    return fold(_TESTS[operator](value, wanted) for wanted in values)


def _not_and(conditions: Conditions, value: str) -> bool:
    """The common reading: any of the positive operators, and all of the Not ones."""
    positive = [op for op in conditions if not op.startswith("Not")]
    return (not positive or any(_holds(op, conditions[op], value) for op in positive)) and all(
        _holds(op, conditions[op], value) for op in conditions if op not in positive
    )


def _all_and(conditions: Conditions, value: str) -> bool:
    return all(_holds(op, values, value) for op, values in conditions.items())


def _any(conditions: Conditions, value: str) -> bool:
    return any(_holds(op, values, value) for op, values in conditions.items())
