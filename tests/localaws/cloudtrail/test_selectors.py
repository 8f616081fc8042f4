"""Event selectors: the records that a trail records."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.cloudtrail.selectors import is_read_only, takes

KMS = {
    "eventName": "DisableKey",
    "eventSource": "kms.amazonaws.com",
    "readOnly": False,
    "eventCategory": "Management",
    "userIdentity": {"arn": "arn:aws:iam::1:role/admin"},
}


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        ([], True),
        ([{}], True),
        ([{"ReadWriteType": "WriteOnly"}], True),
        ([{"ReadWriteType": "ReadOnly"}], False),
        ([{"ReadWriteType": "ReadOnly"}, {"ReadWriteType": "WriteOnly"}], True),
        ([{"IncludeManagementEvents": False}], False),
        ([{"ExcludeManagementEventSources": ["kms.amazonaws.com"]}], False),
        ([{"ExcludeManagementEventSources": ["rdsdata.amazonaws.com"]}], True),
    ],
)
def test_basic(selectors: list[dict[str, Any]], expected: bool) -> None:
    """Read or write, management events, excluded sources."""
    assert takes(selectors, [], KMS) is expected


def fields(*more: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}, *more]}]


@pytest.mark.parametrize(
    ("advanced", "expected"),
    [
        (fields(), True),
        (fields({"Field": "readOnly", "Equals": ["false"]}), True),
        (fields({"Field": "readOnly", "Equals": ["true"]}), False),
        (fields({"Field": "eventSource", "Equals": ["ec2.amazonaws.com"]}), False),
        (fields({"Field": "eventSource", "Equals": ["a"], "StartsWith": ["kms"]}), True),
        (fields({"Field": "eventSource", "EndsWith": [".com"]}), True),
        (fields({"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}), False),
        (fields({"Field": "eventSource", "NotStartsWith": ["kms"]}), False),
        (fields({"Field": "eventSource", "NotEndsWith": ["x", ".com"]}), False),
        (fields({"Field": "eventSource", "NotEquals": ["ec2.amazonaws.com"]}), True),
        (fields({"Field": "eventName", "StartsWith": ["Dis"], "NotEquals": ["DisableKey"]}), False),
        (fields({"Field": "userIdentity.arn", "EndsWith": ["admin"]}), True),
        (fields({"Field": "resources.type", "Equals": ["AWS::S3::Object"]}), False),
        ([{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}], False),
        ([*fields({"Field": "readOnly", "Equals": ["true"]}), *fields()], True),
    ],
)
def test_advanced(advanced: list[dict[str, Any]], expected: bool) -> None:
    """All fields, but only one selector, must match; operators work as the API says."""
    assert takes([], advanced, KMS) is expected


def test_other_records() -> None:
    """Data and network activity records are not management events; old records lack readOnly."""
    assert not takes([], [], KMS | {"eventCategory": "NetworkActivity"})
    assert is_read_only({"eventName": "DescribeTrails"})
    assert not is_read_only({"eventName": "StopLogging"})
    assert is_read_only({"eventName": "StopLogging", "readOnly": True})
