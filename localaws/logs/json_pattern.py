"""JSON patterns: ``{ ($.eventName = "X*") && ($.a[*].b IS TRUE) }``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from lark import Token
from lark.visitors import Transformer, v_args

from localaws.logs.errors import PatternError
from localaws.logs.grammar import JSON_GRAMMAR, parse
from localaws.logs.program import Program, join, run
from localaws.logs.values import Comparison, Expression, Json, number, operand

MAX_WILDCARDS = 3
MAX_REGEXES = 2
_STEP = re.compile(
    r"\.?\['(?P<key>[^']+)'\]|\[(?P<index>[0-9]+|\*)\]|\.(?P<name>\*|[A-Za-z0-9_-]+)"
)


@dataclass(frozen=True, slots=True)
class Member:
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    at: int


@dataclass(frozen=True, slots=True)
class Every:
    """``[*]`` (all elements of an array) or ``.*`` (all members of an object)."""

    of: type[list[Json]] | type[dict[str, Json]]


@dataclass(frozen=True, slots=True)
class Selector:
    """A path into a JSON document. ``find`` returns all its values (at most one without ``*``)."""

    source: str
    steps: tuple[Member | Index | Every, ...]

    def find(self, document: Json) -> list[Json]:
        values = [document]
        for step in self.steps:
            values = [below for value in values for below in _below(value, step)]
        return values

    @property
    def wildcards(self) -> int:
        return sum(isinstance(step, Every) for step in self.steps)


def _below(value: Json, step: Member | Index | Every) -> list[Json]:
    match step, value:
        case Member(name), dict() if name in value:
            return [value[name]]
        case Index(at), list() if at < len(value):
            return [value[at]]
        case Every(of), list() if of is list:
            return value
        case Every(of), dict() if of is dict:
            return list(value.values())
    return []


def selector(source: str) -> Selector:
    """Compile a selector such as ``$.a['b'][0]``, at most one wildcard. Raises PatternError."""
    steps: list[Member | Index | Every] = []
    at = 1 if source.startswith("$") else len(source) + 1
    while at < len(source):
        match = _STEP.match(source, at)
        if not match:
            break
        at = match.end()
        key, index, name = match.group("key", "index", "name")
        if key is not None:
            steps.append(Member(key))
        elif index is not None:
            steps.append(Every(list) if index == "*" else Index(_position(index)))
        else:
            steps.append(Every(dict) if name == "*" else Member(name))
    if at != len(source) or not steps:
        raise PatternError(
            f"Invalid selector {str(source)!r}: expected $.name, [n], [*] or .['key']"
        )
    compiled = Selector(str(source), tuple(steps))
    if compiled.wildcards > 1:
        raise PatternError(f"Invalid selector {str(source)!r}: at most one wildcard in a selector")
    return compiled


def _position(digits: str) -> int:
    """Return an array index. A longer number than any array needs becomes the largest index."""
    return int(digits) if len(digits.lstrip("0")) < 10 else 10**9


@dataclass(frozen=True, slots=True)
class Compare:
    selector: Selector
    comparison: Comparison

    def holds(self, document: Json) -> bool:
        return any(self.comparison.holds(value) for value in self.selector.find(document))


@dataclass(frozen=True, slots=True)
class Is:
    """``IS NULL``, ``IS TRUE``, ``IS FALSE``."""

    selector: Selector
    constant: bool | None

    def holds(self, document: Json) -> bool:
        return any(value is self.constant for value in self.selector.find(document))


@dataclass(frozen=True, slots=True)
class Absent:
    selector: Selector

    def holds(self, document: Json) -> bool:
        return not self.selector.find(document)


type Condition = Compare | Is | Absent


@v_args(inline=True)
class _Builder(Transformer[Token, Program[Condition]]):
    def start(self, program: Program[Condition]) -> Program[Condition]:
        return program

    def either(self, *parts: Program[Condition]) -> Program[Condition]:
        return join(False, list(parts))

    def both(self, *parts: Program[Condition]) -> Program[Condition]:
        return join(True, list(parts))

    def compare(self, where: Token, operator: Token, value: Token) -> Program[Condition]:
        return (Compare(selector(where), Comparison(str(operator), operand(value))),)

    def value(self, token: Token) -> Token:
        return token

    def constant(self, where: Token, constant: Token) -> Program[Condition]:
        value = {"NULL": None, "TRUE": True, "FALSE": False}[constant.type]
        return (Is(selector(where), value),)

    def absent(self, where: Token) -> Program[Condition]:
        return (Absent(selector(where)),)


@dataclass(frozen=True, slots=True)
class JsonPattern:
    """A compiled JSON pattern. A message that is not JSON never matches."""

    program: Program[Condition]

    def matches(self, message: str) -> bool:
        try:
            document = read(message)
        except ValueError:
            return False

        def holds(condition: Condition) -> bool:
            return condition.holds(document)

        return run(self.program, holds)

    def extracted(self, message: str) -> dict[str, str]:
        """Return the values of the pattern's selectors, as TestMetricFilter shows them."""
        document = read(message)
        match: dict[str, str] = {}
        for condition in self.conditions:
            values = condition.selector.find(document)
            if values and not condition.selector.wildcards:
                match[condition.selector.source] = as_text(values[0])
        return match

    @property
    def conditions(self) -> list[Condition]:
        return [step for step in self.program if isinstance(step, Compare | Is | Absent)]


def compile_json(pattern: str) -> JsonPattern:
    """Compile a pattern that starts with ``{``. Raises PatternError."""
    if not pattern.rstrip(" \t\r\n").endswith("}"):
        raise PatternError("If a filter pattern starts with '{' it must end with '}'")
    compiled = JsonPattern(parse(JSON_GRAMMAR, _Builder, pattern))
    wildcards = sum(condition.selector.wildcards for condition in compiled.conditions)
    if wildcards > MAX_WILDCARDS:
        raise PatternError(f"{wildcards} wildcard selectors in a pattern: at most {MAX_WILDCARDS}")
    regexes = sum(
        isinstance(condition, Compare) and isinstance(condition.comparison.right, Expression)
        for condition in compiled.conditions
    )
    if regexes > MAX_REGEXES:
        raise PatternError(f"{regexes} regular expressions in a pattern: at most {MAX_REGEXES}")
    return compiled


def as_text(value: Json) -> str:
    """Return a value as CloudWatch Logs shows it: strings without quotes, the rest as JSON."""
    if isinstance(value, str | Decimal):
        return str(value)
    return json.dumps(value, default=float)


@cache
def _decoder() -> json.JSONDecoder:
    def refuse(constant: str) -> Json:
        raise ValueError(f"{constant} is not JSON")

    return json.JSONDecoder(parse_float=number, parse_int=number, parse_constant=refuse)


def read(message: str) -> Json:
    """Return the JSON document of a message, with numbers as Decimal.

    Raises ValueError if the message is not JSON or is nested too deeply for Python's reader.
    """
    try:
        return _decoder().decode(message)
    except RecursionError:
        raise ValueError("the JSON document is nested too deeply") from None
