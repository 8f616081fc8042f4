"""The few choices that represent all values of each variable, and which of them are compatible.

prove.py explains why these choices are enough.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alarmchain.filter_pattern.ast import Atom, Compare, Step, Term, Wildcard
from alarmchain.filter_pattern.literals import Number, Text
from alarmchain.filter_pattern.match.comparison import is_plain
from alarmchain.filter_pattern.match.semantics import Selected, WildcardValues, atom_truth
from alarmchain.filter_pattern.regex import Regex
from alarmchain.proof.partial_evaluation import (
    Key,
    PartialFormula,
    StringConstraint,
    TermConstraint,
)
from alarmchain.records.record_class import ABSENT, Json

OBJECT: Json = {}
_FIELD: tuple[Selected, ...] = (ABSENT, OBJECT)
_WILDCARD: tuple[Selected, ...] = (
    ABSENT,
    WildcardValues((OBJECT,), 0),
    WildcardValues((), 0),
    WildcardValues((), 1),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a variable, and the lowest level (0, 1, 2) that it gives to each of its leaves.

    For a field the value is what its selector selects; for a constraint it is whether it holds.
    """

    value: Selected
    levels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """A key with the indices of its leaves and its choices, those with the lowest levels first.

    `related` holds the indices of the variables whose choices may be incompatible with its own.
    """

    key: Key
    leaves: tuple[int, ...]
    choices: tuple[Choice, ...]
    related: tuple[int, ...]


def variables(partial: PartialFormula) -> list[Variable]:
    """Return the variables of the formula, one for each key."""
    by_start: dict[object, list[tuple[int, Key]]] = {}
    for index, key in enumerate(partial.keys):
        by_start.setdefault(_start(key), []).append((index, key))
    result = []
    for key, indices in partial.keys.items():
        leaves = [partial.leaves[index] for index in indices]
        choices = [
            Choice(value, tuple(_level(key, leaf, value) for leaf in leaves))
            for value in _values(key)
        ]
        choices.sort(key=lambda choice: sum(choice.levels))
        related = tuple(index for index, other in by_start[_start(key)] if _related(key, other))
        if not related:
            choices = _minimal(choices)
        result.append(Variable(key, tuple(indices), tuple(choices), related))
    return result


def _start(key: Key) -> object:
    """Return what all related keys have in common."""
    if isinstance(key, tuple):
        return key[0]
    return key.field if isinstance(key, StringConstraint) else key


def _values(key: Key) -> Sequence[Selected]:
    if isinstance(key, StringConstraint):
        return (True,) if is_anything(key.value) else (False, True)
    if isinstance(key, TermConstraint):
        return (False, True)
    return _WILDCARD if any(isinstance(step, Wildcard) for step in key) else _FIELD


def _level(key: Key, leaf: Atom | Term, value: Selected) -> int:
    if isinstance(leaf, Term):
        return 2 if value is not (leaf.kind == "-") else 0
    if isinstance(key, StringConstraint) and isinstance(leaf, Compare):
        decidable = isinstance(leaf.value, Regex) and leaf.value.decidable
        certain = 2 if decidable or is_plain(leaf.value) else 1
        return certain if value is not (leaf.operator == "!=") else 0
    return atom_truth(leaf, value).level


def _minimal(choices: Iterable[Choice]) -> list[Choice]:
    """Drop each choice for which an earlier one gives every leaf the same or a lower level."""
    kept: list[Choice] = []
    for choice in choices:
        if not any(_at_most(other, choice) for other in kept):
            kept.append(choice)
    return kept


def _at_most(left: Choice, right: Choice) -> bool:
    return all(a <= b for a, b in zip(left.levels, right.levels, strict=True))


def _related(left: Key, right: Key) -> bool:
    """Return whether a choice of one key may be incompatible with a choice of the other."""
    if left == right or isinstance(left, TermConstraint) or isinstance(right, TermConstraint):
        return False
    if isinstance(left, StringConstraint):
        return isinstance(right, StringConstraint) and left.field == right.field
    if isinstance(right, StringConstraint):
        return False
    return _is_prefix(left, right) or _is_prefix(right, left) or _exclusive(left, right)


def _is_prefix(left: tuple[Step, ...], right: tuple[Step, ...]) -> bool:
    """Return whether the path `right` goes through `left`."""
    return len(left) < len(right) and right[: len(left)] == left


def _exclusive(left: tuple[Step, ...], right: tuple[Step, ...]) -> bool:
    """Return whether the first steps that differ need an object and an array in the same place."""
    differing = next(((a, b) for a, b in zip(left, right, strict=False) if a != b), None)
    return differing is not None and {type(step) for step in differing} == {str, int}


def compatible(key: Key, value: Selected, other_key: Key, other_value: Selected) -> bool:
    """Return False if certainly no record has both values."""
    if not _related(key, other_key):
        return True
    if isinstance(key, StringConstraint) and isinstance(other_key, StringConstraint):
        return _string_exists(key.value, bool(value), other_key.value, bool(other_value))
    if not isinstance(key, tuple) or not isinstance(other_key, tuple):
        return True
    if _exclusive(key, other_key):
        return value is ABSENT or other_value is ABSENT
    if _is_prefix(other_key, key):
        key, value, other_key, other_value = other_key, other_value, key, value
    # A field inside an absent field is absent. A wildcard on an existing field selects a value
    # or nothing, but it is not absent itself.
    if value is ABSENT:
        return other_value is ABSENT
    return other_value is not ABSENT or not isinstance(other_key[len(key)], Wildcard)


def _string_exists(left: object, equals_left: bool, right: object, equals_right: bool) -> bool:
    """Return False if certainly no string equals, or differs from, the two values as given."""
    if not (
        isinstance(left, Text) and isinstance(right, Text) and is_plain(left) and is_plain(right)
    ):
        return True
    if equals_left and equals_right:
        return not _disjoint(left, right)
    if equals_left:
        return not _implies(left, right)
    return not (equals_right and _implies(right, left))


def is_anything(value: Text | Number | Regex) -> bool:
    """Return whether every string equals the value."""
    return isinstance(value, Text) and is_plain(value) and "*" in value.text and not value.literal


def _disjoint(left: Text, right: Text) -> bool:
    """Return whether certainly no string equals both values."""
    for exact, other in ((left, right), (right, left)):
        if "*" not in exact.text:
            return not other.accepts(exact.text)
    a, b = left.literal, right.literal
    if not (left.leading or right.leading or a.startswith(b) or b.startswith(a)):
        return True
    return not (left.trailing or right.trailing or a.endswith(b) or b.endswith(a))


def _implies(left: Text, right: Text) -> bool:
    """Return whether certainly every string that equals `left` also equals `right`."""
    if "*" not in left.text or "*" not in right.text:
        return left.text == right.text or ("*" not in left.text and right.accepts(left.text))
    if right.leading and right.trailing:
        return right.literal in left.literal
    if right.leading:
        return not left.trailing and left.literal.endswith(right.literal)
    return not left.leading and left.literal.startswith(right.literal)
