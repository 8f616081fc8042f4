"""The language of composite alarms' rules."""

import itertools
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarmchain.chain.composite_alarm.alarm_rule import (
    And,
    AtLeast,
    InState,
    Not,
    Or,
    Rule,
    alarms,
    holds,
)
from alarmchain.chain.composite_alarm.alarm_rule_parser import LONGEST, RuleError, readings
from alarmchain.three_valued import Truth, doubt, truth
from tests.chance import tried

A, B, C = InState("ALARM", "a"), InState("ALARM", "b"), InState("ALARM", "c")
ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:x:y"

RULES: list[tuple[str, Rule]] = [
    ("ALARM(a)", A),
    ('ALARM("a")', A),
    (" ALARM ( a ) ", A),
    ("alarm(a)", A),
    (f"OK({ARN})", InState("OK", ARN)),
    (f'INSUFFICIENT_DATA("{ARN}")', InState("INSUFFICIENT_DATA", ARN)),
    ('OK("a b, (c)")', InState("OK", "a b, (c)")),
    ('OK("a \\"b\\" \\\\c")', InState("OK", 'a "b" \\c')),
    ("ALARM(a) AND ALARM(b) AND ALARM(c)", And((A, B, C))),
    ("ALARM(a) OR ALARM(b)", Or((A, B))),
    ("ALARM(a)OR(ALARM(b))", Or((A, B))),
    ("NOT ALARM(a)", Not(A)),
    ("NOT(ALARM(a))", Not(A)),
    ("NOT NOT ALARM(a)", Not(Not(A))),
    ("NOT ALARM(a) AND ALARM(b)", And((Not(A), B))),
    ("(ALARM(a) OR ALARM(b)) AND ALARM(c)", And((Or((A, B)), C))),
    ("((ALARM(a)))", A),
    ("AT_LEAST(2, ALARM, (a, b, c))", AtLeast(2, False, False, "ALARM", ("a", "b", "c"))),
    ("AT_LEAST(50%, OK, (a,b))", AtLeast(50, True, False, "OK", ("a", "b"))),
    ('AT_LEAST("50%", OK, ("a"))', AtLeast(50, True, False, "OK", ("a",))),
    ("AT_LEAST(1, NOT OK, (a, b))", AtLeast(1, False, True, "OK", ("a", "b"))),
    (
        "AT_LEAST(1, NOT INSUFFICIENT_DATA, (a))",
        AtLeast(1, False, True, "INSUFFICIENT_DATA", ("a",)),
    ),
]


@pytest.mark.parametrize(("text", "expected"), RULES)
def test_trees(text: str, expected: Rule) -> None:
    """Each form of the documented language gives its one tree."""
    assert readings(text) == (expected,)


def test_and_with_or_has_several_readings() -> None:
    """Which binds tighter is not documented, so each precedence is a reading."""
    found = readings("ALARM(a) OR ALARM(b) AND ALARM(c)")
    assert Or((A, And((B, C)))) in found
    assert And((Or((A, B)), C)) in found
    assert len(found) == 3


INVALID_RULES = [
    "",
    " ",
    "a",
    "ALARM",
    "ALARM()",
    "ALARM(a",
    "ALARM(a b)",
    "ALARM(a, b)",
    'ALARM("a)',
    "ALARM(a) ALARM(b)",
    "ALARM(a) AND",
    "AND ALARM(a)",
    "ALARM(a) XOR ALARM(b)",
    "(ALARM(a)",
    "ALARM(a))",
    "()",
    "NOT",
    "ALARMS(a)",
    "AT_LEAST(2, ALARM, a)",
    "AT_LEAST(2, ALARM, ())",
    "AT_LEAST(x, ALARM, (a))",
    "AT_LEAST(-1, ALARM, (a))",
    "AT_LEAST(2, BROKEN, (a))",
    "AT_LEAST(2, ALARM(a), ALARM(b))",
    "TRUE FALSE",
    "(" * 5000,
    "NOT " * 2000 + "TRUE",
    "ALARM(a) OR " * 2000,
]


@pytest.mark.parametrize("text", INVALID_RULES)
def test_invalid_rules(text: str) -> None:
    """A text that is not a rule raises RuleError."""
    with pytest.raises(RuleError):
        readings(text)


def test_long_rules() -> None:
    """The longest rule is read, with all its readings, and evaluated."""
    text = " AND ".join(["ALARM(a) OR ALARM(b)"] * 400)
    assert len(text) <= LONGEST
    for rule in readings(text):
        assert holds(rule, lambda name, state: truth(True)).is_yes
        assert set(alarms(rule)) == {"a", "b"}
    with pytest.raises(RuleError, match="longer than"):
        readings("ALARM(a)" + " " * LONGEST)


def is_in_state(world: dict[str, str], name: str, state: str) -> Truth:
    """Return whether an alarm has a state, where all states are known."""
    return truth(world[name] == state)


WORDS = [
    "ALARM",
    "OK",
    "NOT",
    "AND",
    "OR",
    "TRUE",
    "AT_LEAST",
    "(",
    ")",
    ",",
    '"',
    "a",
    "50%",
    "\\",
]


@tried(100)
@given(st.one_of(st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join), st.text()))
def test_any_text(text: str) -> None:
    """Any text is a rule or raises RuleError."""
    try:
        found = readings(text)
    except RuleError:
        return
    for rule in found:
        assert holds(rule, lambda name, state: truth(name == state)).level in (0, 2)


@tried(100)
@given(
    st.recursive(
        st.sampled_from(["ALARM(a)", "OK(b)", "ALARM(c)", "AT_LEAST(2, ALARM, (a, b, c))", "TRUE"]),
        lambda inner: st.one_of(
            inner.map("NOT {}".format),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' AND '.join(parts)})"),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})"),
        ),
        max_leaves=6,
    ),
    st.dictionaries(
        st.sampled_from("abc"), st.sampled_from(["ALARM", "OK", "INSUFFICIENT_DATA"]), max_size=3
    ),
)
def test_a_decided_rule_holds_whatever_is_not_known(text: str, known: dict[str, str]) -> None:
    """A rule that known states decide has that value for any states of the other alarms."""
    (rule,) = readings(text)

    def in_part(name: str, state: str) -> Truth:
        return truth(known[name] == state) if name in known else doubt(name)

    decided = holds(rule, in_part)
    others = [name for name in "abc" if name not in known]
    for states in itertools.product(["ALARM", "OK", "INSUFFICIENT_DATA"], repeat=len(others)):
        world = known | dict(zip(others, states, strict=True))
        outcome = holds(rule, partial(is_in_state, world))
        assert decided.is_unknown or decided.level == outcome.level
