"""Is there a record of the class that no filter matches?

The question for any class, exemptions and filters: is there a record that the schema allows, that
belongs to the class, that no exemption matches, and that no filter matches? If there is one, it is
the counterexample. If there is none, the class is covered. If that depends on what AWS does not
document, the answer is unknown.

"Covered" is sound: where a match is in doubt, the search treats it as no match.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from operator import itemgetter

from alarmchain.filter_pattern.ast import Or, Pattern
from alarmchain.filter_pattern.match.match import formula
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.counterexample import Escape, typical_events
from alarmchain.proof.deciding_fields import deciding_fields
from alarmchain.proof.formula import Formula, escape_formula, evaluate, negated
from alarmchain.proof.problem import Problem
from alarmchain.proof.solver import Search
from alarmchain.proof.string_classes import TooComplex
from alarmchain.records.record_class import RecordClass
from alarmchain.records.record_fields import Json
from alarmchain.three_valued import Truth

_TOO_COMPLEX = "the patterns have too many cases to check"
_NOT_SHOWN = "no record could be built that the pattern does not match"


class Verdict(Enum):
    """`COVERED`: every record of the class is matched; `ESCAPES`: here is one that is not."""

    COVERED = "covered"
    ESCAPES = "escapes"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Proof:
    """The answer. `counterexample` is a full record that no pattern matches (only with ESCAPES),
    `deciding` the selectors whose values let it escape, `doubts` the reasons for an UNKNOWN."""

    verdict: Verdict
    counterexample: dict[str, Json] | None = None
    deciding: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def prove(patterns: Sequence[Pattern], record_class: RecordClass) -> Proof:
    """Return whether one of the patterns matches every record of the class."""
    root = _root(patterns, record_class)
    try:
        problems = [Problem(root, record_class, kind) for kind in record_class.kinds]
        if all(isinstance(problem.root, Truth) and problem.root.is_yes for problem in problems):
            return Proof(Verdict.COVERED)
        escape = Escape(root, record_class)
        record = escape.typical()
        if record is None:
            record = _escaping_record(escape, problems, record_class)
        if record is not None:
            filters = Or(tuple(formula(pattern) for pattern in patterns))
            return Proof(
                Verdict.ESCAPES, record, deciding_fields(filters, record, record_class.values)
            )
        doubts = _doubts(problems)
    except TooComplex:
        return Proof(Verdict.UNKNOWN, doubts=(_TOO_COMPLEX,))
    if doubts is None:
        return Proof(Verdict.COVERED)
    return Proof(Verdict.UNKNOWN, doubts=tuple(sorted(doubts or {_NOT_SHOWN})))


def covers(patterns: Sequence[Pattern], record_class: RecordClass) -> bool:
    """Return whether `prove` says COVERED, without looking for a record that escapes."""
    root = _root(patterns, record_class)
    if Escape(root, record_class).typical() is not None:
        return False
    return not _may_be_false(root, record_class)


def _root(patterns: Sequence[Pattern], record_class: RecordClass) -> Formula:
    exemptions = [_parsed(record_class.exempted)] if record_class.exempted else []
    return escape_formula(_belongs(record_class), exemptions, patterns)


def may_match(pattern: Pattern, record_class: RecordClass) -> bool:
    """Return False where the pattern certainly matches no record of the class."""
    belongs, matched = _belongs(record_class), formula(pattern)
    if belongs is None:
        events = (event for _, event in typical_events(record_class))
        if any(evaluate(matched, event).is_yes for event in events):
            return True
    outside = () if belongs is None else (negated(formula(belongs)),)
    return _may_be_false(Or((*outside, negated(matched))), record_class)


@lru_cache(maxsize=1024)
def is_exempted(record_class: RecordClass) -> bool:
    """Return whether every record of the class is exempted."""
    return bool(record_class.exempted) and prove((), record_class).verdict is Verdict.COVERED


def is_empty(record_class: RecordClass) -> bool:
    """Return whether certainly no record belongs to the class."""
    belongs = _belongs(record_class)
    return belongs is not None and not _may_be_false(negated(formula(belongs)), record_class)


def _may_be_false(root: Formula, record_class: RecordClass) -> bool:
    try:
        problems = [Problem(root, record_class, kind) for kind in record_class.kinds]
        return _doubts(problems) is not None
    except TooComplex:
        return True


@lru_cache(maxsize=256)
def _parsed(text: str) -> Pattern:
    return parse(text)


def _belongs(record_class: RecordClass) -> Pattern | None:
    return _parsed(record_class.pattern) if record_class.pattern else None


def _escaping_record(
    escape: Escape, problems: Sequence[Problem], record_class: RecordClass
) -> dict[str, Json] | None:
    """Return a record for which the formula is certainly false, None if none is found.

    Of a class without a call's name it is the most typical one of all kinds of records. Raises
    TooComplex.
    """
    is_too_complex = False
    found: list[tuple[int, dict[str, Json]]] = []
    for problem in problems:
        if isinstance(problem.root, Truth) and not problem.root.is_no:
            continue
        # A kind of records with too many cases does not hide an escape of another kind.
        try:
            search = Search(problem)
            domains = search.at_most(0)
            record = None if domains is None else escape.record(problem, search, domains)
            if record is not None:
                found.append(record)
        except TooComplex:
            is_too_complex = True
        if found and not record_class.pattern:
            break
    if is_too_complex and not found:
        raise TooComplex
    return min(found, key=itemgetter(0))[1] if found else None


def _doubts(problems: Sequence[Problem]) -> frozenset[str] | None:
    """Return why the formula may be false for a record; None if it is true for all."""
    for problem in problems:
        if isinstance(problem.root, Truth):
            if not problem.root.is_yes:
                return problem.root.doubts
            continue
        search = Search(problem)
        domains = search.at_most(1)
        if domains is not None:
            return search.doubts([(choices & -choices).bit_length() - 1 for choices in domains])
    return None
