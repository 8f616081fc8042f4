"""Advanced event selectors: all six operators, known and unknown fields."""

from typing import Any

import pytest

from alarmchain.chain.trail.advanced_event_selectors import judge_advanced_selector
from alarmchain.records.record_class import RecordClass, api_call

STOP = api_call("cloudtrail.amazonaws.com", "StopLogging")
MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}


def judged(*fields: Any, call: RecordClass = STOP) -> str:
    """Return the status and reason of one selector with these fields."""
    found = judge_advanced_selector(
        "trail 't'", {"Name": "s", "FieldSelectors": list(fields)}, call
    )
    return f"{found.status.value}: {found.reason}"


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("Equals", ["cloudtrail.amazonaws.com"], "ok"),
        ("Equals", ["ec2.amazonaws.com", "cloudtrail.amazonaws.com"], "ok"),
        ("Equals", ["ec2.amazonaws.com"], "broken"),
        ("Equals", ["CloudTrail.amazonaws.com"], "broken"),
        ("StartsWith", ["ec2", "cloud"], "ok"),
        ("StartsWith", ["ec2"], "broken"),
        ("EndsWith", [".amazonaws.com"], "ok"),
        ("EndsWith", [".org"], "broken"),
        ("NotEquals", ["kms.amazonaws.com", "rdsdata.amazonaws.com"], "ok"),
        ("NotEquals", ["kms.amazonaws.com", "cloudtrail.amazonaws.com"], "broken"),
        ("NotStartsWith", ["kms", "ec2"], "ok"),
        ("NotStartsWith", ["kms", "cloud"], "broken"),
        ("NotEndsWith", [".org"], "ok"),
        ("NotEndsWith", [".com", ".org"], "broken"),
        ("Contains", ["cloud"], "unknown"),
        ("Equals", "cloudtrail.amazonaws.com", "unknown"),
        ("Equals", [7], "unknown"),
        ("Equals", [], "unknown"),
    ],
)
def test_operators(operator: str, values: Any, expected: str) -> None:
    """A positive operator needs one matching value; a negative one must hold for every value."""
    field = {"Field": "eventSource", operator: values}
    assert judged(MANAGEMENT, field).split(":")[0] == expected


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"Equals": ["cloudtrail.amazonaws.com"], "NotEquals": ["kms.amazonaws.com"]}, "ok"),
        ({"Equals": ["ec2.amazonaws.com"], "NotEquals": ["cloudtrail.amazonaws.com"]}, "broken"),
        ({"Equals": ["ec2.amazonaws.com"], "StartsWith": ["cloud"]}, "unknown"),
        ({"StartsWith": ["cloud"], "NotEndsWith": [".com"]}, "unknown"),
        ({"StartsWith": ["ec2"], "EndsWith": [".org"]}, "broken"),
    ],
)
def test_several_operators(conditions: dict[str, list[str]], expected: str) -> None:
    """Several operators on one field are decided only if all readings agree."""
    assert judged(MANAGEMENT, {"Field": "eventSource", **conditions}).split(":")[0] == expected


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("readOnly", "false", "ok"),
        ("readOnly", "true", "broken"),
        ("eventName", "StopLogging", "ok"),
        ("eventName", "StartLogging", "broken"),
        ("eventType", "AwsApiCall", "ok"),
        ("eventCategory", "Data", "broken"),
        ("userIdentity.arn", "x", "unknown"),
        ("resources.type", "x", "unknown"),
        ("new", "x", "unknown"),
    ],
)
def test_fields(field: str, value: str, expected: str) -> None:
    """Fields that are known of the call decide, others are unknown."""
    assert judged(MANAGEMENT, {"Field": field, "Equals": [value]}).split(":")[0] == expected


def test_broken_beats_unknown() -> None:
    """Fields are ANDed: one that surely fails is enough."""
    unknown = {"Field": "userIdentity.arn", "NotEquals": ["x"]}
    reads = {"Field": "readOnly", "Equals": ["true"]}
    assert (
        judged(MANAGEMENT, unknown, reads)
        == "broken: trail 't' records only events with readOnly Equals true"
    )


def test_readonly_of_a_call_not_on_our_lists() -> None:
    """A selector on readOnly is unknown if it is not known whether the call only reads."""
    call = api_call("ec2.amazonaws.com", "Other", read_only=None)
    field = {"Field": "readOnly", "Equals": ["false"]}
    assert judged(MANAGEMENT, field, call=call).startswith(
        "unknown: trail 't' records only some readOnly values"
    )


@pytest.mark.parametrize("fields", [[], None, "eventCategory", [7], [["Field"]], [{}]])
def test_malformed(fields: Any) -> None:
    """A value that is not a list of field selectors is unknown."""
    found = judge_advanced_selector("trail 't'", {"FieldSelectors": fields}, STOP)
    assert found.status.value == "unknown"


def test_category_is_required() -> None:
    """A selector without eventCategory does not say what it records."""
    assert (
        judged({"Field": "readOnly", "Equals": ["false"]})
        == "unknown: event selector 's' of trail 't' has no eventCategory"
    )
