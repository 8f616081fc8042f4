"""The dialect of regular expressions: its syntax, what it matches, and linear time."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarmchain.filter_pattern.regex import RegexError, parse_regex
from tests.chance import tried

ACCEPTS = [
    # expression, texts that it matches, texts that it does not match
    ("x", ["x", "axb"], ["", "y", "X"]),
    ("^x", ["x", "xa"], ["ax"]),
    ("x$", ["x", "ax"], ["xa"]),
    ("^x$", ["x"], ["xx", ""]),
    ("^$", [""], ["x"]),
    ("^", ["", "x"], []),
    ("a|b", ["a", "xb"], ["c"]),
    ("^a|b$", ["ax", "xb"], ["xa", "bx"]),
    ("^a.c$", ["abc", "a.c", "a\u00e9c"], ["ac", "a\nc"]),
    ("^a?b*c+$", ["c", "abbcc", "ac"], ["ab", "aac"]),
    ("^a{2}$", ["aa"], ["a", "aaa"]),
    ("^a{2,}$", ["aa", "aaaa"], ["a"]),
    ("^a{0,2}$", ["", "a", "aa"], ["aaa"]),
    ("^a{0}b$", ["b"], ["ab"]),
    ("^[abx-z]$", ["a", "y"], ["c", "-"]),
    ("^[^a-c]$", ["d", "\u00e9"], ["b", ""]),
    ("^[a-]$", ["a", "-"], ["b"]),
    (r"^[\d_]$", ["4", "_"], ["a"]),
    (r"^[\D]$", ["a"], ["4"]),
    (r"^[\D4]$", ["a", "4"], ["5"]),
    (r"^[^\D4]$", ["5"], ["4", "a"]),
    (r"^[\W\S]$", ["a", " ", "-"], [""]),
    (r"^\d\D\s\S\w\W$", ["1a b_-"], ["aa b_-"]),
    (r"^\x41[\x42-\x44]$", ["AB", "AD"], ["AE"]),
    (r"^\.\*\\\-$", [".*\\-"], ["a*\\-"]),
    (r"10\.10\.0\.1", ["x10.10.0.1"], ["10x10.0.1"]),
    (":_#=@/;,-", ["a:_#=@/;,-"], [":"]),
]
UNDECIDED = ["a^b", "a$b", "^^a", "a$$", "|", "a|", "a{1,99999999}", "a{3000}", "[ab]{1999,}"]
REFUSED = [
    # expression, position of the error
    ("", 0),
    ("(a)", 0),
    ("a b", 1),
    ("\u00e9", 0),
    ("*a", 0),
    ("a**", 2),
    ("a+?", 2),
    ("^*", 1),
    ("a{", 2),
    ("a{,2}", 2),
    ("a{2", 3),
    ("a{3,2}", 5),
    ("a]", 1),
    ("a}", 1),
    ("[a", 2),
    ("[]", 1),
    ("[]a]", 1),
    ("[[]", 1),
    ("[z-a]", 4),
    (r"[a-\d]", 5),
    (r"\q", 1),
    (r"\(", 1),
    (r"\x4", 1),
    ("\\", 1),
    ("a!", 1),
]


@pytest.mark.parametrize(("text", "matching", "others"), ACCEPTS)
def test_accepts(text: str, matching: list[str], others: list[str]) -> None:
    """An expression matches what it should, and nothing else."""
    regex = parse_regex(text)
    assert regex.decidable
    assert [value for value in matching if not regex.accepts(value)] == []
    assert [value for value in others if regex.accepts(value)] == []


@pytest.mark.parametrize("text", UNDECIDED)
def test_undecided(text: str) -> None:
    """Undocumented or very large expressions parse, but are not decidable."""
    assert not parse_regex(text).decidable


@pytest.mark.parametrize(("text", "position"), REFUSED)
def test_refused(text: str, position: int) -> None:
    """An expression outside the dialect gives an error with its position."""
    with pytest.raises(RegexError) as caught:
        parse_regex(text)
    assert caught.value.offset == position


PIECES = st.sampled_from(
    [
        "a",
        "b",
        "-",
        ".",
        "[ab]",
        "[^a]",
        r"\d",
        r"\W",
        "a*",
        "b+",
        "[ab]?",
        ".{2}",
        "b{0,2}",
        "a{1,}",
    ]
)
BRANCHES = st.builds(
    "".join, st.tuples(st.sampled_from(["", "^"]), st.lists(PIECES, min_size=1).map("".join))
)
EXPRESSIONS = st.lists(
    st.tuples(BRANCHES, st.sampled_from(["", "$"])).map("".join), min_size=1, max_size=3
).map("|".join)


@tried(100)
@given(EXPRESSIONS, st.lists(st.text("ab-1\n", max_size=8), min_size=1))
def test_agrees_with_a_backtracking_engine(text: str, values: list[str]) -> None:
    """Python's engine gives the same answers on short texts, with \\Z for $."""
    engine = re.compile(text.replace("$", r"\Z"), re.ASCII)
    regex = parse_regex(text)
    assert [regex.accepts(value) for value in values] == [
        engine.search(value) is not None for value in values
    ]


def test_stays_linear() -> None:
    """Expressions that are slow in a backtracking engine are fast on long texts."""
    value = "a" * 20_000
    assert not parse_regex("^" + "a*" * 40 + "b$").accepts(value)
    assert not parse_regex("a?" * 200 + "b" * 200).accepts(value)
    assert parse_regex("." + ".{0,99}" * 15).accepts(value)
