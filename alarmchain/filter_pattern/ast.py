"""The abstract syntax tree of a filter pattern.

Every node is frozen. `str(node)` is its canonical text, which parses to an equal tree. It is never
longer than the text that was parsed, so AWS's limit on length still holds. The tree has no
parentheses: `And` and `Or` are flat and never contain a node of their own kind.
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
    """A step of a selector: `[*]` for any element of an array, `.*` for any member of an object."""

    ELEMENT = "[*]"
    MEMBER = ".*"


Step = str | int | Wildcard


@dataclass(frozen=True, slots=True)
class Selector:
    """The path to a field from the record's root: names, array indices (0-based) and wildcards.

    `undotted` is true for `$['key']` without the dot, a form that AWS does not document.
    """

    steps: tuple[Step, ...]
    undotted: bool = False

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
    """`selector operator value`. Operators other than `=` and `!=` allow only numbers."""

    selector: Selector
    operator: str
    value: Text | Number | Regex

    def __str__(self) -> str:
        # A star without quotes after "=" would mean existence.
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
    """`selector NOT EXISTS`. `keywords` is the text of the keywords as written."""

    selector: Selector
    keywords: str = "NOT EXISTS"

    def __str__(self) -> str:
        return _with_keywords(self.selector, self.keywords)


@dataclass(frozen=True, slots=True)
class Is:
    """`selector IS NULL|TRUE|FALSE`. `keywords` is the text of the keywords as written."""

    selector: Selector
    keywords: str

    @property
    def value(self) -> bool | None:
        """The JSON value that the field must have: None, True or False."""
        return {"NULL": None, "TRUE": True, "FALSE": False}[self.keywords.upper().split()[1]]

    def __str__(self) -> str:
        return _with_keywords(self.selector, self.keywords)


Atom = Compare | Exists | NotExists | Is


def _with_keywords(selector: Selector, keywords: str) -> str:
    text = str(selector)
    # Only after a name is a space needed.
    return f"{text}{keywords}" if text[-1] in "]*" else f"{text} {keywords}"


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more conditions. In a pattern these are comparisons and `Or`s."""

    items: tuple[Any, ...]

    def __str__(self) -> str:
        return _text(self)


@dataclass(frozen=True, slots=True)
class Or:
    """Any of two or more conditions. In a pattern these are comparisons and `And`s."""

    items: tuple[Any, ...]

    def __str__(self) -> str:
        return _text(self)


Condition = And | Or | Atom


def atoms(condition: Condition) -> Iterator[Atom]:
    """Yield the comparisons of the condition from left to right."""
    stack: list[Condition] = [condition]
    while stack:
        node = stack.pop()
        if isinstance(node, And | Or):
            stack += reversed(node.items)
        else:
            yield node


def _text(node: Condition) -> str:
    if isinstance(node, Or):
        return "||".join([_text(item) for item in node.items])
    if isinstance(node, And):
        return "&&".join(
            [f"({_text(item)})" if isinstance(item, Or) else str(item) for item in node.items]
        )
    return str(node)


@dataclass(frozen=True, slots=True)
class JsonPattern:
    """`{ condition }`: a condition on the fields of a JSON record."""

    condition: Condition

    def __str__(self) -> str:
        return f"{{{self.condition}}}"


@dataclass(frozen=True, slots=True)
class Term:
    """A text or expression to find in the raw event.

    `kind` is "" (required), "?" (optional) or "-" (excluded).
    """

    kind: str
    what: str | Regex

    def __str__(self) -> str:
        quoted = isinstance(self.what, str) and not _PLAIN_TERM.fullmatch(self.what)
        return f'{self.kind}"{self.what}"' if quoted else f"{self.kind}{self.what}"


@dataclass(frozen=True, slots=True)
class TextPattern:
    """Terms to find in the raw text of the event. A pattern without terms matches every event."""

    terms: tuple[Term, ...]

    def __str__(self) -> str:
        return " ".join(str(term) for term in self.terms)


@dataclass(frozen=True, slots=True)
class SpacePattern:
    """`[field, field = value, ...]`, for space-delimited events; undocumented for JSON events."""

    text: str

    def __str__(self) -> str:
        return self.text


Pattern = JsonPattern | TextPattern | SpacePattern
