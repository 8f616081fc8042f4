"""A pattern of any kind as one formula of and, or and leaves, and the truth of its leaves."""

import json
from collections.abc import Callable

from alarmchain.pattern import truth as t
from alarmchain.pattern.regex import Regex
from alarmchain.pattern.semantics import find, truth
from alarmchain.pattern.syntax import And, Atom, JsonPattern, Or, Pattern, Term, TextPattern
from alarmchain.pattern.truth import NO, YES, Truth, either, every
from alarmchain.records import Json, leaves

Leaf = Atom | Term | Truth
"""A comparison, a term of a text pattern, or a truth that no record changes."""
Formula = And | Or | Leaf

_STRUCTURE = frozenset("{}[],: \t\r\n")


def formula(pattern: Pattern) -> Formula:
    """The pattern's meaning. A Term stands for "is in the event's text", its "-" for "is not".

    Source for text patterns: CloudWatch Logs user guide, "Using filter patterns to match terms in
    unstructured log events": beside plain terms, every `?` term is ignored.
    """
    if isinstance(pattern, JsonPattern):
        return pattern.condition
    if not isinstance(pattern, TextPattern):
        return t.SPACE_DELIMITED
    required = [term for term in pattern.terms if term.kind == ""]
    optional = [term for term in pattern.terms if term.kind == "?"]
    excluded = [term for term in pattern.terms if term.kind == "-"]
    parts: list[Formula] = [*required, *excluded]
    if optional and not required:
        parts.append(Or(tuple(optional)))
        if excluded:
            parts.append(t.MIXED_TERMS)
    return And(tuple(parts)) if parts else YES


def evaluate(node: Formula, leaf: Callable[[Leaf], Truth]) -> Truth:
    """The formula's truth, given that of its leaves."""
    if isinstance(node, And):
        return every(evaluate(item, leaf) for item in node.items)
    if isinstance(node, Or):
        return either(evaluate(item, leaf) for item in node.items)
    return leaf(node)


def leaf_truth(leaf: Leaf, record: Json) -> Truth:
    """The truth of one leaf on one record."""
    if isinstance(leaf, Truth):
        return leaf
    if isinstance(leaf, Term):
        found = contains(leaf.what, record)
        return negated(found) if leaf.kind == "-" else found
    return truth(leaf, find(record, leaf.selector))


def negated(found: Truth) -> Truth:
    """Not: yes and no change places, an unknown stays."""
    return found if found.level == 1 else (NO if found.level == 2 else YES)


def depends_on_layout(what: str | Regex) -> bool:
    """Whether a term may span more than one name or value, so that spaces and order matter."""
    return isinstance(what, Regex) or "\\" in what or not _STRUCTURE.isdisjoint(what)


def contains(what: str | Regex, record: Json) -> Truth:
    """Whether a term is in the raw text of the record, however that is laid out."""
    if isinstance(what, Regex):
        if not what.decidable:
            return t.LARGE_REGEX
        # Without anchors an expression found inside one value is found in the whole text.
        inside = not what.anchored and any(what.accepts(text) for text in _strings(record))
        return YES if inside else t.RAW_TEXT
    if "\\" in what:
        return t.BACKSLASH
    if depends_on_layout(what):
        return YES if any(what in text for text in _strings(record)) else t.RAW_TEXT
    layouts = [json.dumps(record, ensure_ascii=ascii_only) for ascii_only in (True, False)]
    found = {what in layout for layout in layouts}
    return t.RAW_TEXT if len(found) > 1 else YES if found == {True} else NO


def _strings(record: Json) -> list[str]:
    """The strings of the record whose text in JSON is the string itself."""
    return [
        value
        for _, value in leaves(record)
        if isinstance(value, str) and json.dumps(value) == f'"{value}"'
    ]
