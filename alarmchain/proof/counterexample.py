"""A record that escapes and looks real: a typical record, changed only where it must be."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from operator import itemgetter

from alarmchain.filter_pattern.ast import Compare, Step, Wildcard
from alarmchain.filter_pattern.literals import Number, Text
from alarmchain.filter_pattern.match.raw_text import Event, contains_term
from alarmchain.filter_pattern.match.semantics import Selected, WildcardValues
from alarmchain.proof.formula import Formula, evaluate
from alarmchain.proof.problem import Problem, Variable
from alarmchain.proof.solver import Domains, Search
from alarmchain.proof.string_classes import TooComplex
from alarmchain.records.identity import with_one_caller
from alarmchain.records.record_class import RecordClass
from alarmchain.records.record_fields import (
    ABSENT,
    FieldPath,
    Json,
    leaves,
    value_at,
    with_value,
)
from alarmchain.records.schema import Kind, kind_of
from alarmchain.records.typical_record import USUAL_VALUES, typical_records

MOST_ELEMENTS = 1_000
"""No example holds a longer array."""
_IDENTITY = ("userIdentity", "sourceIPAddress", "eventType")
"""The fields that say who made the call: they belong together."""
_CALLER = ("userIdentity", "type")
_MANY = 100
_LARGE = 1e15
_PREFERRED = (Kind.ABSENT, Kind.STRING, Kind.FALSE, Kind.TRUE, Kind.OBJECT, Kind.NUMBER, Kind.NULL)


class Escape:
    """Says which records escape a formula, and builds one."""

    def __init__(self, root: Formula, record_class: RecordClass) -> None:
        self._root = root
        self._class = record_class

    def is_escape(self, record: Mapping[str, Json]) -> bool:
        """Return whether the class allows the record and the formula is certainly false for it."""
        return self._class.allows(record) and evaluate(self._root, Event(record)).is_no

    def typical(self) -> dict[str, Json] | None:
        """Return a typical record that escapes as it is, None if there is none."""
        for place, event in typical_events(self._class):
            if evaluate(self._root, event).is_no:
                # A new record, because the caller may change it.
                return next(islice(typical_records(self._class), place, None))
        return None

    def record(
        self, problem: Problem, search: Search, domains: Domains
    ) -> tuple[int, dict[str, Json]] | None:
        """Return a record that escapes, with the choices that `domains` leave.

        With it comes the number of its fields that differ from a typical record's. The identity of
        the typical record is kept where a search finds an escape with it.
        """
        includes = problem.kind.includes
        bases = sorted(
            typical_records(self._class), key=lambda base: not includes(base["eventType"])
        )
        with_identity = ((_with_identity(problem, search, base), base) for base in bases)
        found = self._escapes(problem, with_identity)
        # The records of a class without a call's name differ more: all are compared.
        compared = islice(found, None if self._class.pattern else 1)
        closest = min(compared, key=itemgetter(0), default=None)
        if closest is None:
            changed = self._escapes(problem, ((domains, base) for base in bases))
            closest = min(changed, key=itemgetter(0), default=None)
        return closest

    def _escapes(
        self, problem: Problem, candidates: Iterable[tuple[Domains | None, dict[str, Json]]]
    ) -> Iterator[tuple[int, dict[str, Json]]]:
        """Yield records that escape, each with the number of its fields that differ."""
        for domains, base in candidates:
            if domains is not None:
                built = _build(problem, domains, base)
                for record in (with_one_caller(built, base), built):
                    if self.is_escape(record):
                        yield _differences(record, base), record
                        break


def _differences(record: Mapping[str, Json], base: Mapping[str, Json]) -> int:
    """Return how many fields differ; the type of the caller counts as much as many others."""
    fields, others = (set(map(str, leaves(value))) for value in (record, base))
    is_same_type = value_at(record, _CALLER) == value_at(base, _CALLER)
    return len(fields ^ others) + (0 if is_same_type else _MANY)


@lru_cache(maxsize=64)
def typical_events(record_class: RecordClass) -> tuple[tuple[int, Event], ...]:
    """Return the typical records that the class allows, each with its place among all."""
    return tuple(
        (place, Event(record))
        for place, record in enumerate(typical_records(record_class))
        if record_class.allows(record)
    )


def _with_identity(problem: Problem, search: Search, base: Mapping[str, Json]) -> Domains | None:
    """Return domains that let a record escape with the identity of `base`, if any are found."""
    try:
        kept = _identity(problem, search, base)
        return None if kept is None else search.at_most(0, kept)
    except TooComplex:
        return None


def _identity(problem: Problem, search: Search, base: Mapping[str, Json]) -> Domains | None:
    """Return the domains in which the fields of the identity are as in `base`."""
    start = search.start()
    sets: dict[int, int] = {}
    for index, variable in enumerate(problem.variables):
        if variable.path and variable.path[0] in _IDENTITY:
            sets[index] = problem.choices_of(index, value_at(base, variable.path))
    return None if start is None else search.narrowed(start, sets)


def _build(problem: Problem, domains: Domains, base: dict[str, Json]) -> dict[str, Json]:
    """Return the record with a choice out of the domains for each variable."""
    record = base
    chosen: list[int] = []
    for index, variable in enumerate(problem.variables):
        allowed = domains[index] & _allowed(variable, chosen)
        if variable.path is None:
            choice = _lowest(allowed)
            record = _with_choice(problem, record, index, allowed)
        else:
            value = _value(problem, index, allowed, record, variable.path)
            choice = _lowest(problem.choices_of(index, value) & allowed or allowed)
            if not (value in ({}, []) and _has_member(problem, domains, index)):
                record = _with_changed(record, variable.path, value)
        chosen.append(1 << choice)
    return record


def _has_member(problem: Problem, domains: Domains, index: int) -> bool:
    """Return whether the next variable is a member that is present, and brings its object."""
    if index + 1 == len(problem.variables):
        return False
    member = problem.variables[index + 1]
    return member.parent == index and member.path is not None and not domains[index + 1] & 1


def _with_changed(record: dict[str, Json], path: FieldPath, value: Json) -> dict[str, Json]:
    old = value_at(record, path)
    is_same = value == old and kind_of(value) == kind_of(old)
    return record if is_same else with_value(record, path, value)


def _allowed(variable: Variable, chosen: list[int]) -> int:
    if variable.parent is None:
        return variable.limits[0][1]
    return sum(own for choices, own in variable.limits if choices & chosen[variable.parent])


def _lowest(choices: int) -> int:
    return (choices & -choices).bit_length() - 1


def _value(
    problem: Problem, index: int, allowed: int, record: dict[str, Json], path: FieldPath
) -> Json:
    """Return the most ordinary value that the allowed choices stand for."""
    if any(isinstance(step, int) and step > MOST_ELEMENTS for step in path):
        return ABSENT
    usual = USUAL_VALUES.get(path, ())
    others = (ABSENT, *_readable(problem, index))
    if path[0] == "userIdentity":
        # A caller with a name keeps a name, so ABSENT comes last.
        others = (*others[1:], ABSENT)
    for value in (value_at(record, path), *usual, *others):
        if problem.choices_of(index, value) & allowed:
            return value
    domain = problem.variables[index].domain
    for kind in _PREFERRED:
        choices = allowed & domain.kinds.get(kind, 0)
        if choices:
            return domain.values[_lowest(choices)]
    return domain.values[_lowest(allowed)]


def _readable(problem: Problem, index: int) -> Iterator[Json]:
    """Yield values that read well, made of those that the leaves compare with."""
    yield "other"
    for place in problem.places[index]:
        leaf = problem.leaves[place]
        if isinstance(leaf, Compare) and isinstance(leaf.value, Text):
            literal = leaf.value.literal
            if literal.endswith("/"):
                yield f"{literal}jane"
            yield literal
            yield f"{literal}-other"
        elif isinstance(leaf, Compare) and isinstance(leaf.value, Number):
            yield from _near(leaf.value.value)


def _near(number: float) -> Iterator[Json]:
    if abs(number) < _LARGE:
        yield from (int(number), int(number) - 1, int(number) + 1)


def _plain_steps(steps: Iterable[Step]) -> Iterator[str | int]:
    for step in steps:
        if isinstance(step, Wildcard):
            return
        yield step


def _with_choice(
    problem: Problem, record: dict[str, Json], index: int, allowed: int
) -> dict[str, Json]:
    """Return the record with a term in its text or not, or with what a wildcard finds."""
    variable = problem.variables[index]
    if isinstance(variable.name, str):
        if allowed == variable.domain.all:
            return record
        return (_without_term if allowed == 1 else _with_term)(record, variable.name)
    path = tuple(_plain_steps(variable.name))
    value: Selected = variable.domain.values[_lowest(allowed)]
    if not isinstance(value, WildcardValues):
        return record
    for readable in _readable(problem, index):
        if problem.choices_of(index, WildcardValues((readable,), 0)) & allowed:
            value = WildcardValues((readable,), 0)
            break
    wildcard = variable.name[len(path)]
    first: str | int = 0 if wildcard is Wildcard.ELEMENT else "any"
    if value.values:
        rest = variable.name[len(path) + 1 : -1]
        return with_value(record, (*path, first, *_plain_steps(rest)), value.values[0])
    if value.lacking:
        return with_value(record, (*path, first), {})
    return record


def _with_term(record: dict[str, Json], term: str) -> dict[str, Json]:
    if contains_term(term, Event(record)).is_yes:
        return record
    return with_value(record, ("userAgent",), f"{record.get('userAgent', '')} {term}".strip())


def _without_term(record: dict[str, Json], term: str) -> dict[str, Json]:
    for path, value in leaves(record):
        if any(term in str(step) for step in path) or (isinstance(value, str) and term in value):
            record = with_value(record, path, ABSENT)
    return record
