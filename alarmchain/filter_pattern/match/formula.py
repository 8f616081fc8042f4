"""A pattern of any kind as one formula of and, or and leaves, and its truth on a record."""

from alarmchain.filter_pattern import undocumented as t
from alarmchain.filter_pattern.ast import And, Atom, JsonPattern, Or, Pattern, Term, TextPattern
from alarmchain.filter_pattern.match.raw_text import Event, mentions, negated
from alarmchain.filter_pattern.match.semantics import find, truth, wording
from alarmchain.records.record_class import Json
from alarmchain.three_valued import YES, Truth, conjunction, disjunction

Leaf = Atom | Term | Truth
"""A comparison, a term of a text pattern, or a truth that no record changes."""
Formula = And | Or | Leaf


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
        # Beside excluded terms alone they may count, or be ignored as beside plain ones.
        parts.append(Or((*optional, t.MIXED_TERMS) if excluded else tuple(optional)))
    return And(tuple(parts)) if parts else YES


def evaluate(node: Formula, record: Json) -> Truth:
    """The formula's truth on one record."""
    return _evaluate(node, Event(record))


def _evaluate(node: Formula, event: Event) -> Truth:
    if not isinstance(node, And | Or):
        return leaf_truth(node, event)
    fold = conjunction if isinstance(node, And) else disjunction
    return fold(_evaluate(item, event) for item in node.items)


def leaf_truth(leaf: Leaf, event: Event) -> Truth:
    """The truth of one leaf on one record."""
    if isinstance(leaf, Truth):
        return leaf
    if isinstance(leaf, Term):
        found = mentions(leaf.what, event)
        return negated(found) if leaf.kind == "-" else found
    doubt = wording(leaf)
    return truth(leaf, find(event.record, leaf.selector.steps)) if doubt is None else doubt
