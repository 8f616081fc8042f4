"""A formula on the records of a class: what is known is settled, and each free field is a variable.

The variables form a tree, as the fields do: what a field is decides what its members can be.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import cast

from alarmchain.filter_pattern import undocumented
from alarmchain.filter_pattern.ast import And, Atom, Compare, NotExists, Or, Step, Term, Wildcard
from alarmchain.filter_pattern.match.raw_text import Event, contains_term, depends_on_layout
from alarmchain.filter_pattern.match.semantics import (
    Selected,
    WildcardValues,
    atom_truth,
    select,
    spelling_doubt,
)
from alarmchain.filter_pattern.regex import Regex
from alarmchain.proof.domains import Domain, field_domain, wildcard_domain
from alarmchain.proof.formula import Formula, Leaf, Not
from alarmchain.proof.string_classes import TooComplex
from alarmchain.records.record_class import RecordClass
from alarmchain.records.record_fields import FieldPath
from alarmchain.records.schema import FREE, Kind, RecordKind, Shape, kind_of
from alarmchain.three_valued import NO, YES, Truth, conjunction, disjunction, negation


@dataclass(frozen=True, slots=True)
class Literal:
    """The leaf at `place` in `Problem.leaves`, or its negation."""

    place: int
    negated: bool


@dataclass(frozen=True, slots=True)
class Join:
    """All (`is_and`) or any of `items`."""

    is_and: bool
    items: "tuple[Node, ...]"


MOST_COMPARED_TERMS = 100
"""Of more terms than this it is not considered that one contains another."""
_EVENT_TYPE = ("eventType",)
_ABSENT = 1
"""The choice of a field that is absent: the first one of every domain."""
_IN_TEXT = 2
"""The choice of a term that the record's text holds."""

Node = Truth | Literal | Join
"""What is left of a formula."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A field, what a leaf's wildcard finds, or whether the record's text holds a term.

    `name` is the field's path, with the leaf's place behind it for a wildcard, or the term; `path`
    is set for a field only.
    `parent` is the place of the field that contains it, None at the record's root. `limits` pairs
    sets of the parent's choices with the set of its own choices that go with them; at the root the
    one set of choices that there is. `excluded`: for a term, (variable, the choices whose text
    holds the term).
    """

    name: tuple[Step, ...] | str
    domain: Domain
    parent: int | None
    limits: tuple[tuple[int, int], ...]
    path: FieldPath | None = None
    excluded: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class _Field:
    """A field while the tree grows. `following` is the next element of its array, if any."""

    path: FieldPath
    shape: Shape
    places: list[int] = field(default_factory=list)
    wildcards: list[int] = field(default_factory=list)
    members: "dict[str | int, _Field]" = field(default_factory=dict)
    following: "_Field | None" = None


class Problem:
    """A formula on the records of one class and kind.

    `root` is what is left of the formula, `leaves` its open leaves. `variables` is what these
    depend on, parents before members; it is empty before `add_variables`. `levels` has for each
    leaf its variable and its sets of choices, `places` for each variable its leaves.
    """

    def __init__(self, root: Formula, record_class: RecordClass, kind: RecordKind) -> None:
        self._class = record_class
        self.kind = kind
        self._shape = kind.shape
        self._kind = None if "eventType" in record_class.fields else kind
        self._known = Event(record_class.values)
        self._index: dict[Leaf, int] = {}
        self.leaves: list[Atom | Term] = []
        self.root = self._settle(root)
        self.variables: list[Variable] = []
        self.places: list[list[int]] = []
        self._terms: frozenset[str] = frozenset()
        self._fields = 0
        self._has_variables = not self.leaves
        self.levels: list[tuple[int, tuple[int, int, int]]] = []

    def choices_of(self, index: int, value: Selected) -> int:
        """Return the choices of a variable that stand for this value of its field."""
        domain = self.variables[index].domain
        is_plain = not isinstance(value, WildcardValues)
        choices = domain.kinds.get(kind_of(value), 0) if is_plain else domain.all
        for place in self.places[index]:
            level = atom_truth(self._atom(place), value).level
            choices &= self.levels[place][1][level]
        if isinstance(value, str) and choices:
            choices &= self._alike(self.variables[index], value)
        return choices

    def _alike(self, variable: Variable, value: str) -> int:
        """Return the choices that contain the same terms and have the same kind of event type."""
        alike = variable.domain.all
        for term in self._terms:
            holding = _holding(variable.domain, term)
            alike &= holding if term in value else ~holding
        if self._kind is not None and variable.name == _EVENT_TYPE:
            includes = self._kind.includes
            alike &= variable.domain.where(lambda other: includes(other) is includes(value))
        return alike

    def truth_at(self, place: int, chosen: Sequence[int]) -> Truth:
        """Return a leaf's truth where each variable has the chosen choice."""
        index, (no, unknown, _) = self.levels[place]
        choice = 1 << chosen[index]
        if not choice & unknown:
            return NO if choice & no else YES
        leaf = self.leaves[place]
        value = self.variables[index].domain.values[chosen[index]]
        found = NO if isinstance(leaf, Term) else atom_truth(leaf, value)
        return found if found.is_unknown else undocumented.NUMBER_AND_TEXT

    def _settle(self, node: Formula) -> Node:
        if isinstance(node, Not):
            settled = self._settle(node.leaf)
            if isinstance(settled, Literal):
                return Literal(settled.place, not settled.negated)
            return negation(settled) if isinstance(settled, Truth) else settled
        if not isinstance(node, And | Or):
            return self._leaf(node)
        is_and = isinstance(node, And)
        decisive = 0 if is_and else 2
        constants: list[Truth] = []
        open_items: list[Node] = []
        for item in node.items:
            settled = self._settle(item)
            if not isinstance(settled, Truth):
                open_items.append(settled)
            elif settled.level == decisive:
                return settled
            elif settled.is_unknown:
                constants.append(settled)
        joined = (conjunction if is_and else disjunction)(constants)
        if not open_items:
            return joined
        if constants:
            open_items.append(joined)
        return open_items[0] if len(open_items) == 1 else Join(is_and, tuple(open_items))

    def _leaf(self, leaf: Leaf) -> Truth | Literal:
        if isinstance(leaf, Truth):
            return leaf
        place = self._index.get(leaf)
        if place is not None:
            return Literal(place, negated=False)
        settled = self._term(leaf) if isinstance(leaf, Term) else self._comparison(leaf)
        if settled is not None:
            return settled
        place = self._index[leaf] = len(self.leaves)
        self.leaves.append(leaf)
        return Literal(place, negated=False)

    def _comparison(self, leaf: Atom) -> Truth | None:
        """Return the leaf's truth where it is the same for every record of the class."""
        doubt = spelling_doubt(leaf)
        if doubt is not None:
            return doubt
        first = leaf.selector.steps[0]
        if first is Wildcard.MEMBER:
            return self._any_member(leaf)
        if isinstance(first, str) and first not in self._class.fields:
            return None
        # A record is an object: an index or "any element" finds nothing in it.
        return atom_truth(leaf, select(self._class.values, leaf.selector.steps))

    def _any_member(self, leaf: Atom) -> Truth:
        """Return the truth of a leaf on `$.*`: a record has members of all kinds."""
        if isinstance(leaf, NotExists) or (isinstance(leaf, Compare) and leaf.operator == "!="):
            return undocumented.ANY_ELEMENT_DIFFERS
        among_known = atom_truth(leaf, select(self._class.values, leaf.selector.steps))
        return among_known if among_known.is_yes else undocumented.WILDCARD_ELSEWHERE

    def _term(self, leaf: Term) -> Truth | None:
        """Return the term's truth where the class or the documented names decide it."""
        found = contains_term(leaf.what, self._known)
        if not found.is_yes and self._is_in_required_name(leaf.what):
            found = YES
        if found.is_yes or depends_on_layout(leaf.what):
            return negation(found) if leaf.kind == "-" else found
        return None

    def _is_in_required_name(self, what: str | Regex) -> bool:
        names = [name for name, shape in self._shape.members.items() if shape.is_required]
        if isinstance(what, Regex):
            return what.decidable and not what.anchored and any(map(what.accepts, names))
        return any(what in name for name in names)

    def add_variables(self) -> None:
        """Add the variables that the open leaves depend on, once. Raises TooComplex."""
        if self._has_variables:
            return
        if self.levels:
            # They were too many before.
            raise TooComplex
        self.levels = [(0, (0, 0, 0))] * len(self.leaves)
        root = _Field((), self._shape)
        terms: dict[str, list[int]] = {}
        for place, leaf in enumerate(self.leaves):
            if isinstance(leaf, Term):
                terms.setdefault(str(leaf.what), []).append(place)
            else:
                self._file(root, leaf, place)
        if self._kind is not None:
            shape = self._shape.member("eventType")
            root.members.setdefault("eventType", _Field(_EVENT_TYPE, shape))
        self._terms = frozenset(term for term in terms if _is_plain(term))
        for member in root.members.values():
            self._add_field(member)
        self._fields = len(self.variables)
        for term in sorted(terms, key=len, reverse=True):
            self._add_term(term, terms[term])
        self._has_variables = True

    def _file(self, root: _Field, leaf: Atom, place: int) -> None:
        at = root
        for step in leaf.selector.steps:
            if isinstance(step, Wildcard):
                at.wildcards.append(place)
                return
            shape = at.shape.member(step) if isinstance(step, str) else FREE
            at = at.members.setdefault(step, _Field((*at.path, step), shape))
        at.places.append(place)

    def _add_field(self, top: _Field) -> None:
        """Add a variable for a field of the record, and for each field in it."""
        waiting: list[tuple[_Field, int | None]] = [(top, None)]
        while waiting:
            here, parent = waiting.pop()
            leaves = tuple(self._atom(place) for place in here.places)
            kind = self._kind if here.path == _EVENT_TYPE else None
            event_types = kind.event_types if kind else ()
            domain = field_domain(here.shape, leaves, self._terms, event_types)
            present = domain.all & ~_ABSENT if here.shape.is_required else domain.all
            if kind is not None:
                present &= domain.where(kind.includes)
            limits = self._limits_in(parent, here.path, present)
            index = self._add(Variable(here.path, domain, parent, limits, here.path), here.places)
            for place in here.wildcards:
                self._add_wildcard(place, here, index)
            waiting += [(member, index) for member in _first_members(here)]
            if here.following is not None:
                waiting.append((here.following, index))

    def _limits_in(
        self, parent: int | None, path: FieldPath, present: int
    ) -> tuple[tuple[int, int], ...]:
        """Return which choices of a field go with which of the object, array or element before."""
        before = () if parent is None else self.variables[parent].path or ()
        if parent is not None and len(before) == len(path):
            return ((self.variables[parent].domain.all & ~_ABSENT, present), (_ABSENT, _ABSENT))
        container = Kind.OBJECT if isinstance(path[-1], str) else Kind.ARRAY
        return self._limits(parent, container, present, absent=_ABSENT, elsewhere=_ABSENT)

    def _add_wildcard(self, place: int, here: _Field, parent: int) -> None:
        leaf = self._atom(place)
        step = leaf.selector.steps[len(here.path)]
        container = Kind.ARRAY if step is Wildcard.ELEMENT else Kind.OBJECT
        domain = wildcard_domain(leaf, container)
        limits = self._limits(parent, container, domain.kinds[container], absent=1, elsewhere=2)
        self._add(Variable((*leaf.selector.steps, place), domain, parent, limits), [place])

    def _add_term(self, term: str, places: list[int]) -> None:
        """Add a variable for a term in the record's text; a term in no field is surely absent."""
        sets = tuple(
            (2, 0, 1) if self.leaves[place].kind == "-" else (1, 0, 2)  # type: ignore[union-attr]
            for place in places
        )
        holding = tuple(self._holding(term)) if _is_plain(term) else ()
        domain = Domain((False, True), {}, sets)
        self._add(Variable(term, domain, None, ((0, domain.all),), excluded=holding), places)

    def _holding(self, term: str) -> Iterator[tuple[int, int]]:
        """Yield each field with those of its choices whose text holds the term."""
        if len(self._terms) <= MOST_COMPARED_TERMS:
            for index in range(self._fields, len(self.variables)):
                if term in str(self.variables[index].name):
                    yield index, _IN_TEXT
        for index in range(self._fields):
            path, domain = self.variables[index].path, self.variables[index].domain
            if path is None:
                continue
            if isinstance(path[-1], str) and term in path[-1]:
                yield index, domain.all & ~_ABSENT
                continue
            holding = _holding(domain, term)
            if holding:
                yield index, holding

    def _limits(
        self, parent: int | None, container: Kind, present: int, *, absent: int, elsewhere: int
    ) -> tuple[tuple[int, int], ...]:
        """Return which choices go with which choices of the parent."""
        if parent is None:
            return ((0, present),)
        domain = self.variables[parent].domain
        containers = domain.kinds.get(container, 0)
        missing = domain.kinds.get(Kind.ABSENT, 0)
        return (
            (containers, present),
            (missing, absent),
            (domain.all & ~(containers | missing), elsewhere),
        )

    def _add(self, variable: Variable, places: list[int]) -> int:
        index = len(self.variables)
        self.variables.append(variable)
        self.places.append(places)
        for place, sets in zip(places, variable.domain.levels, strict=True):
            self.levels[place] = (index, sets)
        return index

    def _atom(self, place: int) -> Atom:
        return cast(Atom, self.leaves[place])


def _holding(domain: Domain, term: str) -> int:
    """Return the choices of a field whose value holds the term."""
    return domain.where(lambda text: term in text)


def _first_members(here: _Field) -> Iterator[_Field]:
    """Yield the members of an object, and the first element of an array that a leaf names.

    Every later element follows one before it: an array has no gaps.
    """
    elements = sorted(step for step in here.members if isinstance(step, int))
    for index, following in pairwise(elements):
        here.members[index].following = here.members[following]
    for step, member in here.members.items():
        if isinstance(step, str) or step == elements[0]:
            yield member


def _is_plain(term: str) -> bool:
    """Return whether every writer of JSON writes the term as it is."""
    return term.isascii() and json.dumps(term) == f'"{term}"' and not set(term) & set("/<>&'=")
