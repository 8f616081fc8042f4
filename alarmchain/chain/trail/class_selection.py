"""Does a trail record every record of a class that has no event source?

Each event selector becomes two filter patterns: what it surely records, and what it may record.
The two differ where AWS does not document the answer: several operators on one field, and a
condition on a field that the record lacks. The proof then answers the question.

Sources: CloudTrail API reference, EventSelector, AdvancedEventSelector and AdvancedFieldSelector;
CloudTrail user guide, "Filtering events by using advanced event selectors".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alarmchain.chain.api_item import clip, strings, text
from alarmchain.chain.judgement import Judgement, broken, ok, unknown
from alarmchain.chain.trail.advanced_event_selectors import (
    Conditions,
    holds,
    is_condition,
    written_conditions,
)
from alarmchain.filter_pattern.ast import (
    And,
    Compare,
    Condition,
    Exists,
    Is,
    JsonPattern,
    NotExists,
    Or,
    Pattern,
    Selector,
    TextPattern,
)
from alarmchain.filter_pattern.literals import Text
from alarmchain.proof.prove import Proof, Verdict, prove
from alarmchain.records.record_class import RecordClass
from alarmchain.records.record_fields import ABSENT, value_at

_FIELDS = (
    "eventCategory",
    "eventName",
    "eventSource",
    "eventType",
    "readOnly",
    "sessionCredentialFromConsole",
    "userIdentity.arn",
)
"""The fields of a record that a selector of management events can name."""
_EVERY_RECORD = TextPattern(())
_READ_ONLY = Selector(("readOnly",))


@dataclass(frozen=True, slots=True)
class _Selection:
    """What a selector records, as filter patterns; None for no record.

    `written`: the selector as evidence shows it.
    """

    certain: Pattern | None
    possible: Pattern | None
    written: str


def judge_class(
    trail: str, selectors: Sequence[Mapping[str, Any]], records: RecordClass, *, advanced: bool
) -> Judgement:
    """Return whether the selectors together record every record of the class.

    `trail`: what a message calls the trail. `selectors`: its basic ones, or its advanced ones if
    `advanced`.
    """
    selection = _advanced_selection if advanced else _basic_selection
    selections = [selection(selector) for selector in selectors]
    written = "; ".join(dict.fromkeys(selection.written for selection in selections))
    certain = prove([each.certain for each in selections if each.certain], records)
    if certain.verdict is Verdict.COVERED:
        return ok()
    possible = prove([each.possible for each in selections if each.possible], records)
    remedy = f"record all management events on {trail}"
    if possible.verdict is Verdict.ESCAPES:
        return broken(
            f"{trail} does not record {_lost(possible)}",
            observed=written,
            wanted="all management events",
            remedy=remedy,
        )
    return unknown(
        f"whether {trail} records {_lost(certain)} cannot be known",
        observed=written,
        wanted="all management events",
        remedy=remedy,
    )


def is_of_sources(records: RecordClass, sources: Iterable[str]) -> bool:
    """Return whether every record of the class is of one of the event sources."""
    field = Selector(("eventSource",))
    pattern = JsonPattern(Or(tuple(Compare(field, "=", Text(source)) for source in sources)))
    return prove([pattern], records).verdict is Verdict.COVERED


def has_record_of(records: RecordClass, source: str) -> bool:
    """Return whether surely some record of the class is of the event source."""
    pattern = JsonPattern(Compare(Selector(("eventSource",)), "!=", Text(source)))
    return prove([pattern], records).verdict is Verdict.ESCAPES


def _lost(proof: Proof) -> str:
    """Return which records a selector leaves out, by the fields that decide it."""
    facts = []
    for name in proof.deciding[:2]:
        value = value_at(proof.counterexample, tuple(name.removeprefix("$.").split(".")))
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        facts.append(f"without {name}" if value is ABSENT else f"with {name} {clip(shown)}")
    return f"events {' and '.join(facts)}" if facts else "all of them"


def _basic_selection(selector: Mapping[str, Any]) -> _Selection:
    """Return what an EventSelectors item records; absent members have defaults."""
    included = selector.get("IncludeManagementEvents")
    kind = selector.get("ReadWriteType")
    kind = "All" if kind is None else str(kind)
    sources = selector.get("ExcludeManagementEventSources") or ()
    excluded = strings(selector, "ExcludeManagementEventSources")
    if included is False:
        return _Selection(None, None, "IncludeManagementEvents false")
    written = f"ReadWriteType {kind}"
    if excluded:
        written += f", ExcludeManagementEventSources {', '.join(excluded)}"
    readable = isinstance(sources, list | tuple) and len(sources) == len(excluded)
    kinds = {"All": None, "ReadOnly": "true", "WriteOnly": "false"}
    if not (included is None or included is True) or not readable or kind not in kinds:
        return _Selection(None, _EVERY_RECORD, written)
    conditions: list[tuple[str, Conditions]] = []
    if excluded:
        conditions.append(("eventSource", {"NotEquals": excluded}))
        if not _is_exact(*conditions[0]):
            return _Selection(None, _EVERY_RECORD, written)
    value = kinds[kind]
    if value is not None:
        conditions.append(("readOnly", {"Equals": [value]}))
    return _selection(conditions, written)


def _advanced_selection(selector: Mapping[str, Any]) -> _Selection:
    """Return what an AdvancedEventSelectors item records."""
    fields = selector.get("FieldSelectors")
    is_list = isinstance(fields, list | tuple) and all(isinstance(each, Mapping) for each in fields)
    if not is_list or not fields:
        return _Selection(None, _EVERY_RECORD, "no field selectors")
    conditions: list[tuple[str, Conditions]] = []
    unreadable = False
    for each in fields:
        operators = {key: value for key, value in each.items() if key != "Field" and value}
        field = text(each, "Field")
        if operators and all(is_condition(*operator) for operator in operators.items()):
            conditions.append((field, {name: strings(operators, name) for name in operators}))
        else:
            unreadable = True
    written = ", ".join(written_conditions(*condition) for condition in conditions)
    known = [condition for condition in conditions if _is_exact(*condition)]
    has_category = any(field == "eventCategory" for field, _ in conditions)
    selection = _selection(known, written)
    if unreadable or len(known) < len(conditions) or not has_category:
        return _Selection(None, selection.possible, written)
    return selection


def _is_exact(field: str, conditions: Conditions) -> bool:
    """Return whether filter patterns can say the conditions: there, `*` has a meaning."""
    return field in _FIELDS and not any(
        "*" in value or not value for values in conditions.values() for value in values
    )


def _selection(conditions: Sequence[tuple[str, Conditions]], written: str) -> _Selection:
    if not conditions:
        return _Selection(_EVERY_RECORD, _EVERY_RECORD, written)
    certain: list[Condition] = []
    possible: list[Condition] = []
    for field, operators in conditions:
        selector = Selector(tuple(field.split(".")))
        readings = tuple(_condition(selector, *operator) for operator in operators.items())
        certain.append(And((Exists(selector), *readings)))
        possible.append(Or((NotExists(selector), *readings)))
    return _Selection(JsonPattern(And(tuple(certain))), JsonPattern(And(tuple(possible))), written)


def _condition(selector: Selector, operator: str, values: Sequence[str]) -> Condition:
    """Return what one operator requires: any value of a positive one, all of a negative one."""
    if selector == _READ_ONLY:
        allowed = [word for word in ("true", "false") if holds(operator, values, word)]
        return Or(tuple(Is(selector, f"IS {word.upper()}") for word in allowed))
    negative = operator.startswith("Not")
    sign = "!=" if negative else "="
    start = "*" if operator.endswith("EndsWith") else ""
    end = "*" if operator.endswith("StartsWith") else ""
    each = tuple(Compare(selector, sign, Text(f"{start}{value}{end}")) for value in values)
    return And(each) if negative else Or(each)
