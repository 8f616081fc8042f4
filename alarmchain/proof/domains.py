"""What each free thing can do to a formula at the least, and which of that goes together.

The argument for why these few choices stand for every value is in prove.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alarmchain.filter_pattern.ast import Atom, Compare, Step, Term, Wildcard
from alarmchain.filter_pattern.literals import Number, Text
from alarmchain.filter_pattern.match.comparison import is_plain
from alarmchain.filter_pattern.match.semantics import Found, Several, truth
from alarmchain.filter_pattern.regex import Regex
from alarmchain.proof.partial_evaluation import Key, Mention, Problem, StringConstraint
from alarmchain.records.record_class import ABSENT, Json

OBJECT: Json = {}
_FIELD: tuple[Found, ...] = (ABSENT, OBJECT)
_WILDCARD: tuple[Found, ...] = (ABSENT, Several((OBJECT,), 0), Several((), 0), Several((), 1))


@dataclass(frozen=True, slots=True)
class Choice:
    """A value, and the level (0, 1, 2) that it gives at the least to each leaf of its key.

    The value of a field is what its selector finds; of a likeness or a mention, whether it holds.
    """

    value: Found
    levels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """A key, the places of its leaves, its choices (the least first), and the others it limits.

    `related` holds places in the list of all free things.
    """

    key: Key
    places: tuple[int, ...]
    choices: tuple[Choice, ...]
    related: tuple[int, ...]


def variables(problem: Problem) -> list[Variable]:
    """All that is free in the problem."""
    beginnings: dict[object, list[tuple[int, Key]]] = {}
    for at, key in enumerate(problem.keys):
        beginnings.setdefault(_beginning(key), []).append((at, key))
    found = []
    for key, places in problem.keys.items():
        leaves = [problem.leaves[place] for place in places]
        choices = [
            Choice(value, tuple(_level(key, leaf, value) for leaf in leaves))
            for value in _values(key)
        ]
        choices.sort(key=lambda choice: sum(choice.levels))
        related = tuple(at for at, other in beginnings[_beginning(key)] if _related(key, other))
        if not related:
            choices = _least(choices)
        found.append(Variable(key, tuple(places), tuple(choices), related))
    return found


def _beginning(key: Key) -> object:
    """What related keys have in common."""
    return (
        key[0]
        if isinstance(key, tuple)
        else key.field
        if isinstance(key, StringConstraint)
        else key
    )


def _values(key: Key) -> Sequence[Found]:
    if isinstance(key, StringConstraint):
        return (True,) if is_anything(key.value) else (False, True)
    if isinstance(key, Mention):
        return (False, True)
    return _WILDCARD if any(isinstance(step, Wildcard) for step in key) else _FIELD


def _level(key: Key, leaf: Atom | Term, value: Found) -> int:
    if isinstance(leaf, Term):
        return 2 if value is not (leaf.kind == "-") else 0
    if isinstance(key, StringConstraint) and isinstance(leaf, Compare):
        decidable = isinstance(leaf.value, Regex) and leaf.value.decidable
        certain = 2 if decidable or is_plain(leaf.value) else 1
        return certain if value is not (leaf.operator == "!=") else 0
    return truth(leaf, value).level


def _least(choices: Iterable[Choice]) -> list[Choice]:
    """The choices (the least first) for which no other does as little or less to every leaf."""
    kept: list[Choice] = []
    for choice in choices:
        if not any(_as_little(other, choice) for other in kept):
            kept.append(choice)
    return kept


def _as_little(one: Choice, other: Choice) -> bool:
    return all(a <= b for a, b in zip(one.levels, other.levels, strict=True))


def _related(one: Key, other: Key) -> bool:
    """Whether the choice of one may limit that of the other."""
    if one == other or isinstance(one, Mention) or isinstance(other, Mention):
        return False
    if isinstance(one, StringConstraint):
        return isinstance(other, StringConstraint) and one.field == other.field
    if isinstance(other, StringConstraint):
        return False
    return leads_to(one, other) or leads_to(other, one) or _exclusive(one, other)


def leads_to(one: tuple[Step, ...], other: tuple[Step, ...]) -> bool:
    """Whether the way to `other` goes through `one`."""
    return len(one) < len(other) and other[: len(one)] == one


def _exclusive(one: tuple[Step, ...], other: tuple[Step, ...]) -> bool:
    """Whether the two ways part where one takes an object and the other an array."""
    parting = next(((a, b) for a, b in zip(one, other, strict=False) if a != b), None)
    return parting is not None and {type(step) for step in parting} == {str, int}


def compatible(key: Key, value: Found, other: Key, its_value: Found) -> bool:
    """Whether one record can have both; True where that is not plain."""
    if not _related(key, other):
        return True
    if isinstance(key, StringConstraint) and isinstance(other, StringConstraint):
        return _alike(key.value, bool(value), other.value, bool(its_value))
    if not isinstance(key, tuple) or not isinstance(other, tuple):
        return True
    if _exclusive(key, other):
        return value is ABSENT or its_value is ABSENT
    if leads_to(other, key):
        key, value, other, its_value = other, its_value, key, value
    # Nothing lies below what is absent; and a wildcard on what is there finds something or nothing.
    if value is ABSENT:
        return its_value is ABSENT
    return its_value is not ABSENT or not isinstance(other[len(key)], Wildcard)


def _alike(one: object, holds: bool, other: object, other_holds: bool) -> bool:
    """Whether a string can be like (or, where that does not hold, unlike) two values."""
    if not (
        isinstance(one, Text) and isinstance(other, Text) and is_plain(one) and is_plain(other)
    ):
        return True
    if holds and other_holds:
        return not _exclude(one, other)
    if holds:
        return not _implies(one, other)
    return not (other_holds and _implies(other, one))


def is_anything(value: Text | Number | Regex) -> bool:
    """Whether every string is like the value."""
    return isinstance(value, Text) and is_plain(value) and "*" in value.text and not value.literal


def _exclude(one: Text, other: Text) -> bool:
    """Whether plainly no string is like both."""
    for exact, wanted in ((one, other), (other, one)):
        if "*" not in exact.text:
            return not wanted.accepts(exact.text)
    left, right = one.literal, other.literal
    if not (one.leading or other.leading or left.startswith(right) or right.startswith(left)):
        return True
    return not (one.trailing or other.trailing or left.endswith(right) or right.endswith(left))


def _implies(one: Text, other: Text) -> bool:
    """Whether plainly every string that is like `one` is like `other`."""
    if "*" not in one.text or "*" not in other.text:
        return one.text == other.text or ("*" not in one.text and other.accepts(one.text))
    if other.leading and other.trailing:
        return other.literal in one.literal
    if other.leading:
        return not one.trailing and one.literal.endswith(other.literal)
    return not one.leading and one.literal.startswith(other.literal)
