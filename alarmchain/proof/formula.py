"""The question of a proof as one formula: a record escapes if the formula is false for it.

The formula says "the record does not belong to the class, or is exempted, or a filter matches it".
Negation is pushed down to the leaves, so that only a leaf is ever negated.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from alarmchain.filter_pattern.ast import And, Atom, Or, Pattern, Term
from alarmchain.filter_pattern.match.match import formula, leaf_truth
from alarmchain.filter_pattern.match.raw_text import Event
from alarmchain.three_valued import Truth, conjunction, disjunction, negation

Leaf = Atom | Term | Truth


@dataclass(frozen=True, slots=True)
class Not:
    """The negation of a leaf."""

    leaf: Leaf


Formula = And | Or | Not | Leaf


def escape_formula(
    belongs: Pattern | None, exemptions: Sequence[Pattern], filters: Sequence[Pattern]
) -> Or:
    """Return the formula that is false for a record that escapes.

    `belongs` matches the records of the class; None if all records do that the schema allows.
    """
    outside = () if belongs is None else (negated(formula(belongs)),)
    return Or((*outside, *(formula(pattern) for pattern in (*exemptions, *filters))))


def negated(node: Formula) -> Formula:
    """Return the negation of a formula, by De Morgan's laws."""
    if isinstance(node, And):
        return Or(tuple(negated(item) for item in node.items))
    if isinstance(node, Or):
        return And(tuple(negated(item) for item in node.items))
    if isinstance(node, Truth):
        return negation(node)
    return node.leaf if isinstance(node, Not) else Not(node)


def evaluate(node: Formula, event: Event) -> Truth:
    """Return the formula's truth on one record."""
    if isinstance(node, And):
        return conjunction(evaluate(item, event) for item in node.items)
    if isinstance(node, Or):
        return disjunction(evaluate(item, event) for item in node.items)
    if isinstance(node, Not):
        return negation(leaf_truth(node.leaf, event))
    return leaf_truth(node, event)
