"""docs/language.md against the code that it describes."""

import re
from pathlib import Path

import pytest

from alarmchain.filter_pattern import undocumented
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.parser import parser
from alarmchain.filter_pattern.parser.condition_parser import MOST_REGEXES
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof import counterexample, solver
from alarmchain.three_valued import Truth

GUIDE = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")


def block(name: str) -> list[str]:
    found = re.search(rf"```{name}\n(.*?)```", GUIDE, re.DOTALL)
    assert found, name
    return found[1].splitlines()


@pytest.mark.parametrize("text", block("read"))
def test_what_is_read(text: str) -> None:
    """The guide's examples are patterns."""
    tree = parse(text)
    assert parse(str(tree)) == tree


@pytest.mark.parametrize("text", block("refused"))
def test_what_is_refused(text: str) -> None:
    """The guide's slips are refused; all but what is cut short or has no form get a hint."""
    with pytest.raises(PatternSyntaxError) as caught:
        parse(text)
    assert caught.value.hint or "'}' at the end" in caught.value.expected


def test_every_doubt_is_told() -> None:
    """The table of disputes holds the doubts of undocumented.py, in its order, and no others."""
    doubts = [
        next(iter(value.doubts))
        for value in vars(undocumented).values()
        if isinstance(value, Truth) and value.is_unknown
    ]
    table = GUIDE.split("| reported as |", 1)[1].split("\n\n", 1)[0]
    told = [row.split(" | ")[0].removeprefix("| ") for row in table.splitlines()[2:]]
    assert told == doubts


def test_limits_and_bounds() -> None:
    """The numbers of the guide are those of the code."""
    for words in (
        f"{parser.MOST_CHARACTERS} characters",
        f"{parser.MOST_WILDCARDS_IN_SELECTOR} wildcard in a selector",
        f"{parser.MOST_WILDCARDS} selectors with a wildcard",
        f"{MOST_REGEXES} regular expressions",
        f"more than {counterexample.MOST_ELEMENTS} elements",
        f"more than {solver.MOST_STEPS} steps",
    ):
        assert words in re.sub(r"\s+", " ", GUIDE), words
