"""Build a readable counterexample: a typical record with as few changes as possible."""

from collections.abc import Iterator, Mapping

from alarmchain.filter_pattern.ast import Compare, Step, Wildcard
from alarmchain.filter_pattern.literals import Number, Text
from alarmchain.filter_pattern.match.match import Formula, evaluate
from alarmchain.filter_pattern.match.raw_text import Event, contains_term
from alarmchain.filter_pattern.match.semantics import Selected, WildcardValues
from alarmchain.proof.partial_evaluation import (
    Key,
    PartialFormula,
    StringConstraint,
    TermConstraint,
)
from alarmchain.records.record_class import ABSENT, Json, RecordClass, Special
from alarmchain.records.record_fields import FieldPath, leaves, value_at, with_value
from alarmchain.records.typical_record import TYPICAL_VALUES, typical_record

MOST_TRIES = 200
"""How many records may be tried to make a counterexample more readable."""
MOST_ELEMENTS = 1_000
"""No counterexample has a longer array."""


class CounterexampleBuilder:
    """Builds a record of a class for which a formula is false, with a bounded number of tries."""

    def __init__(self, root: Formula, record_class: RecordClass) -> None:
        self._root = root
        self._class = record_class
        self.typical = typical_record(record_class)

    def is_counterexample(self, record: Mapping[str, Json]) -> bool:
        """Return whether the record belongs to the class and the formula is certainly false."""
        return self._class.holds(record) and evaluate(self._root, record).is_no

    def build(
        self, partial: PartialFormula, chosen: Mapping[Key, Selected]
    ) -> dict[str, Json] | None:
        """Return a readable counterexample with the values that the solver has `chosen`.

        Return None if no such record could be written.
        """
        record = self.typical
        changed: list[Key] = []
        for key in sorted(chosen, key=lambda key: (_depth(key), chosen[key] is True)):
            changed.append(key)
            record = _with(record, key, chosen[key])
            if self.is_counterexample(record):
                return self._improved(partial, record, changed)
        return None

    def _improved(
        self, partial: PartialFormula, record: dict[str, Json], changed: list[Key]
    ) -> dict[str, Json]:
        """Return the record with the most usual values possible for the changed keys."""
        tries = 0
        for key in changed:
            leaves_of_key = [partial.leaves[index] for index in partial.keys[key]]
            comparisons = [leaf for leaf in leaves_of_key if isinstance(leaf, Compare)]
            for value in self._readable_values(key, comparisons):
                candidate = _with(record, key, value)
                if candidate == record:
                    break
                tries += 1
                if tries > MOST_TRIES:
                    return record
                if self.is_counterexample(candidate):
                    record = candidate
                    break
        return record

    def _readable_values(self, key: Key, comparisons: list[Compare]) -> Iterator[Selected]:
        """Yield values to try for the key, the most usual first."""
        if isinstance(key, TermConstraint):
            return
        if isinstance(key, StringConstraint):
            path: FieldPath = (key.field,)
            yield value_at(self.typical, path)
            yield from TYPICAL_VALUES.get(path, ())
            return
        path, wildcard = _split(key)
        if wildcard is not None:
            yield ABSENT
            yield from (WildcardValues((value,), 0) for value in ("other", *_near(comparisons)))
            return
        yield value_at(self.typical, path)
        yield from TYPICAL_VALUES.get(path, ())
        yield from (ABSENT, "other", *_near(comparisons), 7, True, False, None)


def _near(comparisons: list[Compare]) -> Iterator[Json]:
    """Yield values equal to, or close to, the values of the comparisons."""
    for leaf in comparisons:
        if isinstance(leaf.value, Text):
            yield leaf.value.literal
            yield f"{leaf.value.literal}-other"
        elif isinstance(leaf.value, Number) and abs(leaf.value.value) < 1e15:
            number = int(leaf.value.value)
            yield from (number, number - 1, number + 1)


def _depth(key: Key) -> int:
    """Return the place in the order of changes: outer fields, inner fields, then terms."""
    return len(key) if isinstance(key, tuple) else 0 if isinstance(key, StringConstraint) else 1_000


def _split(key: tuple[Step, ...]) -> tuple[FieldPath, Wildcard | None]:
    """Return the steps before the first wildcard, and that wildcard."""
    path: list[str | int] = []
    for step in key:
        if isinstance(step, Wildcard):
            return tuple(path), step
        path.append(step)
    return tuple(path), None


def _with(record: dict[str, Json], key: Key, value: Selected) -> dict[str, Json]:
    """Return the record with the value for the key, as far as it can be written."""
    if isinstance(key, TermConstraint):
        return _with_term(record, key.term) if value else _without_term(record, key.term)
    if isinstance(key, StringConstraint):
        if isinstance(value, bool):
            value = key.value.literal if value and isinstance(key.value, Text) else "other"
        return with_value(record, (key.field,), value)
    path, wildcard = _split(key)
    if any(isinstance(step, int) and step > MOST_ELEMENTS for step in key):
        return record
    if not path or (wildcard is not None and not isinstance(value, WildcardValues | Special)):
        return record
    if not isinstance(value, WildcardValues):
        return with_value(record, path, value)
    first: str | int = 0 if wildcard is Wildcard.ELEMENT else "any"
    if value.values:
        rest = tuple(step for step in key[len(path) + 1 :] if not isinstance(step, Wildcard))
        return with_value(record, (*path, first, *rest), value.values[0])
    if value.lacking:
        return with_value(record, (*path, first), {})
    return with_value(record, path, [] if wildcard is Wildcard.ELEMENT else {})


def _with_term(record: dict[str, Json], term: str) -> dict[str, Json]:
    if contains_term(term, Event(record)).is_yes:
        return record
    return with_value(record, ("userAgent",), f"{record.get('userAgent', '')} {term}".strip())


def _without_term(record: dict[str, Json], term: str) -> dict[str, Json]:
    for path, value in leaves(record):
        if any(term in str(step) for step in path) or (isinstance(value, str) and term in value):
            record = with_value(record, path, ABSENT)
    return record
