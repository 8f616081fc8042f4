"""Accounts as data, each with the verdict that is right for it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from alarmchain.decision.assessment import MOST_ANNOTATION
from alarmchain.snapshot.snapshot_json import from_json, to_json
from tests.builders import judged
from tests.cases import all_cases
from tests.reader import Run, read_and_assess, read_regions_and_assess

CASES = list(all_cases().values())
PARTLY_READ = {
    "A28d",
    "L06",
    "L07",
    "L08",
    "L09",
    "L10",
    "S08e",
    "S09",
    "S09b",
    "S11",
    "S12",
    "S25d",
    "T21",
    "T22",
}
"""Cases in which a file lacks reads; a live audit would get the answers from AWS."""
OTHERWISE_SAID = {"T08-single-region-elsewhere"}
"""Cases in which AWS does not list, in the region, another region's single-region trail."""
each = pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])


def _is_partly_read(case: dict[str, Any]) -> bool:
    return case["id"].partition("-")[0].rstrip("bc") in PARTLY_READ or case["id"].startswith("L06")


@each
def test_verdict(case: dict[str, Any]) -> None:
    """The compliance is an accepted one; if the case has a verdict, that is the outcome."""
    found = judged(case["snapshot"], case["rule"], case["region"])
    assert found.compliance in case["accept"], found.annotation
    if "verdict" in case:
        assert found.outcome.value == case["verdict"], found.annotation


@each
def test_wording(case: dict[str, Any]) -> None:
    """The annotation is a line of at most 256 characters; it begins with the call or UNKNOWN."""
    found = judged(case["snapshot"], case["rule"], case["region"])
    said = found.annotation
    assert 0 < len(said) <= MOST_ANNOTATION
    assert said.isprintable()
    unknown = found.outcome.value == "unknown"
    assert said.startswith("UNKNOWN: ") == unknown
    first = said.removeprefix("UNKNOWN: ").split()[0].rstrip(":")
    assert first == "All" if found.outcome.value == "covered" else first in found.calls


@each
def test_links(case: dict[str, Any]) -> None:
    """The reported chain ends at the broken link; all links of a covered rule are ok."""
    found = judged(case["snapshot"], case["rule"], case["region"])
    statuses = [link.judgement.status.value for link in found.chain]
    assert statuses
    assert "broken" not in statuses[:-1]
    if found.outcome.value == "covered":
        assert set(statuses) == {"ok"}
    for call in found.calls.values():
        assert (call.reason == "") == (call.outcome.value == "covered")


@each
@pytest.mark.parametrize("read", [read_and_assess, read_regions_and_assess])
def test_live_as_offline(case: dict[str, Any], read: Callable[..., Run]) -> None:
    """An audit that reads on demand has the verdict and annotation of the full snapshot."""
    if _is_partly_read(case):
        pytest.skip("about what a file lacks")
    full = from_json(case["snapshot"])
    offline = judged(full, case["rule"], case["region"])
    live = read(full, case["rule"], case["region"]).assessment
    if full.linked:
        return  # these reads need a role: see tests/decision/test_read_and_assess.py
    assert live.outcome == offline.outcome
    if case["id"] not in OTHERWISE_SAID:
        assert live.annotation == offline.annotation
        assert live.calls == offline.calls


@each
def test_written_and_read_again(case: dict[str, Any]) -> None:
    """A snapshot that is written and read again has the same assessment."""
    snapshot = from_json(case["snapshot"])
    again = from_json(json.loads(json.dumps(to_json(snapshot))))
    assert again == snapshot
    found, before = (judged(one, case["rule"], case["region"]) for one in (again, snapshot))
    assert found == before
