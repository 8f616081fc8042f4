"""Whether an event matches, as JSON and as text."""

from collections.abc import Sequence
from typing import Any

from alarmchain.records.record_fields import Json
from alarmchain.report.record import described
from alarmchain.report.text_layout import write
from alarmchain.three_valued import Truth

VERDICTS = {0: "no_match", 1: "unknown", 2: "match"}
"""The words for the levels of a Truth."""


def as_json(verdict: Truth, deciding: Sequence[str]) -> dict[str, Any]:
    """Return the answer as a JSON object."""
    return {
        "match": VERDICTS[verdict.level],
        "deciding": list(deciding),
        "doubts": sorted(verdict.doubts),
    }


def write_text(verdict: Truth, deciding: Sequence[str], record: Json) -> None:
    """Write the answer, and the fields and doubts that it depends on."""
    write(VERDICTS[verdict.level].replace("_", " "), bold=True)
    for name in deciding:
        write(f"  {described(name, record)}")
    for doubt in sorted(verdict.doubts):
        write(f"  {doubt}")
