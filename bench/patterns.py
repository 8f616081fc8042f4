"""Filter patterns: parse and proof of common patterns and of worst cases."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from statistics import median

from alarmchain.control import Control
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.parameters import Parameters
from alarmchain.proof.prove import prove
from alarmchain.records.record_class import RecordClass
from bench.measure import CHECKOUT, Measurement, percentile, seconds
from deployment.folders import rule_folders
from tests.filter_pattern.test_hostile import HOSTILE

SECTION = "patterns"
SHARED = CHECKOUT.parent / "shared" / "data" / "patterns.jsonl"
MILLI, MICRO = 1e3, 1e6
FILTERS = 100
FIELDS = (
    "userIdentity.userName",
    "userIdentity.arn",
    "userIdentity.type",
    "errorCode",
    "userAgent",
    "sourceIPAddress",
    "requestParameters.name",
    "requestParameters.a.b",
    "x",
    "vpcEndpointId",
)
LENGTHS = (128, 256, 512, 1024)
GROWING: Mapping[str, tuple[str, str, str, str]] = {
    "alternatives": ("{ $.a = 1", " || $.b = 2", "", " }"),
    "parentheses": ("{ ", "(", "$.a = 1", ")"),
    "strings": ("{ $.a = 1", ' && $.b = "x*"', "", " }"),
    "long name": ("{ $.", "a", "", " = 1 }"),
    "columns": ("[a", ", b", "", "]"),
    "terms": ("a", " ?b", "", ""),
}
"""Patterns of any length: head, repeated part, middle, tail (repeated if it closes brackets)."""


def measure() -> Iterator[Measurement]:
    """Measure parse and proof of the public patterns (if present) and of hostile ones."""
    record_classes = tuple(_first_classes())
    texts = _shared()
    if texts:
        taken = [
            _parse_and_prove(text, record_class)
            for text in texts
            for record_class in record_classes
        ]
        note = f"{len(texts)} patterns x {len(record_classes)} calls"
        yield Measurement(SECTION, "median", median(taken) * MICRO, "µs", 150, note)
        yield Measurement(SECTION, "99th percentile", percentile(taken, 0.99) * MICRO, "µs", None)
        yield Measurement(SECTION, "slowest", max(taken) * MILLI, "ms", 50, note)
    worst = {name: _parse_and_prove(text, record_classes[0]) for name, text in HOSTILE.items()}
    slowest = max(worst, key=worst.__getitem__)
    note = f"'{slowest}', of {len(worst)} hostile texts of up to 1,024 characters"
    yield Measurement(SECTION, "worst", worst[slowest] * MILLI, "ms", 50, note)
    texts = [_long_filter(number) for number in range(FILTERS)]
    filters = [parse(text) for text in texts]
    taken_together = seconds(lambda: prove(filters, record_classes[0]), 3)
    note = f"{FILTERS} filters of up to 1,024 characters on ten fields, one proof"
    yield Measurement(SECTION, "many filters", taken_together, "s", 2, note)
    growth = {name: _growth(*parts) for name, parts in GROWING.items()}
    fastest = max(growth, key=growth.__getitem__)
    note = f"'{fastest}': time for each character, {LENGTHS[-1]} against {LENGTHS[0]} characters"
    # 1 is linear; up to 1.5 is noise in times below a millisecond.
    yield Measurement(SECTION, "growth of parsing", growth[fastest], "x", 1.5, note)


def _long_filter(number: int) -> str:
    """Return a filter that no typical record escapes alone, of about the maximum length."""
    conditions = (
        f'($.{FIELDS[(at + number) % 10]}="a{number}{at}*"&&$.{FIELDS[at * 3 % 10]}!=b{at}{number})'
        for at in range(14)
    )
    return "{$.x NOT EXISTS||" + "||".join(conditions) + "}"


def _first_classes() -> Iterator[RecordClass]:
    """Yield the first class of records of each rule."""
    for folder in rule_folders():
        classes = Parameters().required_classes(
            Control.load(folder), region="us-east-1", account="123456789012"
        )
        yield next(iter(classes.values()))


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
    """Return the ratio of the time for each character in the longest text to the shortest."""
    times: list[float] = []
    for length in (LENGTHS[0], LENGTHS[-1]):
        closing = unit == "("
        count = (length - len(head + middle) - (2 if closing else len(tail))) // (
            2 if closing else len(unit)
        )
        text = head + unit * count + middle + (tail * count + " }" if closing else tail)
        times.append(seconds(lambda text=text: [parse(text) for _ in range(50)], 7) / len(text))  # type: ignore[misc]
    return times[1] / times[0]
