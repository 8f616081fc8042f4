"""Each rule's verdict on the published filter patterns of its control, and on narrowed ones."""

import json
from pathlib import Path
from typing import Any

import pytest

from alarmchain.control import LISTS, Control
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.parameters import Parameters
from alarmchain.proof.prove import Verdict, prove
from alarmchain.remediation.filter_patterns import filter_patterns
from tests.builders import CONTROLS, SERVING, account, advanced, judged, metric_filter, trail

PATTERNS: dict[str, dict[str, dict[str, str]]] = json.loads(
    Path(__file__).with_name("rule-patterns.json").read_text()
)
"""By rule: `covered` has a pattern for each version of the control, `narrowed` three that miss
records, both by what they are."""


def test_every_rule_has_patterns() -> None:
    """Each rule that serves a control has published patterns and three narrowed ones."""
    assert set(PATTERNS) == set(SERVING)
    assert all(patterns["covered"] for patterns in PATTERNS.values())
    assert {len(patterns["narrowed"]) for patterns in PATTERNS.values()} == {3}


def verdicts(control: Control, texts: list[str], call_list: str = "cis") -> set[Verdict]:
    """Return the verdicts of the patterns together on the rule's classes of records."""
    classes = Parameters(call_list=call_list).required_classes(
        control, region="us-east-1", account="123456789012"
    )
    patterns = [parse(text) for text in texts]
    return {prove(patterns, records).verdict for records in classes.values()}


@pytest.mark.parametrize("rule", sorted(SERVING))
def test_patterns(rule: str) -> None:
    """The published patterns cover every class; from each narrowed one a record escapes."""
    control, patterns = SERVING[rule], PATTERNS[rule]
    for version, text in patterns["covered"].items():
        assert verdicts(control, [text]) == {Verdict.COVERED}, version
    for narrowing, text in patterns["narrowed"].items():
        assert Verdict.ESCAPES in verdicts(control, [text]), narrowing


@pytest.mark.parametrize("rule", sorted(SERVING))
def test_the_remediations_patterns(rule: str) -> None:
    """The remediation's patterns cover both lists; for the list cis they are published ones."""
    control = SERVING[rule]
    calls, records = control.calls, control.records
    cis = filter_patterns(control, calls["cis"], records["cis"])
    extended = filter_patterns(
        control, calls["cis"] + calls["extended"], records["cis"] + records["extended"]
    )
    assert verdicts(control, cis) == {Verdict.COVERED}
    assert set(cis) <= set(PATTERNS[rule]["covered"].values())
    assert verdicts(control, extended, "extended") == {Verdict.COVERED}
    assert max(map(len, extended)) <= 1024


@pytest.mark.parametrize("rule", ["ConsoleSignInFailures", "ConsoleSignInWithoutMFA"])
@pytest.mark.parametrize("call_list", LISTS)
def test_a_sign_in_is_no_event_of_a_service(rule: str, call_list: str) -> None:
    """A trail that does not record AwsServiceEvent is enough for the rules on sign-ins."""
    leaves_out = advanced({"Field": "eventType", "NotEquals": ["AwsServiceEvent"]})
    selectors: dict[str, Any] = {"EventSelectors": None, "AdvancedEventSelectors": leaves_out}
    control = CONTROLS[rule]
    texts = filter_patterns(control, (), control.records["cis"] + control.records["extended"])
    filters = [metric_filter(text, name=text) for text in texts]
    given = account(trails=[trail(**selectors)], metric_filters=filters)
    found = judged(given, rule, CallList=call_list)
    assert found.compliance == "COMPLIANT", found.annotation
