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
"""Cases about what a file lacks: AWS itself would answer."""
OTHERWISE_SAID = {"T08-single-region-elsewhere"}
"""Cases about what AWS does not tell in the region: a single-region trail of another."""
each = pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])


def _is_partly_read(case: dict[str, Any]) -> bool:
    return case["id"].partition("-")[0].rstrip("bc") in PARTLY_READ or case["id"].startswith("L06")


@each
def test_verdict(case: dict[str, Any]) -> None:
    """The compliance is one of those accepted, and the verdict, where one is told, is that."""
    found = judged(case["snapshot"], case["rule"], case["region"])
    assert found.compliance in case["accept"], found.annotation
    if "verdict" in case:
        assert found.outcome.value == case["verdict"], found.annotation


@each
def test_wording(case: dict[str, Any]) -> None:
    """The annotation is one line of at most 256 characters that starts with the call, or UNKNOWN
    and the call; a refusal's reason is in it unless it is cut."""
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
    """The chain told ends at the fault: nothing after a broken link, all good when covered."""
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
    """Reading on demand ends with the verdict and the annotation of the whole snapshot."""
    if _is_partly_read(case):
        pytest.skip("about what a file lacks")
    full = from_json(case["snapshot"])
    offline = judged(full, case["rule"], case["region"])
    live = read(full, case["rule"], case["region"]).assessment
    if full.linked:
        return  # a role is needed: tests/decision/test_read_and_assess.py
    assert live.outcome == offline.outcome
    if case["id"] not in OTHERWISE_SAID:
        assert live.annotation == offline.annotation
        assert live.calls == offline.calls


@each
def test_written_and_read_again(case: dict[str, Any]) -> None:
    """A snapshot that is written and read again is judged alike."""
    snapshot = from_json(case["snapshot"])
    again = from_json(json.loads(json.dumps(to_json(snapshot))))
    assert again == snapshot
    found, before = (judged(one, case["rule"], case["region"]) for one in (again, snapshot))
    assert found == before
