"""Which fields cause a record not to match."""

from collections.abc import Container

from alarmchain.filter_pattern.ast import And, Or, Term
from alarmchain.filter_pattern.match.match import Formula, Leaf, leaf_truth
from alarmchain.filter_pattern.match.raw_text import Event
from alarmchain.records.record_fields import Json
from alarmchain.three_valued import Truth


def deciding_fields(root: Formula, record: Json, known: Container[object] = ()) -> tuple[str, ...]:
    """Return the selectors (or terms) because of which the record does not match.

    They are in the pattern's order. Fields named in `known` are left out if others remain.
    """
    failing = _failing_leaves(root, Event(record))
    unknown = [leaf for leaf in failing if not _is_known(leaf, known)]
    return tuple(dict.fromkeys(_name(leaf) for leaf in unknown or failing))


def _is_known(leaf: Leaf, known: Container[object]) -> bool:
    return not isinstance(leaf, Term | Truth) and leaf.selector.steps[0] in known


def _failing_leaves(node: Formula, event: Event) -> list[Leaf]:
    """Return the leaves that make the node false, or none if it is not false.

    For an "or" these are the leaves of all items; for an "and", those of the false item with the
    fewest.
    """
    if isinstance(node, Or):
        failing = [_failing_leaves(item, event) for item in node.items]
        return [leaf for leaves in failing for leaf in leaves] if all(failing) else []
    if isinstance(node, And):
        failing = [_failing_leaves(item, event) for item in node.items]
        return min((leaves for leaves in failing if leaves), key=len, default=[])
    return [node] if leaf_truth(node, event).is_no else []


def _name(leaf: Leaf) -> str:
    return str(leaf) if isinstance(leaf, Term | Truth) else str(leaf.selector)
