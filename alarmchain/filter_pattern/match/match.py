"""Match a filter pattern against one record.

A pattern of any kind becomes one formula of `And`, `Or` and leaves. Its truth on a record follows
from the truths of its leaves by three-valued logic.
"""

from alarmchain.filter_pattern import undocumented
from alarmchain.filter_pattern.ast import And, Atom, JsonPattern, Or, Pattern, Term, TextPattern
from alarmchain.filter_pattern.match.raw_text import Event, contains_term
from alarmchain.filter_pattern.match.semantics import atom_truth, select, spelling_doubt
from alarmchain.records.record_fields import Json
from alarmchain.three_valued import YES, Truth, conjunction, disjunction, negation

Leaf = Atom | Term | Truth
"""A comparison, a term of a text pattern, or a truth that is the same for every record."""
Formula = And | Or | Leaf


def match(pattern: Pattern, record: Json) -> Truth:
    """Return whether the pattern matches the JSON record in CloudWatch Logs."""
    return evaluate(formula(pattern), record)


def formula(pattern: Pattern) -> Formula:
    """Return the formula of the pattern.

    In it a Term means "the event's text contains it"; a Term with "-" means "does not contain it".
    Source for text patterns: CloudWatch Logs user guide, "Using filter patterns to match terms in
    unstructured log events". Next to plain terms, CloudWatch Logs ignores every `?` term.
    """
    if isinstance(pattern, JsonPattern):
        return pattern.condition
    if not isinstance(pattern, TextPattern):
        return undocumented.SPACE_DELIMITED
    required = [term for term in pattern.terms if term.kind == ""]
    optional = [term for term in pattern.terms if term.kind == "?"]
    excluded = [term for term in pattern.terms if term.kind == "-"]
    parts: list[Formula] = [*required, *excluded]
    if optional and not required:
        # With excluded terms only, "?" terms may count, or be ignored as they are with plain ones.
        parts.append(Or((*optional, undocumented.MIXED_TERMS) if excluded else tuple(optional)))
    return And(tuple(parts)) if parts else YES


def evaluate(node: Formula, record: Json) -> Truth:
    """Return the truth of the formula on one record."""
    return _evaluate(node, Event(record))


def _evaluate(node: Formula, event: Event) -> Truth:
    if not isinstance(node, And | Or):
        return leaf_truth(node, event)
    combine = conjunction if isinstance(node, And) else disjunction
    return combine(_evaluate(item, event) for item in node.items)


def leaf_truth(leaf: Leaf, event: Event) -> Truth:
    """Return the truth of one leaf on one record."""
    if isinstance(leaf, Truth):
        return leaf
    if isinstance(leaf, Term):
        contained = contains_term(leaf.what, event)
        return negation(contained) if leaf.kind == "-" else contained
    doubt = spelling_doubt(leaf)
    if doubt is not None:
        return doubt
    return atom_truth(leaf, select(event.record, leaf.selector.steps))
