"""Random accounts: a snapshot is refused in one line, or the rule is assessed."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alarmchain.decision.assess import assess
from alarmchain.decision.assessment import MOST_ANNOTATION, Assessment, Outcome
from alarmchain.json_document import DocumentError
from alarmchain.parameters import Parameters
from alarmchain.report.findings import Findings
from alarmchain.report.formats import FORMATS, render
from alarmchain.snapshot.snapshot_json import from_json, to_json
from tests.builders import CONTROLS
from tests.cases import all_cases
from tests.chance import one_line, tried
from tests.fuzz.mutation import mutated, shuffled

CASES = tuple(all_cases().values())
BY_RULE = tuple((case["rule"], case["region"]) for case in CASES)
SNAPSHOTS = tuple(case["snapshot"] for case in CASES)
RULES_AND_REGIONS = st.sampled_from(sorted(set(BY_RULE)))


def judge(snapshot: Any, rule: str, region: str) -> Assessment | None:
    """Return the assessment; None if the snapshot is refused with one line."""
    try:
        read = from_json(snapshot)
    except DocumentError as error:
        one_line(error)
        return None
    return assess(CONTROLS[rule], read, region, Parameters())


def check(assessment: Assessment) -> None:
    """Check what must be true of every assessment."""
    assert 1 <= len(assessment.annotation) <= MOST_ANNOTATION
    assert assessment.annotation.isprintable()
    assert (assessment.outcome is Outcome.COVERED) == (assessment.compliance == "COMPLIANT")
    assert (assessment.outcome is Outcome.UNKNOWN) == assessment.annotation.startswith("UNKNOWN: ")
    for call in assessment.calls.values():
        assert (call.outcome is Outcome.COVERED) == (not call.reason)


@tried(150)
@given(mutated(SNAPSHOTS), RULES_AND_REGIONS)
def test_any_account(snapshot: Any, rule_and_region: tuple[str, str]) -> None:
    """A snapshot with wrong values is refused, or gets a valid assessment."""
    assessment = judge(snapshot, *rule_and_region)
    if assessment is not None:
        check(assessment)


@tried(40)
@given(mutated(SNAPSHOTS, 2), RULES_AND_REGIONS)
def test_reports_of_any_account(snapshot: Any, rule_and_region: tuple[str, str]) -> None:
    """Every report format renders the assessment without control characters."""
    assessment = judge(snapshot, *rule_and_region)
    if assessment is None:
        return
    for form in FORMATS:
        report = render(Findings.of([assessment], 0.0, (CONTROLS[assessment.rule],)), form)
        assert not [char for char in report if char < " " and char not in "\n\r\t"]
        if form == "json":
            json.loads(report)


@tried(40)
@given(shuffled(CASES))
def test_order_does_not_matter(pair: tuple[Any, Any]) -> None:
    """The verdict does not depend on the order of the items in AWS's answers."""
    ordered, shuffled_ = (judge(case["snapshot"], case["rule"], case["region"]) for case in pair)
    if ordered is None or shuffled_ is None:
        assert ordered is shuffled_
        return
    assert ordered.outcome is shuffled_.outcome
    assert {name: call.outcome for name, call in ordered.calls.items()} == {
        name: call.outcome for name, call in shuffled_.calls.items()
    }


@tried(60)
@given(mutated(SNAPSHOTS, 2))
def test_a_written_snapshot_is_read_again(document: Any) -> None:
    """A snapshot that is written and read again is the same."""
    try:
        snapshot = from_json(document)
    except DocumentError:
        return
    text = json.dumps(to_json(snapshot))
    again = from_json(json.loads(text))
    assert json.dumps(to_json(again)) == text
