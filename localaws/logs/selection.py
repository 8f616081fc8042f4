"""``fieldSelectionCriteria``: the events that a metric filter evaluates, by their system fields.

``@aws.account = "1" AND @aws.region NOT IN ["us-east-1", "eu-west-1"]``; AND binds tighter than
OR. Values can have quotes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lark import Token
from lark.visitors import Transformer, v_args

from localaws.logs.grammar import parse, unquote
from localaws.logs.program import Program, join, run

GRAMMAR = r"""
start: either
either: both (_OR both)*
both: _primary (_AND _primary)*
_primary: "(" either ")" | test
test: FIELD OPERATOR value
    | FIELD NOT? IN "[" value ("," value)* "]" -> among
value: STRING | BARE
FIELD: "@aws.account" | "@aws.region"
OPERATOR: "!=" | "="
NOT: /not\b/i
IN: /in\b/i
_AND: /and\b/i
_OR: /or\b/i
STRING: /"(\\.|[^"\\])*"|'[^']*'/s
BARE: /[A-Za-z0-9_-]+/
%ignore /[ \t\r\n]+/
"""


@dataclass(frozen=True, slots=True)
class Test:
    field: str
    values: tuple[str, ...]
    expected: bool


@v_args(inline=True)
class _Builder(Transformer[Token, Program[Test]]):
    def start(self, program: Program[Test]) -> Program[Test]:
        return program

    def either(self, *parts: Program[Test]) -> Program[Test]:
        return join(False, list(parts))

    def both(self, *parts: Program[Test]) -> Program[Test]:
        return join(True, list(parts))

    def test(self, field: Token, operator: Token, value: str) -> Program[Test]:
        return (Test(str(field), (value,), operator == "="),)

    def among(self, field: Token, *rest: Token | str) -> Program[Test]:
        negated = isinstance(rest[0], Token) and rest[0].type == "NOT"
        values = tuple(str(value) for value in rest[2 if negated else 1 :])
        return (Test(str(field), values, not negated),)

    def value(self, token: Token) -> str:
        return unquote(token) if token.type == "STRING" else str(token)


@dataclass(frozen=True, slots=True)
class Criteria:
    """Compiled criteria; ``admits({"@aws.account": ..., "@aws.region": ...})`` decides."""

    program: Program[Test]

    def admits(self, fields: Mapping[str, str]) -> bool:
        return run(self.program, lambda test: (fields[test.field] in test.values) is test.expected)


def compile_criteria(text: str) -> Criteria:
    """Compile the criteria. Raises PatternError."""
    return Criteria(parse(GRAMMAR, _Builder, text))
