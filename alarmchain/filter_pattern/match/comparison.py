"""The truth of `=`, `!=`, `<`, `>`, `<=` and `>=` on one scalar JSON value.

Source: CloudWatch Logs user guide, "Using filter patterns to match terms in JSON log events".
Where the guide says nothing, all plausible readings are tried. If they agree, that is the answer;
otherwise the answer is unknown.
"""

import json
import operator as operators
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from alarmchain.filter_pattern import undocumented
from alarmchain.filter_pattern.ast import Compare
from alarmchain.filter_pattern.literals import Number, Text
from alarmchain.filter_pattern.match.readings import readings
from alarmchain.filter_pattern.regex import Regex
from alarmchain.three_valued import NO, Truth, truth

Scalar = str | bool | int | float | None

_NUMERIC = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")
_LONGEST_NUMERIC = 400
"""A float never needs a text of more characters; a longer text is not read as a number."""
_SMALL_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_EXACT = 2**53
"""Integers smaller than this are equal in every reading."""
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operators.eq,
    "!=": operators.ne,
    "<": operators.lt,
    ">": operators.gt,
    "<=": operators.le,
    ">=": operators.ge,
}


def compare(atom: Compare, value: Scalar) -> Truth:
    """Return whether the comparison holds for the value."""
    if isinstance(atom.value, Number):
        return _number(atom.operator, atom.value, value)
    if isinstance(atom.value, Regex) and not atom.value.decidable:
        return undocumented.UNUSUAL_REGEX
    if not isinstance(value, str):
        return _text_and_other(atom.operator, atom.value, value)
    if isinstance(atom.value, Regex):
        return truth(atom.value.accepts(value) is (atom.operator == "="))
    return _text(atom.operator, atom.value, value)


def _text(operator: str, text: Text, value: str) -> Truth:
    doubt = None
    if text.bare:
        doubt = undocumented.BARE_SIGNS
    elif "\\" in text.text:
        doubt = undocumented.BACKSLASH
    answers = {reading.accepts(value) for reading in readings(text)}
    if len(answers) > 1:
        return undocumented.INNER_STAR if doubt is None else doubt
    equal = answers == {True}
    if doubt is not None and (equal or operator == "!="):
        return doubt
    return truth(equal is (operator == "="))


def _text_and_other(operator: str, text: Text | Regex, value: bool | float | None) -> Truth:
    """Compare a string or regular expression with true, false, null or a number."""
    if value is None:
        doubt = undocumented.NULL_VALUE
    elif isinstance(value, bool):
        doubt = undocumented.BOOLEAN_VALUE
    else:
        doubt = undocumented.NUMBER_AND_TEXT
    if operator == "!=":
        return doubt
    if isinstance(text, Regex):
        return doubt if text.accepts(json.dumps(value)) else NO
    equal = any(reading.accepts(json.dumps(value)) for reading in readings(text))
    if not equal and doubt is undocumented.NUMBER_AND_TEXT and _NUMERIC.fullmatch(text.text):
        equal = _number("=", Number(text.text.strip()), value) is not NO
    return doubt if equal else NO


def _number(operator: str, number: Number, value: Scalar) -> Truth:
    if isinstance(value, bool):
        return undocumented.BOOLEAN_VALUE
    if value is None:
        return undocumented.NULL_VALUE if operator == "!=" else NO
    if isinstance(value, str):
        return _number_and_text(operator, number, value)
    answer = _numbers(operator, number, value)
    unusual = not number.usual and (answer is not NO or operator == "!=")
    return undocumented.NUMBER_FORM if unusual else answer


def _number_and_text(operator: str, number: Number, value: str) -> Truth:
    if operator == "!=" or (operator == "=" and value == number.text):
        return undocumented.NUMBER_AND_TEXT
    numeric = len(value) < _LONGEST_NUMERIC and _NUMERIC.fullmatch(value)
    holds = numeric and _holds(operator, float(value), number.value)
    return undocumented.NUMBER_AND_TEXT if holds else NO


def _holds(operator: str, left: Any, right: Any) -> bool:
    return _OPERATORS[operator](left, right)


def _numbers(operator: str, number: Number, value: float) -> Truth:
    """Compare two numbers, once exactly and once as doubles."""
    if isinstance(value, int) and abs(value) < _EXACT and _SMALL_INTEGER.fullmatch(number.text):
        return truth(_holds(operator, value, int(number.text)))
    try:
        left = float(value)
    except OverflowError:
        left = float("inf") if value > 0 else float("-inf")
    try:
        exactly = _holds(operator, Decimal(repr(value)), Decimal(number.text))
    except InvalidOperation:
        return undocumented.NUMBER_PRECISION
    if exactly is not _holds(operator, left, number.value):
        return undocumented.NUMBER_PRECISION
    return truth(exactly)
