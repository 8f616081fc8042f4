"""The part of metric math that is computed exactly here.

``+ - * /`` with constants, parentheses, ``FILL(m, number)`` and ``FILL(m, REPEAT)``, ``SUM``,
``MIN``, ``MAX`` and ``AVG`` of ``[m1, m2]`` or ``METRICS()``. Everything else is unsupported.

A value is a number, a series (one number or None for each window, oldest first), or a list of
series. An expression becomes a flat program, so deep nesting cannot exhaust Python's stack.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from lark import Lark, Token
from lark.exceptions import UnexpectedInput
from lark.visitors import Transformer, v_args

type Series = list[float | None]
type Value = float | Series | list[Series]
type Operation = Callable[[list[Any], Mapping[str, Series]], None]

GRAMMAR = r"""
start: sum
?sum: product | sum "+" product -> add | sum "-" product -> subtract
?product: signed | product "*" signed -> multiply | product "/" signed -> divide
?signed: atom | "-" signed -> negate
?atom: NUMBER -> number
     | ID -> metric
     | "(" sum ")"
     | "FILL" "(" sum "," NUMBER ")" -> fill
     | "FILL" "(" sum "," "REPEAT" ")" -> repeat
     | AGGREGATE "(" list ")" -> aggregate
list: "[" ID ("," ID)* "]" | "METRICS" "(" ")" -> every
AGGREGATE.2: "SUM" | "MIN" | "MAX" | "AVG"
ID: /[a-z][A-Za-z0-9_]*/
NUMBER: /[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?/
%ignore /[ \t\r\n]+/
"""


class UnsupportedError(ValueError):
    """The expression is not supported; the message says which part."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression. ``metrics`` are the ids that it uses (METRICS(): all ids)."""

    program: tuple[Operation, ...]
    metrics: frozenset[str]
    takes_every_metric: bool

    def series(self, values: Mapping[str, Series]) -> Series:
        """Return the result for the metrics' series by id. Raises UnsupportedError."""
        stack: list[Any] = []
        for operation in self.program:
            operation(stack, values)
        (result,) = stack
        if not isinstance(result, list):
            raise UnsupportedError("the expression is a constant, not a time series")
        return result


def compile_expression(text: str) -> Expression:
    """Compile a metric math expression. Raises UnsupportedError."""
    try:
        program, names = cast(_Part, _parser().parse(text))
    except UnexpectedInput:
        raise UnsupportedError(f"metric math is not computed here: {text}") from None
    return Expression(program, names - {"*"}, "*" in names)


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", transformer=_Builder())


type _Part = tuple[tuple[Operation, ...], frozenset[str]]


def _binary(apply: Callable[[float, float], float]) -> Operation:
    def operation(stack: list[Any], _values: Mapping[str, Series]) -> None:
        right, left = stack.pop(), stack.pop()
        stack.append(_zip(left, right, apply))

    return operation


def _zip(left: Any, right: Any, apply: Callable[[float, float], float]) -> Any:
    if not isinstance(left, list) and not isinstance(right, list):
        return _safely(apply, left, right)
    length = len(left) if isinstance(left, list) else len(right)
    lefts = left if isinstance(left, list) else [left] * length
    rights = right if isinstance(right, list) else [right] * length
    return [_safely(apply, a, b) for a, b in zip(lefts, rights, strict=True)]


def _safely(
    apply: Callable[[float, float], float], left: float | None, right: float | None
) -> float | None:
    """Combine two series, with a gap where a side has a gap or the divisor is zero."""
    if left is None or right is None:
        return None
    try:
        return apply(left, right)
    except (ZeroDivisionError, OverflowError):
        return None


def _average(values: Sequence[float]) -> float:
    return sum(values) / len(values)


_AGGREGATES: dict[str, Callable[[Sequence[float]], float]] = {
    "SUM": sum,
    "MIN": min,
    "MAX": max,
    "AVG": _average,
}


def _filled(series: Any, constant: float | None) -> Any:
    if not isinstance(series, list):
        return series
    out: Series = []
    for value in series:
        previous = out[-1] if out else None
        filler = constant if constant is not None else previous
        out.append(filler if value is None else value)
    return out


@v_args(inline=True)
class _Builder(Transformer[Token, _Part]):
    def start(self, part: _Part) -> _Part:
        return part

    def number(self, token: Token) -> _Part:
        constant = float(token)
        return (lambda stack, _: stack.append(constant),), frozenset()

    def metric(self, token: Token) -> _Part:
        name = str(token)
        return (lambda stack, values: stack.append(values[name]),), frozenset({name})

    def add(self, left: _Part, right: _Part) -> _Part:
        return self._join(left, right, operator.add)

    def subtract(self, left: _Part, right: _Part) -> _Part:
        return self._join(left, right, operator.sub)

    def multiply(self, left: _Part, right: _Part) -> _Part:
        return self._join(left, right, operator.mul)

    def divide(self, left: _Part, right: _Part) -> _Part:
        return self._join(left, right, operator.truediv)

    def negate(self, part: _Part) -> _Part:
        return self._join(self.number(Token("NUMBER", "0")), part, operator.sub)

    def fill(self, part: _Part, token: Token) -> _Part:
        return self._fill(part, float(token))

    def repeat(self, part: _Part) -> _Part:
        return self._fill(part, None)

    def list(self, *tokens: Token) -> _Part:
        names = [str(token) for token in tokens]
        return (lambda stack, values: stack.append([values[n] for n in names]),), frozenset(names)

    def every(self) -> _Part:
        return (lambda stack, values: stack.append(list(values.values())),), frozenset({"*"})

    def aggregate(self, token: Token, part: _Part) -> _Part:
        apply = _AGGREGATES[str(token)]

        def operation(stack: list[Any], _values: Mapping[str, Series]) -> None:
            columns = zip(*stack.pop(), strict=True)
            present = [[v for v in column if v is not None] for column in columns]
            stack.append([apply(column) if column else None for column in present])

        return (*part[0], operation), part[1]

    def _join(self, left: _Part, right: _Part, apply: Callable[[float, float], float]) -> _Part:
        return (*left[0], *right[0], _binary(apply)), left[1] | right[1]

    def _fill(self, part: _Part, constant: float | None) -> _Part:
        def operation(stack: list[Any], _values: Mapping[str, Series]) -> None:
            stack.append(_filled(stack.pop(), constant))

        return (*part[0], operation), part[1]
