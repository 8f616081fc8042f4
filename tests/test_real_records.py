"""The patterns that the remediation writes match real records, by a matcher that is not ours.

The local AWS parses and matches patterns with code of its own.
"""

import json

import pytest

from alarmchain.control import LISTS
from alarmchain.remediation.filter_patterns import filter_patterns
from localaws.logs.matcher import compile as compile_pattern
from tests.builders import CONTROLS
from tests.real_records import Json, real_records

OVERLAPS = {("IAMPolicyChanges", "OrganizationsChanges")}
"""A rule whose pattern names no event source, and another rule that has calls of the same names:
CreatePolicy and DeletePolicy (AWS Security Hub user guide, CloudWatch.4)."""


def matched(rule: str, call_list: str, record: Json) -> bool:
    """Return whether one of the patterns for the list matches the record."""
    control = CONTROLS[rule]
    lists = LISTS[: LISTS.index(call_list) + 1]
    calls = tuple(call for key in lists for call in control.calls[key])
    records = tuple(each for key in lists for each in control.records[key])
    message = json.dumps(record)
    texts = filter_patterns(control, calls, records)
    return any(compile_pattern(text).matches(message) for text in texts)


@pytest.mark.parametrize("rule", sorted(CONTROLS))
def test_each_class_is_matched(rule: str) -> None:
    """Every call and class of both lists has a record, and the patterns match each record."""
    control = CONTROLS[rule]
    for call_list in LISTS:
        records = real_records(control, call_list=call_list)
        assert len(records) >= len(control.calls[call_list]) + len(control.records[call_list])
        for record in records:
            assert matched(rule, call_list, record), record["eventName"]


@pytest.mark.parametrize("rule", sorted(CONTROLS))
def test_no_pattern_matches_another_rules_records(rule: str) -> None:
    """A pattern matches only its own rule's records, except for one overlap in the benchmark."""
    for other, control in CONTROLS.items():
        hits = [record for record in real_records(control) if matched(rule, "cis", record)]
        expected = other == rule or (rule, other) in OVERLAPS
        assert bool(hits) is expected, (other, [hit["eventName"] for hit in hits])
