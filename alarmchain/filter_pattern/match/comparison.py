"""What `=`, `!=` and the orders say of one JSON value that is neither an object nor an array.

Source: CloudWatch Logs user guide, "Using filter patterns to match terms in JSON log events".
Where the guide is silent all plausible readings are asked: what they agree on is the answer.
"""

import json
import operator as operators
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from alarmchain.filter_pattern import undocumented as t
from alarmchain.filter_pattern.ast import Compare
from alarmchain.filter_pattern.automaton import ANYTHING, Automaton, Chars, Item
from alarmchain.filter_pattern.literals import Number, Text
from alarmchain.filter_pattern.regex import Regex
from alarmchain.three_valued import NO, YES, Truth

Scalar = str | bool | int | float | None
Reading = Callable[[str], bool]

_NUMERIC = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")
_LONGEST_NUMERIC = 400
"""No text of more characters than a float can need is worth reading as a number."""
_SMALL_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_EXACT = 2**53
"""Integers up to here are the same in every reading."""
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operators.eq,
    "!=": operators.ne,
    "<": operators.lt,
    ">": operators.gt,
    "<=": operators.le,
    ">=": operators.ge,
}


def compare(atom: Compare, value: Scalar) -> Truth:
    """Whether the comparison holds for the value."""
    if isinstance(atom.value, Number):
        return _number(atom.operator, atom.value, value)
    if isinstance(atom.value, Regex) and not atom.value.decidable:
        return t.UNUSUAL_REGEX
    if not isinstance(value, str):
        return _text_and_other(atom.operator, atom.value, value)
    if isinstance(atom.value, Regex):
        return YES if atom.value.accepts(value) is (atom.operator == "=") else NO
    return _text(atom.operator, atom.value, value)


def _text(operator: str, wanted: Text, value: str) -> Truth:
    doubt = t.BARE_SIGNS if wanted.bare else t.BACKSLASH if "\\" in wanted.text else None
    answers = {accepts(value) for accepts in readings(wanted)}
    if len(answers) > 1:
        return t.INNER_STAR if doubt is None else doubt
    equal = answers == {True}
    if doubt is not None and (equal or operator == "!="):
        return doubt
    return YES if equal is (operator == "=") else NO


def _text_and_other(operator: str, wanted: Text | Regex, value: bool | float | None) -> Truth:
    """A string or regular expression against true, false, null or a number."""
    if value is None:
        doubt = t.NULL_VALUE
    else:
        doubt = t.BOOLEAN_VALUE if isinstance(value, bool) else t.NUMBER_AND_TEXT
    if operator == "!=":
        return doubt
    if isinstance(wanted, Regex):
        return doubt if wanted.accepts(json.dumps(value)) else NO
    equal = any(accepts(json.dumps(value)) for accepts in readings(wanted))
    if not equal and doubt is t.NUMBER_AND_TEXT and _NUMERIC.fullmatch(wanted.text):
        equal = _number("=", Number(wanted.text.strip()), value) is not NO
    return doubt if equal else NO


def is_plain(wanted: Text | Number | Regex) -> bool:
    """Whether the value has one reading only, as a string with wildcards at its ends at most."""
    return isinstance(wanted, Text) and not (wanted.bare or len(readings(wanted)) > 1)


@lru_cache(maxsize=1024)
def readings(wanted: Text) -> tuple[Reading, ...]:
    """The ways to read a string, each as a test of a value: one where the language is plain."""
    texts = [wanted.text]
    if "\\" in wanted.text:
        texts += [re.sub(r"\\(.)", r"\1", wanted.text, flags=re.DOTALL), *_as_json(wanted.text)]
    found = [Text(text) for text in texts]
    tests: list[Reading] = [text.accepts for text in found]
    tests += [_glob(text.text) for text in found if "*" in text.literal]
    return tuple(tests)


def _as_json(text: str) -> list[str]:
    try:
        return [json.loads(f'"{text}"', strict=False)]
    except ValueError:
        return []


def _glob(text: str) -> Reading:
    """The reading in which every star of the text stands for any run of characters."""
    items = (
        ANYTHING if char == "*" else Item(Chars(frozenset(char)))
        for char in re.sub(r"\*+", "*", text)
    )
    return Automaton(items).matches


def _number(operator: str, number: Number, value: Scalar) -> Truth:
    if isinstance(value, bool):
        return t.BOOLEAN_VALUE
    if value is None:
        return t.NULL_VALUE if operator == "!=" else NO
    if isinstance(value, str):
        return _number_and_text(operator, number, value)
    answer = _numbers(operator, number, value)
    unusual = not number.usual and (answer is not NO or operator == "!=")
    return t.NUMBER_FORM if unusual else answer


def _number_and_text(operator: str, number: Number, value: str) -> Truth:
    if operator == "!=" or (operator == "=" and value == number.text):
        return t.NUMBER_AND_TEXT
    numeric = len(value) < _LONGEST_NUMERIC and _NUMERIC.fullmatch(value)
    return t.NUMBER_AND_TEXT if numeric and _holds(operator, float(value), number.value) else NO


def _holds(operator: str, left: Any, right: Any) -> bool:
    return _OPERATORS[operator](left, right)


def _numbers(operator: str, number: Number, value: float) -> Truth:
    """Two numbers, read exactly and as doubles."""
    if isinstance(value, int) and abs(value) < _EXACT and _SMALL_INTEGER.fullmatch(number.text):
        return YES if _holds(operator, value, int(number.text)) else NO
    try:
        left = float(value)
    except OverflowError:
        left = float("inf") if value > 0 else float("-inf")
    try:
        exactly = _holds(operator, Decimal(repr(value)), Decimal(number.text))
    except InvalidOperation:
        return t.NUMBER_PRECISION
    if exactly is not _holds(operator, left, number.value):
        return t.NUMBER_PRECISION
    return YES if exactly else NO
