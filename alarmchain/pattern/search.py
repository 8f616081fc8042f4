"""The search for a way to make a formula not hold: what is free, what is known, and in between."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from alarmchain.pattern import truth as t
from alarmchain.pattern.formula import Formula, Leaf, contains, depends_on_layout, negated
from alarmchain.pattern.semantics import Found, Several, find, truth
from alarmchain.pattern.syntax import (
    And,
    Atom,
    Compare,
    Exists,
    Is,
    NotExists,
    Or,
    Step,
    Term,
    Wildcard,
)
from alarmchain.pattern.truth import NO, YES, Truth, either, every
from alarmchain.records import ABSENT, STRING, Json, RecordClass

MOST_STEPS = 60_000
"""How many leaves a search may look at (some 20 ms); beyond it the answer is "unknown"."""

Key = tuple[Step, ...] | str
"""What is free: the steps to a field, or a term that may be in the event's text."""

EMPTY = Several((), 0)
OBJECT: Json = {}


class TooComplex(Exception):
    """The search would take longer than MOST_STEPS."""


@dataclass(slots=True)
class Free:
    """A field or term that may be anything, the leaves on it, and what it can do to them.

    `choices` are pairs of a value and the level (0, 1, 2) that it gives to each of the leaves.
    """

    key: Key
    leaves: list[int] = field(default_factory=list)
    choices: list[tuple[Found, tuple[int, ...]]] = field(default_factory=list)


class Problem:
    """A formula on a class of records, reduced to the leaves that the class leaves open."""

    def __init__(self, root: Formula, record_class: RecordClass) -> None:
        self._fields = record_class.fields
        self._known = {
            name: value for name, value in record_class.known if value not in (ABSENT, STRING)
        }
        self._leaves: list[Leaf] = []
        self._index: dict[Leaf, int] = {}
        self.free: dict[Key, Free] = {}
        self.root = self._reduce(root)
        self._steps = 0

    def constant(self) -> Truth | None:
        """The formula's truth where it is the same for every record of the class."""
        return self.root if isinstance(self.root, Truth) else None

    def _reduce(self, node: Formula) -> "Truth | int | tuple[bool, list[object]]":
        if not isinstance(node, And | Or):
            return self._leaf(node)
        conjunction = isinstance(node, And)
        decisive, join = (0, every) if conjunction else (2, either)
        constants: list[Truth] = []
        rest: list[object] = []
        for item in node.items:
            reduced = self._reduce(item)
            if not isinstance(reduced, Truth):
                rest.append(reduced)
            elif reduced.level == decisive:
                return reduced
            elif reduced.level == 1:
                constants.append(reduced)
        if not rest:
            return join(constants)
        if constants:
            rest.append(join(constants))
        return rest[0] if len(rest) == 1 else (conjunction, rest)  # type: ignore[return-value]

    def _leaf(self, leaf: Leaf) -> Truth | int:
        known = leaf if isinstance(leaf, Truth) else self._known_truth(leaf)
        if known is not None:
            return known
        if leaf not in self._index:
            self._index[leaf] = len(self._leaves)
            self._leaves.append(leaf)
            key = str(leaf.what) if isinstance(leaf, Term) else leaf.selector.steps  # type: ignore[union-attr]
            self.free.setdefault(key, Free(key)).leaves.append(self._index[leaf])
        return self._index[leaf]

    def _known_truth(self, leaf: Atom | Term) -> Truth | None:
        """The leaf's truth where it follows from what is known of the class."""
        if isinstance(leaf, Term):
            found = contains(leaf.what, self._known)
            if found.level == 2 or depends_on_layout(leaf.what):
                return negated(found) if leaf.kind == "-" else found
            return None
        always = truth(leaf, ABSENT)
        if leaf.selector.undotted or always is t.KEYWORD_CASE:
            return always
        first = leaf.selector.steps[0]
        if first is Wildcard.MEMBER and not isinstance(leaf, NotExists):
            # Other fields can only add to what "any member" finds.
            among = truth(leaf, find(self._known, leaf.selector))
            differs = isinstance(leaf, Compare) and leaf.operator == "!="
            return among if among.level == 2 and not differs else None
        if first not in self._fields:
            return None
        if self._fields[first] is STRING:  # type: ignore[index]
            return None if len(leaf.selector.steps) == 1 else truth(leaf, ABSENT)
        return truth(leaf, find(self._known, leaf.selector))

    def assignments(self, level: int) -> dict[Key, Found] | None:
        """What the free fields must hold for the formula to be at most `level`; None: impossible.

        Raises TooComplex.
        """
        variables = [self._with_choices(free) for free in self.free.values()]
        variables.sort(key=lambda free: len(free.choices))
        lowest = [0] * len(self._leaves)
        for free in variables:
            for place, leaf in enumerate(free.leaves):
                lowest[leaf] = min(levels[place] for _, levels in free.choices)
        self._steps = 0
        return self._search(variables, 0, lowest, {}, level)

    def _search(
        self,
        variables: Sequence[Free],
        at: int,
        levels: list[int],
        chosen: dict[Key, Found],
        goal: int,
    ) -> dict[Key, Found] | None:
        if self._level(self.root, levels) > goal:
            return None
        # A variable with one choice has its levels already; nothing branches on it.
        while at < len(variables) and len(variables[at].choices) == 1:
            chosen = {**chosen, variables[at].key: variables[at].choices[0][0]}
            at += 1
        if at == len(variables):
            return chosen
        free = variables[at]
        for value, given in free.choices:
            if not _consistent(free.key, value, chosen):
                continue
            tried = levels.copy()
            for leaf, leaf_level in zip(free.leaves, given, strict=True):
                tried[leaf] = leaf_level
            found = self._search(variables, at + 1, tried, {**chosen, free.key: value}, goal)
            if found is not None:
                return found
        return None

    def _level(self, node: object, levels: list[int]) -> int:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TooComplex
        if isinstance(node, int):
            return levels[node]
        if isinstance(node, Truth):
            return node.level
        conjunction, items = node  # type: ignore[misc]
        if conjunction:
            return min(self._level(item, levels) for item in items)
        return max(self._level(item, levels) for item in items)

    def _with_choices(self, free: Free) -> Free:
        if not free.choices:
            leaves = [self._leaves[index] for index in free.leaves]
            choices = [
                (value, tuple(level(leaf) for leaf in leaves))
                for value, level in self._values(free.key)
            ]
            overlaps = any(_overlap(free.key, other) for other in self.free)
            free.choices = choices if overlaps else _least(choices)
        return free

    def _values(self, key: Key):  # type: ignore[no-untyped-def]
        """The values that can do least to the leaves on a key, each with what it does."""
        if isinstance(key, str):
            return [
                (True, lambda leaf: 0 if leaf.kind == "-" else 2),
                (False, lambda leaf: 2 if leaf.kind == "-" else 0),
            ]
        if len(key) == 1 and self._fields.get(key[0]) is STRING:  # type: ignore[arg-type]
            # Some string: it may differ from every text that is asked for.
            return [(STRING, lambda leaf: 2 if isinstance(leaf, Exists) else 0)]
        found: list[Found] = [ABSENT, OBJECT]
        if any(isinstance(step, Wildcard) for step in key):
            found = [ABSENT, Several((OBJECT,), 0), EMPTY]
        return [(value, lambda leaf, value=value: truth(leaf, value).level) for value in found]

    def doubts(self, chosen: dict[Key, Found]) -> frozenset[str]:
        """What the formula hangs on where the free fields hold what is `chosen`."""

        def of(node: object) -> Truth:
            if isinstance(node, Truth):
                return node
            if isinstance(node, int):
                leaf = self._leaves[node]
                if isinstance(leaf, Is | NotExists | Exists | Compare):
                    found = chosen[leaf.selector.steps]
                    return NO if found is STRING else truth(leaf, found)
                return YES if (leaf.kind == "-") != chosen[str(leaf.what)] else NO  # type: ignore[union-attr]
            conjunction, items = node  # type: ignore[misc]
            return (every if conjunction else either)([of(item) for item in items])

        return of(self.root).doubts


def _least(choices: list[tuple[Found, tuple[int, ...]]]) -> list[tuple[Found, tuple[int, ...]]]:
    """The choices for which no other does as little or less to every leaf."""
    kept: list[tuple[Found, tuple[int, ...]]] = []
    for value, levels in choices:
        if any(all(a <= b for a, b in zip(other, levels, strict=True)) for _, other in kept):
            continue
        kept = [
            (other_value, other)
            for other_value, other in kept
            if not all(a <= b for a, b in zip(levels, other, strict=True))
        ]
        kept.append((value, levels))
    return kept


def _overlap(one: Key, other: Key) -> bool:
    if one == other or isinstance(one, str) or isinstance(other, str):
        return False
    return _leads_to(one, other) or _leads_to(other, one)


def _leads_to(one: tuple[Step, ...], other: tuple[Step, ...]) -> bool:
    return len(one) < len(other) and other[: len(one)] == one


def _consistent(key: Key, value: Found, chosen: dict[Key, Found]) -> bool:
    """Whether a field can hold `value` beside what is chosen: nothing lies below what is absent."""
    if isinstance(key, str):
        return True
    for other, its_value in chosen.items():
        if isinstance(other, str):
            continue
        above, below = (value, its_value) if _leads_to(key, other) else (its_value, value)
        if _overlap(key, other) and above is ABSENT and below is not ABSENT:
            return False
    return True
