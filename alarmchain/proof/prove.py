"""Prove that a set of patterns matches every record of a class, or find one that none matches.

A formula of the language has no negation, so it is monotone in its comparisons: a record is least
likely to match if each field that is not known makes as few comparisons true as possible. Two
values do that for every field: the field is absent (only NOT EXISTS holds), or it is an empty
object (only `= *` holds, because in AWS both `=` and `!=` fail on objects). A selector with a
wildcard selects such a value, or nothing in an empty container, or nothing in an element. So a
search over these values decides every formula; afterwards a readable value is chosen. A field
that holds an unknown string equals each value it is compared with, or not; a term is in the
event's text, or not.

Variables that depend on each other (`$.a` and `$.a.b`, "equals a*" and "equals ab") are searched
as if they were independent, without the combinations that certainly contradict each other. This
can only add records, so "covered" is sound. A counterexample is checked on the record itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from alarmchain.filter_pattern.ast import Or, Pattern
from alarmchain.filter_pattern.match.match import formula
from alarmchain.proof.counterexample import CounterexampleBuilder
from alarmchain.proof.deciding_fields import deciding_fields
from alarmchain.proof.partial_evaluation import PartialFormula
from alarmchain.proof.solver import Solver, TooComplexError
from alarmchain.records.record_class import Json, RecordClass


class Verdict(Enum):
    """`COVERED`: every record of the class matches. `ESCAPES`: at least one does not."""

    COVERED = "covered"
    ESCAPES = "escapes"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Proof:
    """The result of a proof.

    `counterexample` is a complete record that no pattern matches, and `deciding` holds the
    selectors because of which it does not match (both only with ESCAPES). `doubts` holds the
    reasons for UNKNOWN, as sentences.
    """

    verdict: Verdict
    counterexample: dict[str, Json] | None = None
    deciding: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def prove(patterns: Sequence[Pattern], record_class: RecordClass) -> Proof:
    """Return whether at least one of the patterns matches every record of the class."""
    root = Or(tuple(formula(pattern) for pattern in patterns))
    partial = PartialFormula(root, record_class)
    constant = partial.constant()
    if constant is not None and constant.is_yes:
        return Proof(Verdict.COVERED)
    builder = CounterexampleBuilder(root, record_class)
    if builder.is_counterexample(builder.typical):
        deciding = deciding_fields(root, builder.typical, record_class.values)
        return Proof(Verdict.ESCAPES, builder.typical, deciding)
    if constant is not None:
        return Proof(Verdict.UNKNOWN, doubts=tuple(sorted(constant.doubts)))
    solver = Solver(partial)
    try:
        chosen = solver.at_most(0)
        record = builder.build(partial, chosen) if chosen is not None else None
        if record is not None:
            deciding = deciding_fields(root, record, record_class.values)
            return Proof(Verdict.ESCAPES, record, deciding)
        if chosen is None and (chosen := solver.at_most(1)) is None:
            return Proof(Verdict.COVERED)
    except TooComplexError:
        return Proof(Verdict.UNKNOWN, doubts=("the pattern has too many cases to check",))
    doubts = solver.doubts(chosen) or {"no record could be built that the pattern does not match"}
    return Proof(Verdict.UNKNOWN, doubts=tuple(sorted(doubts)))


def may_match(pattern: Pattern, record_class: RecordClass) -> bool:
    """Return False if the pattern certainly matches no record of the class."""
    constant = PartialFormula(formula(pattern), record_class).constant()
    return constant is None or not constant.is_no
