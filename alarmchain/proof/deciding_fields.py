"""Which fields let a record escape."""

from collections.abc import Container

from alarmchain.filter_pattern.ast import And, Or, Term
from alarmchain.filter_pattern.match.formula import Formula, Leaf, leaf_truth
from alarmchain.filter_pattern.match.raw_text import Event
from alarmchain.records.record_class import Json
from alarmchain.three_valued import Truth


def deciding(root: Formula, record: Json, known: Container[object] = ()) -> tuple[str, ...]:
    """The selectors (or terms) whose values let the record escape, in the pattern's order.

    Fields named in `known` are given with the question: they are told only if all others hold.
    """
    failing = _blame(root, Event(record))
    free = [leaf for leaf in failing if not _is_known(leaf, known)]
    return tuple(dict.fromkeys(_name(leaf) for leaf in free or failing))


def _is_known(leaf: Leaf, known: Container[object]) -> bool:
    return not isinstance(leaf, Term | Truth) and leaf.selector.steps[0] in known


def _blame(node: Formula, event: Event) -> list[Leaf]:
    """The leaves that make the node fail, none where it does not: all of an "or", of an "and" those
    of the branch that fails with the fewest."""
    if isinstance(node, Or):
        failing = [_blame(item, event) for item in node.items]
        return [leaf for leaves in failing for leaf in leaves] if all(failing) else []
    if isinstance(node, And):
        failing = [_blame(item, event) for item in node.items]
        return min((leaves for leaves in failing if leaves), key=len, default=[])
    return [node] if leaf_truth(node, event).is_no else []


def _name(leaf: Leaf) -> str:
    return str(leaf) if isinstance(leaf, Term | Truth) else str(leaf.selector)
