"""What one comparison says of one value: the single home of the language's meaning.

Sources: CloudWatch Logs user guide, "Filter pattern syntax" and "Using filter patterns to match
terms in JSON log events"; that `!=` fails on an absent field was observed on AWS by users.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from alarmchain.pattern import truth as t
from alarmchain.pattern.regex import ANYTHING, Automaton, Chars, Item, Regex
from alarmchain.pattern.syntax import (
    Atom,
    Compare,
    Exists,
    Is,
    NotExists,
    Number,
    Selector,
    Text,
    Wildcard,
)
from alarmchain.pattern.truth import NO, YES, Truth
from alarmchain.records import ABSENT, Json

_NUMERIC = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")


@dataclass(frozen=True, slots=True)
class Several:
    """What a selector with a wildcard found: values, and how many elements lacked the field."""

    values: tuple[Json, ...]
    lacking: int


class Undefined:
    """The selector goes through something for which AWS says nothing."""


UNDEFINED = Undefined()
Found = Json | Several | Undefined


def find(record: Json, selector: Selector) -> Found:
    """The value at the selector: a JSON value, ABSENT, Several or UNDEFINED."""
    value = record
    for place, step in enumerate(selector.steps):
        if isinstance(step, Wildcard):
            return _find_several(value, step, Selector(selector.steps[place + 1 :]))
        if isinstance(step, str):
            if isinstance(value, list):
                return UNDEFINED
            if not isinstance(value, dict) or step not in value:
                return ABSENT
            value = value[step]
        else:
            if not isinstance(value, list):
                return UNDEFINED
            if step >= len(value):
                return ABSENT
            value = value[step]
    return value


def _find_several(value: Json, step: Wildcard, rest: Selector) -> Found:
    if not isinstance(value, list if step is Wildcard.ELEMENT else dict):
        return UNDEFINED
    elements = value if isinstance(value, list) else value.values()
    found = [find(element, rest) for element in elements]
    if any(item is UNDEFINED for item in found):
        return UNDEFINED
    values = tuple(item for item in found if item is not ABSENT)
    return Several(values, len(found) - len(values))


def truth(atom: Atom, found: Found) -> Truth:
    """Whether the comparison holds where its selector found `found`."""
    if atom.selector.undotted:
        return t.UNDOTTED_KEY
    if found is UNDEFINED:
        return t.NOT_A_CONTAINER
    if isinstance(found, Several):
        return _of_several(atom, found)
    if isinstance(atom, Compare):
        return NO if found is ABSENT else _compare(atom, found)
    if isinstance(atom, Exists):
        return NO if found is ABSENT else YES
    if isinstance(atom, NotExists):
        holds = found is ABSENT
    else:
        holds = found is atom.value
    if atom.keywords.upper() != atom.keywords or (
        isinstance(atom, Is) and atom.literal.upper() != atom.literal
    ):
        return t.KEYWORD_CASE
    return YES if holds else NO


def _of_several(atom: Atom, found: Several) -> Truth:
    truths = [truth(atom, value) for value in found.values]
    if isinstance(atom, NotExists):
        return NO if truths and not found.lacking else t.ANY_ELEMENT_DIFFERS
    if isinstance(atom, Compare) and atom.operator == "!=":
        if len({item.level for item in truths}) > 1:
            return t.ANY_ELEMENT_DIFFERS
        return truths[0] if truths else NO
    if isinstance(atom, Exists) and not truths:
        return t.ANY_ELEMENT_DIFFERS
    return t.either(truths)


def _compare(atom: Compare, value: Json) -> Truth:
    if isinstance(value, dict | list):
        return NO
    if isinstance(atom.value, Number):
        return _compare_number(atom.operator, atom.value, value)
    return _compare_text(atom.operator, atom.value, value)


def _compare_number(operator: str, number: Number, value: Json) -> Truth:
    if isinstance(value, bool):
        return t.BOOLEAN_VALUE
    if value is None:
        return t.NULL_VALUE if operator == "!=" else NO
    if isinstance(value, str):
        if operator == "!=":
            return t.NUMBER_AND_TEXT
        if value == number.text:
            return t.NUMBER_AND_TEXT
        # No text of more characters than a float can need is worth reading as one.
        numeric = len(value) < 400 and _NUMERIC.fullmatch(value)
        holds = numeric and _holds(operator, float(value), number.value)
        return t.NUMBER_AND_TEXT if holds else NO
    return YES if _holds(operator, value, number.value) else NO


def _holds(operator: str, left: float, right: float) -> bool:
    return {
        "=": left == right,
        "!=": left != right,
        "<": left < right,
        ">": left > right,
        "<=": left <= right,
        ">=": left >= right,
    }[operator]


def _compare_text(operator: str, wanted: Text | Regex, value: Json) -> Truth:
    if isinstance(wanted, Regex) and not wanted.decidable:
        return t.LARGE_REGEX
    if not isinstance(value, str):
        doubt = (
            t.BOOLEAN_VALUE
            if isinstance(value, bool)
            else t.NULL_VALUE
            if value is None
            else t.NUMBER_AND_TEXT
        )
        if operator == "!=":
            return doubt
        return doubt if _any_reading(wanted, json.dumps(value)) else NO
    answers = {accepts(value) for accepts in readings(wanted)}
    if len(answers) > 1 or (isinstance(wanted, Text) and wanted.bare and answers == {True}):
        return _text_doubt(wanted)
    equal = answers.pop()
    if operator == "!=" and isinstance(wanted, Text) and wanted.bare:
        return t.BARE_SIGNS
    return YES if equal is (operator == "=") else NO


def _any_reading(wanted: Text | Regex, value: str) -> bool:
    return any(accepts(value) for accepts in readings(wanted))


def _text_doubt(wanted: Text | Regex) -> Truth:
    if isinstance(wanted, Text) and wanted.bare:
        return t.BARE_SIGNS
    return t.BACKSLASH if "\\" in str(wanted) else t.INNER_STAR


def readings(wanted: Text | Regex) -> list[Callable[[str], bool]]:
    """The ways to read a value, each as a test of a string: one where the language is plain."""
    if isinstance(wanted, Regex):
        return [wanted.accepts]
    texts = [wanted]
    if "\\" in wanted.text:
        texts.append(Text(re.sub(r"\\(.)", r"\1", wanted.text, flags=re.DOTALL)))
    tests: list[Callable[[str], bool]] = [text.accepts for text in texts]
    tests += [_glob(text) for text in texts if "*" in text.literal]
    return tests


def _glob(text: Text) -> Callable[[str], bool]:
    """The reading in which every star of the text stands for any run of characters."""
    items = tuple(
        ANYTHING if char == "*" else Item(Chars(frozenset(char)))
        for char in re.sub(r"\*+", "*", text.text)
    )
    return Automaton(items).matches
