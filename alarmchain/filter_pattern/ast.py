"""The tree of a filter pattern.

Every node is frozen; `str(node)` is its canonical text: the shortest, so that the canonical text
of a pattern within AWS's limit on length is within it too, and parses back to an equal tree.
The tree knows no parentheses: `And` and `Or` are flat and never hold a node of their own kind.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from alarmchain.filter_pattern.literals import Number, Text
from alarmchain.filter_pattern.regex import Regex

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN_TERM = re.compile(r"[A-Za-z0-9_]+")


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
class Compare:
    """`selector operator value`; `=` and `!=` take every kind of value, the others numbers."""

    selector: Selector
    operator: str
    value: Text | Number | Regex

    def __str__(self) -> str:
        # A bare star after "=" would ask for existence.
        star = self.operator == "=" and self.value == Text("*")
        value = '"*"' if star else self.value
        return f"{self.selector}{self.operator}{value}"


@dataclass(frozen=True, slots=True)
class Exists:
    """`selector = *`: the field exists."""

    selector: Selector

    def __str__(self) -> str:
        return f"{self.selector}=*"


@dataclass(frozen=True, slots=True)
class NotExists:
    """`selector NOT EXISTS`. `keywords` holds the words as written."""

    selector: Selector
    keywords: str = "NOT EXISTS"

    def __str__(self) -> str:
        return _with_keywords(self.selector, self.keywords)


@dataclass(frozen=True, slots=True)
class Is:
    """`selector IS NULL|TRUE|FALSE`. `keywords` holds the words as written."""

    selector: Selector
    keywords: str

    @property
    def value(self) -> bool | None:
        """The JSON value asked for: None, True or False."""
        return {"NULL": None, "TRUE": True, "FALSE": False}[self.keywords.upper().split()[1]]

    def __str__(self) -> str:
        return _with_keywords(self.selector, self.keywords)


Atom = Compare | Exists | NotExists | Is


def _with_keywords(selector: Selector, keywords: str) -> str:
    written = str(selector)
    # Only a name runs on into a keyword.
    return f"{written}{keywords}" if written[-1] in "]*" else f"{written} {keywords}"


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more conditions (of a pattern: comparisons and `Or`s)."""

    items: tuple[Any, ...]

    def __str__(self) -> str:
        return _written(self)


@dataclass(frozen=True, slots=True)
class Or:
    """Any of two or more conditions (of a pattern: comparisons and `And`s)."""

    items: tuple[Any, ...]

    def __str__(self) -> str:
        return _written(self)


Condition = And | Or | Atom


def _written(node: Condition) -> str:
    if isinstance(node, Or):
        return "||".join([_written(item) for item in node.items])
    if isinstance(node, And):
        return "&&".join(
            [f"({_written(item)})" if isinstance(item, Or) else str(item) for item in node.items]
        )
    return str(node)


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
        return f"{{{self.condition}}}"


@dataclass(frozen=True, slots=True)
class Term:
    """A piece of text to look for in the raw event; `kind` is "" (required), "?" or "-"."""

    kind: str
    what: str | Regex

    def __str__(self) -> str:
        quoted = isinstance(self.what, str) and not _PLAIN_TERM.fullmatch(self.what)
        return f'{self.kind}"{self.what}"' if quoted else f"{self.kind}{self.what}"


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
