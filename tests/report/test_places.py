"""Accounts, regions and rules in few words."""

from dataclasses import replace

import pytest

from alarmchain.report.places import Scope, joined

REGIONS = frozenset({"a", "b", "c", "d", "e"})
ONE = Scope({"1": REGIONS}, frozenset({"A", "B"}), {"1": "1"})
MANY = Scope(
    {"1": REGIONS, "2": REGIONS, "3": frozenset("a"), "4": frozenset("ab"), "5": frozenset()},
    frozenset({"A", "B", "C", "D", "E"}),
    {"1": "1 (one)", "2": "2", "3": "3", "4": "4", "5": "5"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("scope", "places", "words"),
    [
        (ONE, ["1a"], "a"),
        (ONE, ["1a", "1b"], "a and b"),
        (ONE, ["1a", "1b", "1c"], "a, b and c"),
        (ONE, ["1a", "1b", "1c", "1d"], "all 5 regions but e"),
        (ONE, ["1a", "1b", "1c", "1d", "1e"], "all 5 regions"),
        (ONE, ["1"], ""),
        (MANY, ["1a"], "a of account 1 (one)"),
        (MANY, ["1a", "2a"], "a of 2 of 5 accounts"),
        (MANY, ["1a", "2b"], "a of account 1 (one) and b of account 2"),
        (MANY, ["3a"], "a of account 3"),
        (MANY, ["4a", "4b"], "both regions of account 4"),
        (MANY, [f"{account}{region}" for account in "12" for region in "abcde"] + ["4a", "4b"],
         "all regions of 3 of 5 accounts"),
        (MANY, ["1", "2", "3", "4", "5"], "all 5 accounts"),
        (MANY, ["5"], "account 5"),
    ],
)  # fmt: skip
def test_places(scope: Scope, places: list[str], words: str) -> None:
    """Places are named, or counted if they are many."""
    assert scope.words((place[0], place[1:]) for place in places) == words


@pytest.mark.parametrize(
    ("scope", "rules", "words"),
    [
        (ONE, ["A"], "A"),
        (ONE, ["A", "B"], "every rule"),
        (MANY, ["A", "B", "C"], "A, B and C"),
        (MANY, ["A", "B", "C", "D"], "4 rules"),
        (replace(MANY, elsewhere=frozenset({("1", "a", "E")})), ["A", "B", "C", "D"], "every rule"),
        (MANY, ["A", "B", "C", "D", "E"], "every rule"),
    ],
)
def test_rules(scope: Scope, rules: list[str], words: str) -> None:
    """Up to three rules are named; every rule means every one that applies there."""
    assert scope.rule_words(rules, [("1", "a")]) == words


@pytest.mark.parametrize(
    ("names", "text"), [("", ""), ("a", "a"), ("abc", "a, b and c"), ("abcd", "a, b and 2 more xs")]
)
def test_joined(names: str, text: str) -> None:
    """Three names are all named; of four, two are."""
    assert joined(list(names), "xs") == text
