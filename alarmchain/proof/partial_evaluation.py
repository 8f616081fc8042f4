"""A formula on a class of records: what the class settles is settled, the rest is left open."""

from dataclasses import dataclass

from alarmchain.filter_pattern import undocumented as t
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
from alarmchain.filter_pattern.match.formula import Formula, Leaf
from alarmchain.filter_pattern.match.raw_text import Event, depends_on_layout, mentions, negated
from alarmchain.filter_pattern.match.semantics import find, truth, wording
from alarmchain.filter_pattern.regex import Regex
from alarmchain.records.record_class import STRING, RecordClass
from alarmchain.three_valued import NO, YES, Truth, conjunction, disjunction


@dataclass(frozen=True, slots=True)
class StringConstraint:
    """Whether a field that is some string, nobody knows which, is like a value."""

    field: str
    value: Text | Number | Regex


@dataclass(frozen=True, slots=True)
class Mention:
    """Whether the event's text holds a term."""

    term: str


Key = tuple[Step, ...] | StringConstraint | Mention
"""What is free: a field (its selector's steps), a likeness or a mention."""


@dataclass(frozen=True, slots=True)
class Join:
    """All (`conjunction`) or any of `items`."""

    conjunction: bool
    items: "tuple[Node, ...]"


Node = Truth | int | Join
"""What is left of a formula; a number is the place of an open leaf in `Problem.leaves`."""


class Problem:
    """A formula on a class of records.

    `root` is what is left of it, `leaves` the open leaves in order of appearance, and `keys` the
    places of those that hang on the same thing.
    """

    def __init__(self, root: Formula, record_class: RecordClass) -> None:
        self._class = record_class
        self._known = Event(record_class.values)
        self._index: dict[Leaf, int] = {}
        self.leaves: list[Atom | Term] = []
        self.keys: dict[Key, list[int]] = {}
        self.root = self._reduce(root)

    def constant(self) -> Truth | None:
        """The formula's truth where it is the same for every record of the class."""
        return self.root if isinstance(self.root, Truth) else None

    def _reduce(self, node: Formula) -> Node:
        if not isinstance(node, And | Or):
            return self._leaf(node)
        is_and = isinstance(node, And)
        decisive = 0 if is_and else 2
        constants: list[Truth] = []
        open_items: list[Node] = []
        for item in node.items:
            reduced = self._reduce(item)
            if not isinstance(reduced, Truth):
                open_items.append(reduced)
            elif reduced.level == decisive:
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
        place = self._index.get(leaf)
        if place is not None:
            return place
        settled = self._mention(leaf) if isinstance(leaf, Term) else self._comparison(leaf)
        if isinstance(settled, Truth):
            return settled
        place = self._index[leaf] = len(self.leaves)
        self.leaves.append(leaf)
        self.keys.setdefault(settled, []).append(place)
        return place

    def _mention(self, leaf: Term) -> Truth | Mention:
        found = mentions(leaf.what, self._known)
        if found.is_yes or depends_on_layout(leaf.what):
            return negated(found) if leaf.kind == "-" else found
        return Mention(str(leaf.what))

    def _comparison(self, leaf: Atom) -> Truth | Key:
        """The leaf's truth where it follows from what is known of the class, else its key."""
        doubt = wording(leaf)
        if doubt is not None:
            return doubt
        steps = leaf.selector.steps
        first = steps[0]
        if first is Wildcard.MEMBER:
            return self._any_member(leaf)
        if not isinstance(first, str):
            # A record is an object.
            return truth(leaf, find(self._class.values, steps))
        if first not in self._class.fields:
            return steps
        if self._class.fields[first] is not STRING:
            return truth(leaf, find(self._class.values, steps))
        # Whatever the string is, nothing lies within it.
        return self._string(leaf, first) if len(steps) == 1 else truth(leaf, find("", steps[1:]))

    def _any_member(self, leaf: Atom) -> Truth | Key:
        """Other fields can only add to what "any member" finds among the known ones."""
        if isinstance(leaf, NotExists) or (isinstance(leaf, Compare) and leaf.operator == "!="):
            return leaf.selector.steps
        among = truth(leaf, find(self._class.values, leaf.selector.steps))
        return among if among.is_yes else leaf.selector.steps

    def _string(self, leaf: Atom, field: str) -> Truth | StringConstraint:
        if isinstance(leaf, Compare):
            if leaf.operator == "!=" and isinstance(leaf.value, Number):
                return t.NUMBER_AND_TEXT
            return StringConstraint(field, leaf.value)
        return YES if isinstance(leaf, Exists) else NO
