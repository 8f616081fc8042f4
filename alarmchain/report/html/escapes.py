"""The calls of a finding that are not covered, with a record that is missed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from alarmchain.decision.assessment import Assessment, CallAssessment, Outcome
from alarmchain.report import record
from alarmchain.report.fault_location import lacks_filter


@dataclass(frozen=True, slots=True)
class Escape:
    """Calls with the same reason, and a record of the first that escapes.

    `pattern`: the filter pattern in pieces, () if there is no filter for the calls. `record`: the
    record line by line. Each piece and line has whether it shows a deciding field. `because`: the
    value of each deciding field in the record.
    """

    calls: tuple[str, ...]
    reason: str
    outcome: Outcome
    because: tuple[str, ...]
    pattern: tuple[tuple[bool, str], ...]
    record: tuple[tuple[bool, str], ...]


def escapes(assessment: Assessment) -> Iterator[Escape]:
    """Yield the calls that are not covered, those with the same reason together."""
    by_reason: dict[tuple[Outcome, str, tuple[str, ...]], list[tuple[str, CallAssessment]]] = {}
    for name, call in assessment.calls.items():
        if call.outcome is not Outcome.COVERED:
            key = (call.outcome, call.reason, call.deciding)
            by_reason.setdefault(key, []).append((name, call))
    filters = (each for each in assessment.chain if each.link == "metric_filter")
    pattern = next((each.fact for each in filters if not lacks_filter(assessment, each)), "")
    for (outcome, reason, deciding), calls in by_reason.items():
        example = calls[0][1].counterexample
        names = tuple(name for name, _ in calls)
        lines = tuple(record.lines(example, deciding)) if example is not None else ()
        marked = tuple(_marked(pattern, deciding)) if lines and pattern else ()
        because = tuple(record.described(name, example) for name in deciding) if lines else ()
        yield Escape(names, reason, outcome, because, marked, lines)


def _marked(pattern: str, deciding: tuple[str, ...]) -> Iterator[tuple[bool, str]]:
    """Yield the pattern in pieces, each with whether it is a deciding selector."""
    if not deciding:
        yield False, pattern
        return
    longest = sorted(deciding, key=len, reverse=True)
    alternatives = "|".join(re.escape(name) for name in longest)
    for number, piece in enumerate(re.split(rf"((?:{alternatives})(?![\w.\[]))", pattern)):
        if piece:
            yield number % 2 == 1, piece
