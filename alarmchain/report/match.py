"""Whether events match, as JSON and as text."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from alarmchain.records.record_fields import Json
from alarmchain.report.escape_text import visible
from alarmchain.report.record import described
from alarmchain.report.text_layout import write
from alarmchain.three_valued import Truth

VERDICTS = {0: "no_match", 1: "unknown", 2: "match"}
"""The words for the levels of a Truth."""
_NAMES = ("eventTime", "eventSource", "eventName", "eventID")
"""The members of a record that tell it from others."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a pattern matches a record. `deciding`: the fields because of which it does not."""

    record: dict[str, Json]
    verdict: Truth
    deciding: tuple[str, ...]

    @property
    def word(self) -> str:
        """Return match, no_match or unknown."""
        return VERDICTS[self.verdict.level]


def as_json(answer: Answer) -> dict[str, Any]:
    """Return the answer as a JSON object."""
    return {
        "match": answer.word,
        "deciding": list(answer.deciding),
        "doubts": sorted(answer.verdict.doubts),
    }


def records_as_json(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return the answers about the records of a file, with their counts, as a JSON object."""
    return {
        "counts": _counts(answers),
        "records": [
            {name: answer.record.get(name) for name in _NAMES} | as_json(answer)
            for answer in answers
        ],
    }


def write_text(answer: Answer) -> None:
    """Write the answer, and the fields and doubts that it depends on."""
    write(answer.word.replace("_", " "), bold=True)
    for name in answer.deciding:
        write(f"  {described(name, answer.record)}")
    for doubt in sorted(answer.verdict.doubts):
        write(f"  {doubt}")


def write_records(answers: Sequence[Answer]) -> None:
    """Write a line for each record, then how many match."""
    for answer in answers:
        values = (answer.record.get(name) for name in _NAMES)
        names = ("-" if value is None else str(value) for value in values)
        why = [described(name, answer.record) for name in answer.deciding]
        why += sorted(answer.verdict.doubts)
        reason = f"  ({'; '.join(why)})" if why else ""
        word = answer.word.replace("_", " ")
        write(visible(f"{word:<8}  {'  '.join(names)}{reason}").replace("\n", "\\n"))
    counts = _counts(answers)
    summary = ", ".join(f"{count} {word.replace('_', ' ')}" for word, count in counts.items())
    total = f"{len(answers)} record{'' if len(answers) == 1 else 's'}"
    write(f"{total}: {summary}", bold=True)


def _counts(answers: Sequence[Answer]) -> dict[str, int]:
    counted = Counter(answer.word for answer in answers)
    return {word: counted[word] for word in ("match", "no_match", "unknown")}
