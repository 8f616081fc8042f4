"""The filter patterns that the remediation, the template and the guides write."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from alarmchain.control import Call, Control
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.prove import Verdict, prove
from alarmchain.records.record_class import api_call
from alarmchain.remediation.filter_patterns import filter_patterns
from tests.remediation.local_account import CONTROLS

PUBLISHED: dict[str, str] = json.loads(
    Path(__file__).with_name("published-patterns.json").read_text()
)
"""CIS AWS Foundations Benchmark 4.0.1: the filter pattern of each rule's control, by rule.
Rules that require classes of records are left out: see tests/test_rule_patterns.py."""
RULES = sorted(PUBLISHED)


def escaping(control: Control, calls: tuple[Call, ...]) -> list[str]:
    """Return the calls of which the patterns may miss a record, also of a failed call."""
    patterns = [parse(text) for text in filter_patterns(control, calls)]
    return [
        str(call)
        for call in calls
        if prove(
            patterns,
            api_call(
                call.event_source,
                call.event_name,
                region="eu-west-1",
                account="123456789012",
                read_only=call.read_only,
                failed=None,
            ),
        ).verdict
        is not Verdict.COVERED
    ]


@pytest.mark.parametrize("rule", RULES)
def test_the_benchmarks_text(rule: str) -> None:
    """For the list cis the pattern is the benchmark's exact text, and it covers every record."""
    control = CONTROLS[rule]
    assert filter_patterns(control, control.calls["cis"]) == [PUBLISHED[rule]]
    assert escaping(control, control.calls["cis"]) == []


@pytest.mark.parametrize("rule", RULES)
def test_more_calls(rule: str) -> None:
    """More calls get patterns of our own of up to 1,024 characters, which cover every record."""
    control = CONTROLS[rule]
    added = tuple(Call(f"service{number}.amazonaws.com", "Change") for number in range(40))
    every = control.calls["cis"] + control.calls["extended"]
    for calls in (every, every + added) if control.calls["extended"] else (every + added,):
        texts = filter_patterns(control, calls)
        assert PUBLISHED[rule] not in texts
        assert max(map(len, texts)) <= 1024
        assert escaping(control, calls) == []


def test_without_the_benchmarks_text() -> None:
    """A control without cis_pattern gets a pattern of our own."""
    control = CONTROLS["CMKChanges"]
    (own,) = filter_patterns(replace(control, cis_pattern=""), control.calls["cis"])
    assert own.startswith('{ ($.eventSource = "kms.amazonaws.com") && ')
