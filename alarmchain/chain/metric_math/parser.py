"""A recursive-descent parser of metric math, which evaluates the expression as it parses.

Source: CloudWatch user guide, "Using math expressions with CloudWatch metrics". The length and
depth are limited.
"""

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
_LONGEST, _MAX_DEPTH = 2048, 40
_LEVELS = (("OR", "||"), ("AND", "&&"), ("==", "!=", "<=", ">=", "<", ">"), ("+", "-"), ("*", "/"))
"""Binary operators by precedence, the lowest first."""

Token = tuple[str, str]


def tokens(expression: str) -> list[Token]:
    """Return (kind, text) of each token. Raises Undecided if the expression is not metric math."""
    result: list[Token] = []
    end = 0
    source = expression.strip()
    if len(source) > _LONGEST:
        raise Undecided("its expression is too long")
    if re.match(r"SELECT\b", source, re.IGNORECASE):
        raise Undecided("a Metrics Insights query is not supported")
    while end < len(source):
        match = _TOKEN.match(source, end)
        if match is None or match.lastgroup is None:
            raise _unreadable(source[end : end + 12])
        result.append((match.lastgroup, match[match.lastgroup]))
        end = match.end()
    return result


def identifiers(expression: str) -> set[str]:
    """Return the Ids that the expression names."""
    return {text for kind, text in tokens(expression) if kind == "id"}


def _unreadable(at: str) -> Undecided:
    return Undecided(f"its expression cannot be read at {repr(at) if at else 'the end'}")


def compute(
    expression: Sequence[Token],
    values: Mapping[str, Value],
    metrics: Callable[[str], tuple[Series, ...]],
    period: int | None,
) -> Value:
    """Return the value of an expression, given as its tokens.

    `values`: of the Ids that it names. `metrics`: returns METRICS(text). `period`: seconds. Raises
    Undecided.
    """
    parser = _Parser(expression, values, metrics, period)
    value = parser.binary(0)
    if parser.peek() != ("", ""):
        raise _unreadable(parser.peek()[1])
    return value


class _Parser:
    def __init__(
        self,
        tokens: Sequence[Token],
        values: Mapping[str, Value],
        metrics: Callable[[str], tuple[Series, ...]],
        period: int | None,
    ) -> None:
        self.tokens, self.values, self.metrics, self.period = tokens, values, metrics, period
        self.position = self.depth = 0

    def peek(self) -> Token:
        return self.tokens[self.position] if self.position < len(self.tokens) else ("", "")

    def take(self, *texts: str) -> str:
        """Consume and return the next token's text if it is one of these, else return ""."""
        kind, text = self.peek()
        if kind in ("sign", "word") and text in texts:
            self.position += 1
            return text
        return ""

    def expect(self, text: str) -> None:
        if not self.take(text):
            raise Undecided(f"its expression lacks {text!r}")

    def binary(self, level: int) -> Value:
        """Evaluate operators of one precedence, from left to right."""
        if level == len(_LEVELS):
            return self.unary()
        value = self.binary(level + 1)
        while sign := self.take(*_LEVELS[level]):
            value = operate(sign, value, self.binary(level + 1))
        return value

    def unary(self) -> Value:
        """Evaluate an operand with its signs."""
        negative = False
        while self.take("-"):
            negative = not negative
        value = self.operand()
        if self.take("^"):
            raise Undecided("its expression has a power, which is not supported")
        return each(Interval.__neg__, value) if negative else value

    def operand(self) -> Value:
        """Evaluate a number, an Id, an array, parentheses or a function."""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise Undecided("its expression is nested too deeply")
        kind, text = self.peek()
        self.position += 1
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
            raise _unreadable(text)
        self.depth -= 1
        return value

    def array(self) -> tuple[Series, ...]:
        """Evaluate [m1, METRICS("x"), ...]."""
        series: list[Series] = []
        for value in self.arguments("]"):
            if isinstance(value, Interval):
                raise Undecided("its expression has a number in an array")
            series.extend(value if isinstance(value, tuple) else (value,))
        return tuple(series)

    def arguments(self, end: str) -> list[Value]:
        values: list[Value] = []
        while not self.take(end):
            if values:
                self.expect(",")
            values.append(self.binary(0))
        return values

    def function(self, name: str) -> Value:
        self.expect("(")
        if name == "METRICS":
            return self.metrics(self.label())
        if name == "FILL":
            return self.filled()
        if name == "PERIOD":
            return self.length()
        if name not in FUNCTIONS:
            raise Undecided(f"the function {name} in its expression is not supported")
        return FUNCTIONS[name](self.arguments(")"))

    def label(self) -> str:
        kind, text = self.peek()
        if kind == "text":
            self.position += 1
        self.expect(")")
        return text[1:-1] if kind == "text" else ""

    def filled(self) -> Value:
        """Evaluate FILL(series or array, number or series)."""
        value = self.binary(0)
        self.expect(",")
        if word := self.take("REPEAT", "LINEAR"):
            raise Undecided(f"FILL with {word} keeps an event's value after the event")
        filler = single(self.binary(0))
        self.expect(")")
        if isinstance(value, Interval):
            raise Undecided("its expression fills a number")
        if isinstance(value, tuple):
            return tuple(fill(series, filler) for series in value)
        return fill(value, filler)

    def length(self) -> Value:
        """Evaluate PERIOD(m1), in seconds."""
        self.arguments(")")
        if self.period is None:
            raise Undecided("the period of its metrics is not known")
        return exactly(self.period)
