"""Evaluate a formula as far as the known fields of a class of records allow."""

from dataclasses import dataclass

from alarmchain.filter_pattern import undocumented
from alarmchain.filter_pattern.ast import (
    And,
    Atom,
    Compare,
    Exists,
    NotExists,
    Or,
    Step,
    Term,
    Wildcard,
)
from alarmchain.filter_pattern.literals import Number, Text
from alarmchain.filter_pattern.match.match import Formula, Leaf
from alarmchain.filter_pattern.match.raw_text import Event, contains_term, depends_on_layout
from alarmchain.filter_pattern.match.semantics import atom_truth, select, spelling_doubt
from alarmchain.filter_pattern.regex import Regex
from alarmchain.records.record_class import STRING, RecordClass
from alarmchain.three_valued import NO, YES, Truth, conjunction, disjunction, negation


@dataclass(frozen=True, slots=True)
class StringConstraint:
    """Whether the field, which holds an unknown string, equals the value (wildcards included)."""

    field: str
    value: Text | Number | Regex


@dataclass(frozen=True, slots=True)
class TermConstraint:
    """Whether the event's text contains the term."""

    term: str


Key = tuple[Step, ...] | StringConstraint | TermConstraint
"""What an open leaf depends on: a field (by its selector's steps) or a constraint."""


@dataclass(frozen=True, slots=True)
class Join:
    """All of `items` if `conjunction` is true, otherwise any of them."""

    conjunction: bool
    items: "tuple[Node, ...]"


Node = Truth | int | Join
"""What remains of a formula; an int is the index of an open leaf in `PartialFormula.leaves`."""


class PartialFormula:
    """A formula in which every leaf that the class of records decides is replaced by its truth.

    `root` is what remains of it. `leaves` holds the open leaves in order of appearance. `keys`
    holds, for each key, the indices of the open leaves that depend on it.
    """

    def __init__(self, root: Formula, record_class: RecordClass) -> None:
        self._class = record_class
        self._known = Event(record_class.values)
        self._index: dict[Leaf, int] = {}
        self.leaves: list[Atom | Term] = []
        self.keys: dict[Key, list[int]] = {}
        self.root = self._reduce(root)

    def constant(self) -> Truth | None:
        """Return the formula's truth if it is the same for every record of the class."""
        return self.root if isinstance(self.root, Truth) else None

    def _reduce(self, node: Formula) -> Node:
        if not isinstance(node, And | Or):
            return self._leaf(node)
        is_and = isinstance(node, And)
        decisive = NO if is_and else YES
        constants: list[Truth] = []
        open_items: list[Node] = []
        for item in node.items:
            reduced = self._reduce(item)
            if not isinstance(reduced, Truth):
                open_items.append(reduced)
            elif reduced.level == decisive.level:
                return reduced
            elif reduced.is_unknown:
                constants.append(reduced)
        joined = (conjunction if is_and else disjunction)(constants)
        if not open_items:
            return joined
        if constants:
            open_items.append(joined)
        return open_items[0] if len(open_items) == 1 else Join(is_and, tuple(open_items))

    def _leaf(self, leaf: Leaf) -> Node:
        if isinstance(leaf, Truth):
            return leaf
        index = self._index.get(leaf)
        if index is not None:
            return index
        reduced = self._term(leaf) if isinstance(leaf, Term) else self._comparison(leaf)
        if isinstance(reduced, Truth):
            return reduced
        index = self._index[leaf] = len(self.leaves)
        self.leaves.append(leaf)
        self.keys.setdefault(reduced, []).append(index)
        return index

    def _term(self, leaf: Term) -> Truth | TermConstraint:
        contained = contains_term(leaf.what, self._known)
        if contained.is_yes or depends_on_layout(leaf.what):
            return negation(contained) if leaf.kind == "-" else contained
        return TermConstraint(str(leaf.what))

    def _comparison(self, leaf: Atom) -> Truth | Key:
        """Return the leaf's truth if the class decides it, otherwise its key."""
        doubt = spelling_doubt(leaf)
        if doubt is not None:
            return doubt
        steps = leaf.selector.steps
        first = steps[0]
        if first is Wildcard.MEMBER:
            return self._any_member(leaf)
        if isinstance(first, str) and first not in self._class.fields:
            return steps
        if isinstance(first, str) and self._class.fields[first] is STRING:
            # No field lies inside a string, whatever the string is.
            if len(steps) > 1:
                return atom_truth(leaf, select("", steps[1:]))
            return self._string(leaf, first)
        # An index or [*] as the first step selects nothing, because a record is an object.
        return atom_truth(leaf, select(self._class.values, steps))

    def _any_member(self, leaf: Atom) -> Truth | Key:
        """Decide a selector that begins with `.*`. Unknown fields can only add members."""
        if isinstance(leaf, NotExists) or (isinstance(leaf, Compare) and leaf.operator == "!="):
            return leaf.selector.steps
        known = atom_truth(leaf, select(self._class.values, leaf.selector.steps))
        return known if known.is_yes else leaf.selector.steps

    def _string(self, leaf: Atom, field: str) -> Truth | StringConstraint:
        if isinstance(leaf, Compare):
            if leaf.operator == "!=" and isinstance(leaf.value, Number):
                return undocumented.NUMBER_AND_TEXT
            return StringConstraint(field, leaf.value)
        return YES if isinstance(leaf, Exists) else NO
