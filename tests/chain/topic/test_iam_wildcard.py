"""Wildcards in policies."""

import fnmatch
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarmchain.chain.topic.iam_wildcard import matches
from tests.chance import tried


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("", "", True),
        ("*", "", True),
        ("?", "", False),
        ("a*c", "abc", True),
        ("a*c", "ac", True),
        ("a*c", "abcd", False),
        ("a?c", "abc", True),
        ("[a]", "a", False),
        ("a.c", "abc", False),
        ("**b", "aab", True),
    ],
)
def test_matches(pattern: str, text: str, expected: bool) -> None:
    """A star matches any text, a question mark any character, another character itself."""
    assert matches(pattern, text) is expected


@tried(100)
@given(st.text(alphabet="ab*?", max_size=8), st.text(alphabet="ab", max_size=8))
def test_agrees_with_fnmatch(pattern: str, text: str) -> None:
    """The answers are those of Python's fnmatch, which can take exponential time."""
    assert matches(pattern, text) is bool(re.match(fnmatch.translate(pattern), text))


def test_many_stars() -> None:
    """A pattern of many stars takes little time."""
    assert not matches("a*" * 2000 + "b", "a" * 4000)
