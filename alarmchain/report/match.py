"""Whether an event matches, as JSON and as text."""

from collections.abc import Sequence
from typing import Any

from alarmchain.records.record_fields import Json
from alarmchain.report.record import described
from alarmchain.report.text_layout import console
from alarmchain.three_valued import Truth

_NAMES = {0: "no_match", 1: "unknown", 2: "match"}


def as_json(found: Truth, deciding: Sequence[str]) -> dict[str, Any]:
    """The answer as a JSON object."""
    return {
        "match": _NAMES[found.level],
        "deciding": list(deciding),
        "doubts": sorted(found.doubts),
    }


def write_text(found: Truth, deciding: Sequence[str], record: Json) -> None:
    """Writes the answer, and what it hangs on."""
    out = console()
    out.print(_NAMES[found.level].replace("_", " "), style="bold")
    for name in deciding:
        out.print(f"  {described(name, record)}")
    for doubt in sorted(found.doubts):
        out.print(f"  {doubt}")
