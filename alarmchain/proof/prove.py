"""Whether a set of patterns matches every record of a class; if not, a record that escapes.

A formula of the language has no negation, so it is monotone in its comparisons: to let a record
escape, each free field should make as few of them true as it can. What a field can do at the
least is done by two values: being absent (only NOT EXISTS holds then) and being an empty object
(only `= *` holds then: AWS lets both `=` and `!=` fail on objects). A selector with a wildcard
finds one such value, or nothing in an empty container, or nothing in another. So a search over
those decides every formula; a readable value is chosen afterwards. A field that is some string,
nobody knows which, is like each value it is compared with or not; a term is in the event's text
or not.

What depends on each other (`$.a` and `$.a.b`, "like a*" and "like ab") is searched as if
independent, less the combinations that plainly contradict each other. That can only add records,
so "covered" stays sound; and an escape counts only once it is confirmed on the record itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from alarmchain.filter_pattern.ast import Or, Pattern
from alarmchain.filter_pattern.match.formula import formula
from alarmchain.proof.counterexample import Escape
from alarmchain.proof.deciding_fields import deciding
from alarmchain.proof.partial_evaluation import Problem
from alarmchain.proof.solver import Search, TooComplex
from alarmchain.records.record_class import Json, RecordClass


class Verdict(Enum):
    """`COVERED`: every record of the class is matched; `ESCAPES`: here is one that is not."""

    COVERED = "covered"
    ESCAPES = "escapes"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Proof:
    """The answer. `counterexample` is a full record that no pattern matches (only with ESCAPES),
    `deciding` the selectors whose values let it escape, `doubts` what an UNKNOWN hangs on."""

    verdict: Verdict
    counterexample: dict[str, Json] | None = None
    deciding: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def prove(patterns: Sequence[Pattern], record_class: RecordClass) -> Proof:
    """Whether every record of the class is matched by at least one of the patterns."""
    root = Or(tuple(formula(pattern) for pattern in patterns))
    problem = Problem(root, record_class)
    constant = problem.constant()
    if constant is not None and constant.is_yes:
        return Proof(Verdict.COVERED)
    escape = Escape(root, record_class)
    if escape.is_escape(escape.base):
        return Proof(Verdict.ESCAPES, escape.base, deciding(root, escape.base, record_class.values))
    if constant is not None:
        return Proof(Verdict.UNKNOWN, doubts=tuple(sorted(constant.doubts)))
    search = Search(problem)
    try:
        chosen = search.at_most(0)
        record = escape.record(problem, chosen) if chosen is not None else None
        if record is not None:
            return Proof(Verdict.ESCAPES, record, deciding(root, record, record_class.values))
        if chosen is None and (chosen := search.at_most(1)) is None:
            return Proof(Verdict.COVERED)
    except TooComplex:
        return Proof(Verdict.UNKNOWN, doubts=("the pattern has too many cases to follow",))
    doubts = search.doubts(chosen) or {"no record was found that shows the escape"}
    return Proof(Verdict.UNKNOWN, doubts=tuple(sorted(doubts)))


def may_match(pattern: Pattern, record_class: RecordClass) -> bool:
    """False where the pattern certainly matches no record of the class."""
    constant = Problem(formula(pattern), record_class).constant()
    return constant is None or not constant.is_no
