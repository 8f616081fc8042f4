"""Space-delimited patterns: ``[ip, ..., status = 4* && status != 404, bytes > 1000]``.

Our choices where AWS's documentation says nothing: at most one ellipsis; an empty field is a field
without a name; a condition can only use a field of the pattern.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lark import Token
from lark.visitors import Transformer, v_args

from localaws.logs.errors import PatternError
from localaws.logs.grammar import SPACE_GRAMMAR, parse
from localaws.logs.json_pattern import MAX_REGEXES
from localaws.logs.program import Program, join, run
from localaws.logs.values import NUMBER, Comparison, Expression, Json, Number, number, operand

# A field of a message: in brackets, in quotes, or up to the next white space.
_FIELD = re.compile(r'\[([^\]]*)\]|"([^"]*)"|(\S+)')


@dataclass(frozen=True, slots=True)
class Named:
    name: str
    comparison: Comparison

    def holds(self, fields: dict[str, str]) -> bool:
        if self.name not in fields:
            return False
        text = fields[self.name]
        numeric = isinstance(self.comparison.right, Number) and NUMBER.fullmatch(text)
        value: Json = number(text) if numeric else text
        return self.comparison.holds(value)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the pattern. ``ellipsis`` matches any number of fields."""

    name: str | None = None
    ellipsis: bool = False
    program: Program[Named] = ()


@dataclass(frozen=True, slots=True)
class SpacePattern:
    fields: tuple[Field, ...]

    def matches(self, message: str) -> bool:
        values = self._assign(message)
        if values is None:
            return False
        programs = [field.program for field in self.fields if field.program]
        return all(run(program, lambda c: c.holds(values)) for program in programs)

    def extracted(self, message: str) -> dict[str, str]:
        return {f"${name}": text for name, text in (self._assign(message) or {}).items()}

    def _assign(self, message: str) -> dict[str, str] | None:
        """Return the message's fields by name or number; None if their number does not match."""
        values = [next(g for g in m.groups() if g is not None) for m in _FIELD.finditer(message)]
        gap = next((at for at, field in enumerate(self.fields) if field.ellipsis), None)
        spare = len(values) - len(self.fields) + (gap is not None)
        if spare < 0 or (spare and gap is None):
            return None
        names: list[str | None] = [field.name for field in self.fields]
        if gap is not None:
            names[gap : gap + 1] = [None] * spare
        pairs = zip(names, values, strict=True)
        return {name or str(at): text for at, (name, text) in enumerate(pairs, 1)}


@v_args(inline=True)
class _Builder(Transformer[Token, SpacePattern]):
    def compare(self, name: Token, operator: Token, value: Token) -> Program[Named]:
        return (Named(str(name), Comparison(str(operator), operand(value))),)

    def value(self, token: Token) -> Token:
        return token

    def either(self, *parts: Program[Named]) -> Program[Named]:
        return join(False, list(parts))

    def both(self, *parts: Program[Named]) -> Program[Named]:
        return join(True, list(parts))

    def field(self, content: Token | Program[Named] | None = None) -> Field:
        if content is None:
            return Field()
        if isinstance(content, Token):
            ellipsis = content.type == "ELLIPSIS"
            return Field(None if ellipsis else str(content), ellipsis)
        first = next(step for step in content if isinstance(step, Named))
        return Field(first.name, program=content)

    def start(self, *fields: Field) -> SpacePattern:
        return SpacePattern(fields)


def compile_space(pattern: str) -> SpacePattern:
    """Compile a pattern that starts with ``[``. Raises PatternError."""
    compiled = parse(SPACE_GRAMMAR, _Builder, pattern)
    if sum(field.ellipsis for field in compiled.fields) > 1:
        raise PatternError(
            "Invalid filter pattern: more than one '...' in a space-delimited pattern"
        )
    conditions = [
        step for field in compiled.fields for step in field.program if isinstance(step, Named)
    ]
    names = {field.name for field in compiled.fields}
    for condition in conditions:
        if condition.name not in names:
            raise PatternError(f"Invalid filter pattern: no field is named {condition.name!r}")
    regexes = sum(isinstance(c.comparison.right, Expression) for c in conditions)
    if regexes > MAX_REGEXES:
        raise PatternError(f"{regexes} regular expressions in a pattern: at most {MAX_REGEXES}")
    return compiled
