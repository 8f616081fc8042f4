"""Accounts with anything in them: a snapshot is refused in one line, or judged in one."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alarmchain.decision.assess import assess
from alarmchain.decision.assessment import MOST_ANNOTATION, Assessment, Outcome
from alarmchain.parameters import Parameters
from alarmchain.report.findings import Findings
from alarmchain.report.formats import FORMATS, render
from alarmchain.snapshot.snapshot_json import SnapshotError, from_json, to_json
from tests.builders import CONTROLS
from tests.cases import all_cases
from tests.chance import one_line, tried
from tests.fuzz.mutation import mutated, shuffled

CASES = tuple(all_cases().values())
BY_RULE = tuple((case["rule"], case["region"]) for case in CASES)
SNAPSHOTS = tuple(case["snapshot"] for case in CASES)
ASKED = st.sampled_from(sorted(set(BY_RULE)))


def judge(snapshot: Any, rule: str, region: str) -> Assessment | None:
    """The assessment, None where the snapshot is refused with one line."""
    try:
        read = from_json(snapshot)
    except SnapshotError as error:
        one_line(error)
        return None
    return assess(CONTROLS[rule], read, region, Parameters())


def check(found: Assessment) -> None:
    """What holds of every assessment."""
    assert 1 <= len(found.annotation) <= MOST_ANNOTATION
    assert found.annotation.isprintable()
    assert (found.outcome is Outcome.COVERED) == (found.compliance == "COMPLIANT")
    assert (found.outcome is Outcome.UNKNOWN) == found.annotation.startswith("UNKNOWN: ")
    for call in found.calls.values():
        assert (call.outcome is Outcome.COVERED) == (not call.reason)


@tried(150)
@given(mutated(SNAPSHOTS), ASKED)
def test_any_account(snapshot: Any, asked: tuple[str, str]) -> None:
    """Whatever stands where AWS would have said something else."""
    found = judge(snapshot, *asked)
    if found is not None:
        check(found)


@tried(40)
@given(mutated(SNAPSHOTS, 2), ASKED)
def test_reports_of_any_account(snapshot: Any, asked: tuple[str, str]) -> None:
    """Every form of report renders it; none lets a control character through."""
    found = judge(snapshot, *asked)
    if found is None:
        return
    for form in FORMATS:
        report = render(Findings.of([found], 0.0, (CONTROLS[found.rule],)), form)
        assert not [char for char in report if char < " " and char not in "\n\r\t"]
        if form == "json":
            json.loads(report)


@tried(40)
@given(shuffled(CASES))
def test_order_does_not_matter(pair: tuple[Any, Any]) -> None:
    """The verdict does not hang on the order in which AWS tells things."""
    one, other = (judge(case["snapshot"], case["rule"], case["region"]) for case in pair)
    if one is None or other is None:
        assert one is other
        return
    assert one.outcome is other.outcome
    assert {name: call.outcome for name, call in one.calls.items()} == {
        name: call.outcome for name, call in other.calls.items()
    }


@tried(60)
@given(mutated(SNAPSHOTS, 2))
def test_a_snapshot_survives_its_file(document: Any) -> None:
    """What is read, written and read again is the same account."""
    try:
        snapshot = from_json(document)
    except SnapshotError:
        return
    text = json.dumps(to_json(snapshot))
    again = from_json(json.loads(text))
    assert json.dumps(to_json(again)) == text
