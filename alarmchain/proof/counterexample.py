"""A readable record that escapes: the ordinary one, changed only where it must be."""

from collections.abc import Iterator, Mapping

from alarmchain.filter_pattern.ast import Compare, Step, Wildcard
from alarmchain.filter_pattern.literals import Number, Text
from alarmchain.filter_pattern.match.formula import Formula, evaluate
from alarmchain.filter_pattern.match.raw_text import Event, mentions
from alarmchain.filter_pattern.match.semantics import Found, Several
from alarmchain.proof.partial_evaluation import Key, Mention, Problem, StringConstraint
from alarmchain.records.record_class import (
    ABSENT,
    USUAL_VALUES,
    FieldPath,
    Json,
    RecordClass,
    Special,
    example,
    leaves,
    value_at,
    with_value,
)

MOST_TRIES = 200
"""How many records may be tried to make an example more readable."""
MOST_ELEMENTS = 1_000
"""No example holds a longer array."""


class Escape:
    """Records of a class held against a formula, within a bounded number of tries."""

    def __init__(self, root: Formula, record_class: RecordClass) -> None:
        self._root = root
        self._class = record_class
        self.base = example(record_class)

    def is_escape(self, record: Mapping[str, Json]) -> bool:
        """Whether the record is of the class and the formula certainly does not hold for it."""
        return self._class.holds(record) and evaluate(self._root, record).is_no

    def record(self, problem: Problem, chosen: Mapping[Key, Found]) -> dict[str, Json] | None:
        """A readable escaping record in which the free things are what the search has `chosen`."""
        built = self.base
        changed: list[Key] = []
        for key in sorted(chosen, key=lambda key: (_depth(key), chosen[key] is True)):
            changed.append(key)
            built = _with(built, key, chosen[key])
            if self.is_escape(built):
                return self._improved(problem, built, changed)
        return None

    def _improved(
        self, problem: Problem, built: dict[str, Json], changed: list[Key]
    ) -> dict[str, Json]:
        """The record with the changed things as ordinary as they can be."""
        tries = 0
        for key in changed:
            leaves_on_key = [problem.leaves[place] for place in problem.keys[key]]
            compared = [leaf for leaf in leaves_on_key if isinstance(leaf, Compare)]
            for readable in self._readable(key, compared):
                tried = _with(built, key, readable)
                if tried == built:
                    break
                tries += 1
                if tries > MOST_TRIES:
                    return built
                if self.is_escape(tried):
                    built = tried
                    break
        return built

    def _readable(self, key: Key, compared: list[Compare]) -> Iterator[Found]:
        """Values to put instead, the most ordinary first."""
        if isinstance(key, Mention):
            return
        if isinstance(key, StringConstraint):
            path: FieldPath = (key.field,)
            yield value_at(self.base, path)
            yield from USUAL_VALUES.get(path, ())
            return
        path, wildcard = _split(key)
        if wildcard is not None:
            yield ABSENT
            yield from (Several((value,), 0) for value in ("other", *_near(compared)))
            return
        yield value_at(self.base, path)
        yield from USUAL_VALUES.get(path, ())
        yield from (ABSENT, "other", *_near(compared), 7, True, False, None)


def _near(compared: list[Compare]) -> Iterator[Json]:
    for leaf in compared:
        if isinstance(leaf.value, Text):
            yield leaf.value.literal
            yield f"{leaf.value.literal}-other"
        elif isinstance(leaf.value, Number) and abs(leaf.value.value) < 1e15:
            number = int(leaf.value.value)
            yield from (number, number - 1, number + 1)


def _depth(key: Key) -> int:
    """What lies deeper is written later, and terms where they are still missing."""
    return len(key) if isinstance(key, tuple) else 0 if isinstance(key, StringConstraint) else 1_000


def _split(key: tuple[Step, ...]) -> tuple[FieldPath, Wildcard | None]:
    """The plain steps up to the first wildcard, and that wildcard."""
    path: list[str | int] = []
    for step in key:
        if isinstance(step, Wildcard):
            return tuple(path), step
        path.append(step)
    return tuple(path), None


def _with(record: dict[str, Json], key: Key, value: Found) -> dict[str, Json]:
    """The record with the free thing as it is chosen, as far as one can be written."""
    if isinstance(key, Mention):
        return _with_term(record, key.term) if value else _without_term(record, key.term)
    if isinstance(key, StringConstraint):
        if isinstance(value, bool):
            value = key.value.literal if value and isinstance(key.value, Text) else "other"
        return with_value(record, (key.field,), value)
    path, wildcard = _split(key)
    if any(isinstance(step, int) and step > MOST_ELEMENTS for step in key):
        return record
    if not path or (wildcard is not None and not isinstance(value, Several | Special)):
        return record
    if not isinstance(value, Several):
        return with_value(record, path, value)
    first: str | int = 0 if wildcard is Wildcard.ELEMENT else "any"
    if value.values:
        rest = tuple(step for step in key[len(path) + 1 :] if not isinstance(step, Wildcard))
        return with_value(record, (*path, first, *rest), value.values[0])
    if value.lacking:
        return with_value(record, (*path, first), {})
    return with_value(record, path, [] if wildcard is Wildcard.ELEMENT else {})


def _with_term(record: dict[str, Json], term: str) -> dict[str, Json]:
    if mentions(term, Event(record)).is_yes:
        return record
    return with_value(record, ("userAgent",), f"{record.get('userAgent', '')} {term}".strip())


def _without_term(record: dict[str, Json], term: str) -> dict[str, Json]:
    for path, value in leaves(record):
        if any(term in str(step) for step in path) or (isinstance(value, str) and term in value):
            record = with_value(record, path, ABSENT)
    return record
