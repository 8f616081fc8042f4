"""Which classes of records patterns cover, and records on which CloudWatch Logs can confirm it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from alarmchain.decision.routine_reads import Breadth, breadth
from alarmchain.filter_pattern.ast import Pattern
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.match.match import match
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.prove import Proof, prove
from alarmchain.records.record_class import RecordClass
from alarmchain.records.record_fields import Json


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the patterns written as `texts` cover together.

    `classes` holds the classes of records by their names. `patterns` are the syntax trees; there
    are none if `error` is set, the fault of the first text that is not a pattern. `proofs` has one
    proof for each class. `breadth` belongs to the pattern that matches most.
    """

    texts: tuple[str, ...]
    classes: Mapping[str, RecordClass]
    patterns: tuple[Pattern, ...] = ()
    error: PatternSyntaxError | None = None
    proofs: Mapping[str, Proof] = field(default_factory=dict)
    breadth: Breadth | None = None


def coverage(classes: Mapping[str, RecordClass], *texts: str) -> Coverage:
    """Return which of the classes the filter patterns `texts`, at least one, cover together."""
    try:
        patterns = tuple(parse(text) for text in texts)
    except PatternSyntaxError as error:
        return Coverage(texts, classes, error=error)
    proofs = {name: prove(patterns, records) for name, records in classes.items()}
    breadths = {breadth(pattern) for pattern in patterns}
    broadest = next(each for each in Breadth if each in breadths)
    return Coverage(texts, classes, patterns, proofs=proofs, breadth=broadest)


@dataclass(frozen=True, slots=True)
class Check:
    """A record of the class `call`, and whether a pattern matches it.

    `expected` is alarmchain's answer, `actual` is AWS's (None before AWS was asked).
    """

    call: str
    record: dict[str, Json]
    expected: bool
    actual: bool | None = None

    @property
    def agrees(self) -> bool:
        """Whether AWS's answer equals alarmchain's."""
        return self.expected is self.actual


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far AWS's answers agree with alarmchain's, over all checks of a pattern."""

    checks: tuple[Check, ...]

    @property
    def agreements(self) -> int:
        """The number of records on which AWS agrees."""
        return sum(check.agrees for check in self.checks)

    @property
    def complete(self) -> bool:
        """Whether AWS agrees on all records."""
        return self.agreements == len(self.checks)

    def as_json(self) -> dict[str, Any]:
        """Return the result as a JSON object."""
        return {
            "agreed": self.complete,
            "records": [
                {"call": check.call, "expected": check.expected, "found": check.actual}
                for check in self.checks
            ],
        }


def planned_checks(covered: Coverage) -> Iterator[Check]:
    """Yield the records to ask AWS about.

    For each class these are a typical record, if a pattern matches it, and the counterexample, if
    there is one.
    """
    for name, proof in covered.proofs.items():
        typical = prove((), covered.classes[name]).counterexample
        if typical is not None and any(match(each, typical).is_yes for each in covered.patterns):
            yield Check(name, typical, expected=True)
        if proof.counterexample is not None:
            yield Check(name, proof.counterexample, expected=False)
