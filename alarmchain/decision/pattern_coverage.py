"""What one pattern covers of a list of calls."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from alarmchain.decision.routine_reads import Breadth, breadth
from alarmchain.filter_pattern.ast import Pattern
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.prove import Proof, prove
from alarmchain.records.record_class import RecordClass


@dataclass(frozen=True, slots=True)
class Coverage:
    """The answer for the pattern written as `text`.

    `pattern` is its tree, or None with the `error`; `proofs` has one proof for each call.
    """

    text: str
    calls: Mapping[str, RecordClass]
    pattern: Pattern | None = None
    error: PatternSyntaxError | None = None
    proofs: Mapping[str, Proof] = field(default_factory=dict)
    breadth: Breadth | None = None


def coverage(text: str, calls: Mapping[str, RecordClass]) -> Coverage:
    """What the filter pattern `text` covers of the calls."""
    try:
        pattern = parse(text)
    except PatternSyntaxError as error:
        return Coverage(text, calls, error=error)
    proofs = {name: prove((pattern,), records) for name, records in calls.items()}
    return Coverage(text, calls, pattern, proofs=proofs, breadth=breadth(pattern))
