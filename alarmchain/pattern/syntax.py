"""The tree of a filter pattern.

Every node is frozen; `str(node)` is its canonical text, which parses back to an equal node.
The tree knows no parentheses: `And` and `Or` are flat and never hold a node of their own kind.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from alarmchain.pattern.regex import Regex

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


class Wildcard(Enum):
    """A step that asks "any": `[*]` any element of an array, `.*` any member of an object."""

    ELEMENT = "[*]"
    MEMBER = ".*"


Step = str | int | Wildcard


@dataclass(frozen=True, slots=True)
class Selector:
    """The way to a field: names, array indices (0-based) and wildcards, from the record's root.

    `undotted` marks `$['key']` written without the dot, a form that AWS does not document.
    """

    steps: tuple[Step, ...]
    undotted: bool = False

    @property
    def has_wildcard(self) -> bool:
        """Whether any step asks "any"."""
        return any(isinstance(step, Wildcard) for step in self.steps)

    def __str__(self) -> str:
        return "$" + "".join(self._step(step) for step in self.steps)

    def _step(self, step: Step) -> str:
        if isinstance(step, Wildcard):
            return step.value
        if isinstance(step, int):
            return f"[{step}]"
        if self.undotted:
            return f"['{step}']"
        return f".{step}" if _PLAIN_NAME.fullmatch(step) else f".['{step}']"


@dataclass(frozen=True, slots=True)
class Text:
    """A string to compare with; a `*` at its start or end stands for any run of characters.

    `bare` marks a word without quotes that holds characters for which AWS documents quotes.
    """

    text: str
    bare: bool = False

    @property
    def leading(self) -> bool:
        """Whether any text may stand before the literal part."""
        return self.text.startswith("*")

    @property
    def trailing(self) -> bool:
        """Whether any text may stand after the literal part."""
        return self.text.endswith("*")

    @property
    def literal(self) -> str:
        """The text between the wildcards."""
        return self.text[1 if self.leading else 0 :].removesuffix("*")

    def accepts(self, value: str) -> bool:
        """Whether the string `value` equals this text, its wildcards counted in."""
        literal = self.literal
        if self.leading and self.trailing:
            return literal in value
        if self.leading:
            return value.endswith(literal)
        if self.trailing:
            return value.startswith(literal)
        return value == literal

    def __str__(self) -> str:
        return self.text if self.bare else f'"{self.text}"'


@dataclass(frozen=True, slots=True)
class Number:
    """A number to compare with, as written (`1e-3`, `-4.5`)."""

    text: str

    @property
    def value(self) -> float:
        """The number itself."""
        return float(self.text)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Compare:
    """`selector operator value`; `=` and `!=` take every kind of value, the others numbers."""

    selector: Selector
    operator: str
    value: Text | Number | Regex

    def __str__(self) -> str:
        return f"{self.selector} {self.operator} {self.value}"


@dataclass(frozen=True, slots=True)
class Exists:
    """`selector = *`: the field exists."""

    selector: Selector

    def __str__(self) -> str:
        return f"{self.selector} = *"


@dataclass(frozen=True, slots=True)
class NotExists:
    """`selector NOT EXISTS`. `keywords` holds the words as written where not in upper case."""

    selector: Selector
    keywords: str = "NOT EXISTS"

    def __str__(self) -> str:
        return f"{self.selector} {self.keywords}"


@dataclass(frozen=True, slots=True)
class Is:
    """`selector IS NULL|TRUE|FALSE`. `keywords` and `literal` as written."""

    selector: Selector
    literal: str
    keywords: str = "IS"

    @property
    def value(self) -> bool | None:
        """The JSON value asked for: None, True or False."""
        return {"NULL": None, "TRUE": True, "FALSE": False}[self.literal.upper()]

    def __str__(self) -> str:
        return f"{self.selector} {self.keywords} {self.literal}"


Atom = Compare | Exists | NotExists | Is


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more conditions (of a pattern: comparisons and `Or`s)."""

    items: tuple[Any, ...]

    def __str__(self) -> str:
        return " && ".join(f"({item})" for item in self.items)


@dataclass(frozen=True, slots=True)
class Or:
    """Any of two or more conditions (of a pattern: comparisons and `And`s)."""

    items: tuple[Any, ...]

    def __str__(self) -> str:
        return " || ".join(f"({item})" for item in self.items)


Condition = And | Or | Atom


@dataclass(frozen=True, slots=True)
class JsonPattern:
    """`{ condition }`: a condition on the fields of a JSON record."""

    condition: Condition

    def atoms(self) -> Iterator[Atom]:
        """Every comparison of the pattern, from left to right, repeats included."""
        waiting: list[Condition] = [self.condition]
        while waiting:
            node = waiting.pop()
            if isinstance(node, And | Or):
                waiting.extend(reversed(node.items))
            else:
                yield node

    def __str__(self) -> str:
        return f"{{ {self.condition} }}"


@dataclass(frozen=True, slots=True)
class Term:
    """A piece of text to look for in the raw event; `kind` is "" (required), "?" or "-"."""

    kind: str
    what: str | Regex

    def __str__(self) -> str:
        what = f'"{self.what}"' if isinstance(self.what, str) else str(self.what)
        return f"{self.kind}{what}"


@dataclass(frozen=True, slots=True)
class TextPattern:
    """Terms looked for in the raw text of the event; without terms it matches every event."""

    terms: tuple[Term, ...]

    def __str__(self) -> str:
        return " ".join(str(term) for term in self.terms)


@dataclass(frozen=True, slots=True)
class SpacePattern:
    """`[field, field = value, ...]`: for space-delimited events; on JSON nothing is documented."""

    text: str

    def __str__(self) -> str:
        return self.text


Pattern = JsonPattern | TextPattern | SpacePattern
