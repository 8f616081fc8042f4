"""Which calls one pattern covers, and records on which CloudWatch Logs can confirm it."""

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
from alarmchain.records.typical_record import typical_record


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the pattern written as `text` covers.

    `calls` holds the classes of records by the calls' names. `pattern` is the syntax tree, or
    None if `error` is set. `proofs` has one proof for each call.
    """

    text: str
    calls: Mapping[str, RecordClass]
    pattern: Pattern | None = None
    error: PatternSyntaxError | None = None
    proofs: Mapping[str, Proof] = field(default_factory=dict)
    breadth: Breadth | None = None


def coverage(text: str, calls: Mapping[str, RecordClass]) -> Coverage:
    """Return which of the calls the filter pattern `text` covers."""
    try:
        pattern = parse(text)
    except PatternSyntaxError as error:
        return Coverage(text, calls, error=error)
    proofs = {name: prove((pattern,), records) for name, records in calls.items()}
    return Coverage(text, calls, pattern, proofs=proofs, breadth=breadth(pattern))


@dataclass(frozen=True, slots=True)
class Check:
    """A record of the call `call`, and whether the pattern matches it.

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

    For each call these are a typical record, if the pattern matches it, and the counterexample, if
    there is one.
    """
    if covered.pattern is None:
        return
    for name, proof in covered.proofs.items():
        typical = typical_record(covered.calls[name])
        if match(covered.pattern, typical).is_yes:
            yield Check(name, typical, expected=True)
        if proof.counterexample is not None:
            yield Check(name, proof.counterexample, expected=False)
