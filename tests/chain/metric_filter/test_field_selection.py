"""Field selection criteria: their grammar, and which log events they select."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarmchain.chain.metric_filter.field_selection import judge_criteria
from tests.chance import tried

TABLE = [
    ('@aws.account = "1"', "ok"),
    ("@aws.account = '1'", "ok"),
    ("@aws.account = 1", "ok"),
    ('@aws.account = "2"', "broken"),
    ('@aws.account != "2"', "ok"),
    ('@aws.account != "1"', "broken"),
    ('@aws.region = "us-east-1"', "ok"),
    ('@aws.region IN ["eu-west-1", "us-east-1"]', "ok"),
    ('@aws.region in ["eu-west-1"]', "broken"),
    ('@aws.region NOT IN ["eu-west-1"]', "ok"),
    ('@aws.region NOT IN ["us-east-1"]', "broken"),
    ('@aws.account = "1" AND @aws.region = "eu-west-1"', "broken"),
    ('@aws.account = "2" OR @aws.region = "us-east-1"', "ok"),
    ('@aws.account = "2" OR @aws.account = "1" AND @aws.region = "us-east-1"', "ok"),
    ('@aws.account = "1" OR @aws.account = "2" AND @aws.account = "3"', "ok"),
    ('(@aws.account = "1" OR @aws.account = "2") AND @aws.account = "3"', "broken"),
    ('@aws.region = "US-EAST-1"', "broken"),
    # These texts are not in the grammar:
    ("", "unknown"),
    ("@aws.account", "unknown"),
    ("@aws.account =", "unknown"),
    ('@aws.account == "1"', "unknown"),
    ('@aws.account = "1" @aws.region = "us-east-1"', "unknown"),
    ('@aws.account IN "1"', "unknown"),
    ("@aws.account IN []", "unknown"),
    ('@aws.account IN ["1"', "unknown"),
    ('@aws.account IN ["1",]', "unknown"),
    ('@aws.organization = "1"', "unknown"),
    ('"@aws.account" = "1"', "unknown"),
    ('@aws.account = "1', "unknown"),
    ('@aws.account = "1" AND', "unknown"),
    ('(@aws.account = "1"', "unknown"),
    ('@aws.account = "1")', "unknown"),
    ('NOT @aws.account = "1"', "unknown"),
    ("@aws.account = @aws.account", "unknown"),
    ("(" * 5000, "unknown"),
]


@pytest.mark.parametrize(("text", "expected"), TABLE, ids=[text[:50] for text, _ in TABLE])
def test_criteria(text: str, expected: str) -> None:
    """The criteria select, or do not select, log events of account 1 in us-east-1."""
    found = judge_criteria(text, "metric filter 'f'", "1", "us-east-1")
    assert found.status.value == expected


@tried(100)
@given(st.text(alphabet='@aws.countregi=!"()[], ANDORTI1', max_size=60))
def test_any_text(text: str) -> None:
    """Any text gets a judgement, and raises no exception."""
    assert judge_criteria(text, "f", "1", "us-east-1").status.value in ("ok", "broken", "unknown")


def test_words() -> None:
    """The reason names the filter, and cuts a long criterion."""
    found = judge_criteria(
        '@aws.account = "2"' + " " * 200 + "AND @aws.account = 2", "filter 'f'", "1", "r"
    )
    assert found.reason.startswith(
        "filter 'f' selects only other accounts or regions: @aws.account"
    )
    assert len(found.reason) < 120
