"""Filter patterns: parsing and proving, as people write them and at their worst."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from statistics import median

from alarmchain.control import Control
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.prove import prove
from alarmchain.records.record_class import RecordClass
from bench.measure import CHECKOUT, Measurement, percentile, seconds
from deployment.folders import rule_folders
from tests.filter_pattern.test_hostile import HOSTILE

SECTION = "patterns"
SHARED = CHECKOUT.parent / "shared" / "data" / "patterns.jsonl"
MILLI, MICRO = 1e3, 1e6
LENGTHS = (128, 256, 512, 1024)
GROWING: Mapping[str, tuple[str, str, str, str]] = {
    "alternatives": ("{ $.a = 1", " || $.b = 2", "", " }"),
    "parentheses": ("{ ", "(", "$.a = 1", ")"),
    "strings": ("{ $.a = 1", ' && $.b = "x*"', "", " }"),
    "long name": ("{ $.", "a", "", " = 1 }"),
    "columns": ("[a", ", b", "", "]"),
    "terms": ("a", " ?b", "", ""),
}
"""Patterns of any length: head, what repeats, middle, tail (which repeats if it closes)."""


def measure() -> Iterator[Measurement]:
    """Parse and prove over the public patterns (where they are) and over hostile ones."""
    record_classes = tuple(_first_calls())
    texts = _shared()
    if texts:
        taken = [_parse_and_prove(text, one) for text in texts for one in record_classes]
        note = f"{len(texts)} patterns x {len(record_classes)} calls"
        yield Measurement(SECTION, "median", median(taken) * MICRO, "µs", 150, note)
        yield Measurement(SECTION, "99th percentile", percentile(taken, 0.99) * MICRO, "µs", None)
        yield Measurement(SECTION, "slowest", max(taken) * MILLI, "ms", 50, note)
    worst = {name: _parse_and_prove(text, record_classes[0]) for name, text in HOSTILE.items()}
    slowest = max(worst, key=worst.__getitem__)
    note = f"'{slowest}', of {len(worst)} hostile texts of up to 1,024 characters"
    yield Measurement(SECTION, "worst", worst[slowest] * MILLI, "ms", 50, note)
    growth = {name: _growth(*parts) for name, parts in GROWING.items()}
    fastest = max(growth, key=growth.__getitem__)
    note = f"'{fastest}': time for each character, {LENGTHS[-1]} against {LENGTHS[0]} characters"
    # 1 is linear; a half more is the noise of times under a millisecond.
    yield Measurement(SECTION, "growth of parsing", growth[fastest], "x", 1.5, note)


def _first_calls() -> Iterator[RecordClass]:
    """A call of each rule."""
    for folder in rule_folders():
        call = Control.load(folder).calls["cis"][0]
        yield call.records(region="us-east-1", account="123456789012", failed=False)


def _shared() -> list[str]:
    if not SHARED.exists():
        return []
    rows: Iterable[dict[str, str]] = map(json.loads, SHARED.read_text("utf-8").splitlines())
    return [row["pattern"] for row in rows if row["parse_ok"] == "true"]


def _parse_and_prove(text: str, records: RecordClass) -> float:
    def work() -> None:
        with suppress(PatternSyntaxError):
            prove((parse(text),), records)

    return seconds(work)


def _growth(head: str, unit: str, middle: str, tail: str) -> float:
    """How much longer a character takes in the longest text than in the shortest."""
    each: list[float] = []
    for length in (LENGTHS[0], LENGTHS[-1]):
        closing = unit == "("
        count = (length - len(head + middle) - (2 if closing else len(tail))) // (
            2 if closing else len(unit)
        )
        text = head + unit * count + middle + (tail * count + " }" if closing else tail)
        each.append(seconds(lambda text=text: [parse(text) for _ in range(50)], 7) / len(text))  # type: ignore[misc]
    return each[1] / each[0]
