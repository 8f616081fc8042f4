"""The language of metric math: read and computed in one pass, within bounds on depth."""

import re
from collections.abc import Callable, Mapping, Sequence
from math import inf

from alarmchain.chain.metric.interval import Interval, exactly
from alarmchain.chain.metric.time_series import Series, Undecided
from alarmchain.chain.metric_math.array_functions import FUNCTIONS, fill, single
from alarmchain.chain.metric_math.functions import Value, each, operate

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|(?P<id>[a-z][A-Za-z0-9_]*)"
    r"|(?P<word>[A-Z][A-Z0-9_]*)|(?P<text>\"[^\"]*\"|'[^']*')"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/^<>()\[\],]))"
)
_LONGEST, _DEEPEST = 2048, 40
_LEVELS = (("OR", "||"), ("AND", "&&"), ("==", "!=", "<=", ">=", "<", ">"), ("+", "-"), ("*", "/"))
"""Binary operators, the loosest first."""

Token = tuple[str, str]


def tokens(expression: str) -> list[Token]:
    """(kind, text) of each token; Undecided where the expression is none of metric math."""
    found: list[Token] = []
    end = 0
    source = expression.strip()
    if len(source) > _LONGEST:
        raise Undecided("its expression is too long")
    if re.match(r"SELECT\b", source, re.IGNORECASE):
        raise Undecided("evaluates a Metrics Insights query")
    while end < len(source):
        match = _TOKEN.match(source, end)
        if match is None or match.lastgroup is None:
            raise Undecided(f"its expression can't be read at {source[end : end + 12]!r}")
        found.append((match.lastgroup, match[match.lastgroup]))
        end = match.end()
    return found


def identifiers(expression: str) -> set[str]:
    """The Ids that the expression names."""
    return {text for kind, text in tokens(expression) if kind == "id"}


def compute(
    found: Sequence[Token],
    values: Mapping[str, Value],
    metrics: Callable[[str], tuple[Series, ...]],
    period: int | None,
) -> Value:
    """The value of an expression. `values`: of the Ids it names. `metrics`: METRICS(text)."""
    reader = _Reader(found, values, metrics, period)
    value = reader.binary(0)
    if reader.peek() != ("", ""):
        raise Undecided(f"its expression can't be read at {reader.peek()[1]!r}")
    return value


class _Reader:
    def __init__(
        self,
        found: Sequence[Token],
        values: Mapping[str, Value],
        metrics: Callable[[str], tuple[Series, ...]],
        period: int | None,
    ) -> None:
        self.found, self.values, self.metrics, self.period = found, values, metrics, period
        self.place = self.depth = 0

    def peek(self) -> Token:
        return self.found[self.place] if self.place < len(self.found) else ("", "")

    def take(self, *texts: str) -> str:
        """The next token's text if it is one of these, else ""."""
        kind, text = self.peek()
        if kind in ("sign", "word") and text in texts:
            self.place += 1
            return text
        return ""

    def expect(self, text: str) -> None:
        if not self.take(text):
            raise Undecided(f"its expression lacks {text!r}")

    def binary(self, level: int) -> Value:
        """A chain of operators of one level, from left to right."""
        if level == len(_LEVELS):
            return self.unary()
        value = self.binary(level + 1)
        while sign := self.take(*_LEVELS[level]):
            value = operate(sign, value, self.binary(level + 1))
        return value

    def unary(self) -> Value:
        """A sign, or an operand."""
        negative = False
        while self.take("-"):
            negative = not negative
        value = self.operand()
        if self.take("^"):
            raise Undecided("its expression has a power")
        return each(Interval.__neg__, value) if negative else value

    def operand(self) -> Value:
        """A number, an Id, an array, parentheses or a function."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Undecided("its expression is nested too deeply")
        kind, text = self.peek()
        self.place += 1
        if kind == "number":
            value: Value = exactly(float(text))
            if float(text) == inf:
                raise Undecided("its expression has a number out of range")
        elif kind == "id":
            value = self.values[text]
        elif kind == "word":
            value = self.function(text)
        elif text == "(":
            value = self.binary(0)
            self.expect(")")
        elif text == "[":
            value = self.array()
        else:
            raise Undecided(f"its expression can't be read at {text or 'its end'!r}")
        self.depth -= 1
        return value

    def array(self) -> tuple[Series, ...]:
        """[m1, METRICS("x"), ...]"""
        found: list[Series] = []
        for value in self.arguments("]"):
            if isinstance(value, Interval):
                raise Undecided("its expression has a number in an array")
            found.extend(value if isinstance(value, tuple) else (value,))
        return tuple(found)

    def arguments(self, end: str) -> list[Value]:
        found: list[Value] = []
        while not self.take(end):
            if found:
                self.expect(",")
            found.append(self.binary(0))
        return found

    def function(self, name: str) -> Value:
        self.expect("(")
        if name == "METRICS":
            return self.metrics(self.label())
        if name == "FILL":
            return self.filled()
        if name == "PERIOD":
            return self.length()
        if name not in FUNCTIONS:
            raise Undecided(f"{name} in its expression can't be decided for one event")
        return FUNCTIONS[name](self.arguments(")"))

    def label(self) -> str:
        kind, text = self.peek()
        if kind == "text":
            self.place += 1
        self.expect(")")
        return text[1:-1] if kind == "text" else ""

    def filled(self) -> Value:
        """FILL(series or array, number or series)"""
        value = self.binary(0)
        self.expect(",")
        if word := self.take("REPEAT", "LINEAR"):
            raise Undecided(f"FILL with {word} keeps an event's value after it")
        filler = single(self.binary(0))
        self.expect(")")
        if isinstance(value, Interval):
            raise Undecided("its expression fills a number")
        if isinstance(value, tuple):
            return tuple(fill(one, filler) for one in value)
        return fill(value, filler)

    def length(self) -> Value:
        """PERIOD(m1), in seconds"""
        self.arguments(")")
        if self.period is None:
            raise Undecided("PERIOD in its expression can't be followed")
        return exactly(self.period)
