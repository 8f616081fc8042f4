"""docs/language.md agrees with the code that it describes."""

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
    """Return the lines of the guide's code block with this name."""
    match = re.search(rf"```{name}\n(.*?)```", GUIDE, re.DOTALL)
    assert match, name
    return match[1].splitlines()


@pytest.mark.parametrize("text", block("read"))
def test_valid_patterns(text: str) -> None:
    """The guide's valid patterns parse, and so does their canonical text."""
    tree = parse(text)
    assert parse(str(tree)) == tree


@pytest.mark.parametrize("text", block("refused"))
def test_refused_patterns(text: str) -> None:
    """The guide's refused patterns give an error; all but an unclosed one also give a hint."""
    with pytest.raises(PatternSyntaxError) as caught:
        parse(text)
    assert caught.value.hint or "'}' at the end" in caught.value.expected


def test_the_table_of_doubts() -> None:
    """The table has exactly the doubts of undocumented.py, in the same order."""
    doubts = [
        next(iter(value.doubts))
        for value in vars(undocumented).values()
        if isinstance(value, Truth) and value.is_unknown
    ]
    table = GUIDE.split("| reported as |", 1)[1].split("\n\n", 1)[0]
    listed = [row.split(" | ")[0].removeprefix("| ") for row in table.splitlines()[2:]]
    assert listed == doubts


def test_limits_and_bounds() -> None:
    """The guide's numbers are those of the code."""
    for words in (
        f"{parser.MOST_CHARACTERS} characters",
        f"{parser.MOST_WILDCARDS_IN_SELECTOR} wildcard in a selector",
        f"{parser.MOST_WILDCARDS} selectors with a wildcard",
        f"{MOST_REGEXES} regular expressions",
        f"more than {counterexample.MOST_ELEMENTS} elements",
        f"more than {solver.MOST_STEPS} steps, or {solver.STEPS_FOR_EACH_LEAF} for each comparison",
    ):
        assert words in re.sub(r"\s+", " ", GUIDE), words
