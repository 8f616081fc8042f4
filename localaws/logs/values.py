"""Comparison of a value of a log event with the right-hand side of a condition.

Our choices where AWS's documentation says nothing or disagrees (a prover must call these unknown):

| question | choice |
|---|---|
| ``*`` in the middle of a string (``Ev*ent``) | a literal asterisk; only the first and last count |
| a bare number against a JSON string | ``=`` and ``!=`` compare texts; ``<`` etc.: no match |
| a quoted or other string against a JSON number | never equal, so ``!=`` matches |
| ``= true`` / ``= false`` (bare or quoted) against a boolean | equal to the JSON text |
| any condition against null | never equal, so ``!=`` matches |
| ``= *`` | the field exists, whatever it holds; ``!= *`` never matches |
| ``= "*"`` | any string |
| a regular expression against another type than string | never equal, so ``!=`` matches |
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lark import Token

from localaws.logs.errors import PatternError
from localaws.logs.grammar import unquote
from localaws.logs.regex import Regex

type Json = str | bool | Decimal | list[Json] | dict[str, Json] | None

NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
ORDERING = {"<", ">", "<=", ">="}


def number(text: str) -> Decimal:
    """Return the exact value of a number's text; too large exponents give infinity or zero."""
    try:
        return Decimal(text)
    except InvalidOperation:
        tiny = "e-" in text.lower()
        return Decimal(0) if tiny else Decimal("-Infinity" if text[0] == "-" else "Infinity")


@dataclass(frozen=True, slots=True)
class Anything:
    """A bare ``*``: the field exists."""

    def equals(self, value: Json) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Text:
    """A string, with an optional wildcard before and after it."""

    text: str
    leading: bool = False
    trailing: bool = False

    def equals(self, value: Json) -> bool:
        if isinstance(value, bool):
            value = "true" if value else "false"
        if not isinstance(value, str):
            return False
        if self.leading and self.trailing:
            return self.text in value
        if self.leading:
            return value.endswith(self.text)
        if self.trailing:
            return value.startswith(self.text)
        return value == self.text


@dataclass(frozen=True, slots=True)
class Number:
    """A bare number. ``text`` is the JSON string that is equal to it."""

    value: Decimal
    text: str

    def equals(self, value: Json) -> bool:
        return value == self.value if isinstance(value, Decimal) else value == self.text

    def orders(self, operator: str, value: Json) -> bool:
        if not isinstance(value, Decimal):
            return False
        return {
            "<": value < self.value,
            ">": value > self.value,
            "<=": value <= self.value,
            ">=": value >= self.value,
        }[operator]


@dataclass(frozen=True, slots=True)
class Expression:
    """A regular expression between percent signs."""

    regex: Regex

    def equals(self, value: Json) -> bool:
        return isinstance(value, str) and self.regex.found_in(value)


type Operand = Anything | Text | Number | Expression


def operand(token: Token) -> Operand:
    """Return the right-hand side of a STRING, BARE or REGEX token. Raises PatternError."""
    source = str(token)
    if token.type == "REGEX":
        return Expression(Regex(source[1:-1]))
    if token.type == "STRING":
        return _wildcards(unquote(source))
    if NUMBER.fullmatch(source):
        return Number(number(source), source)
    if source == "*":
        return Anything()
    if "+" in source:
        raise PatternError(f"Invalid character(s) in term {source!r}: quote it")
    return _wildcards(source)


def _wildcards(text: str) -> Text:
    leading = text.startswith("*")
    text = text[leading:]
    trailing = text.endswith("*")
    return Text(text[: len(text) - trailing], leading, trailing)


@dataclass(frozen=True, slots=True)
class Comparison:
    """An operator with its right-hand side; ``holds(value)`` applies it to one scalar value."""

    operator: str
    right: Operand

    def __post_init__(self) -> None:
        if self.operator in ORDERING and not isinstance(self.right, Number):
            raise PatternError(f"Invalid filter pattern: {self.operator} needs a number")

    def holds(self, value: Json) -> bool:
        if isinstance(value, list | dict) and not isinstance(self.right, Anything):
            return False
        if self.operator in ORDERING and isinstance(self.right, Number):
            return self.right.orders(self.operator, value)
        return self.right.equals(value) is (self.operator == "=")
