"""Rules of composite alarms."""

from __future__ import annotations

import pytest

from localaws.cloudwatch.composite import RuleError, compile_rule
from localaws.cloudwatch.evaluation import State

STATES: dict[str, State] = {"a": "ALARM", "b": "OK", "c": "INSUFFICIENT_DATA", "my alarm": "ALARM"}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("ALARM(a)", True),
        ('ALARM("a")', True),
        ('ALARM("my alarm")', True),
        ("ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:a)", True),
        ("OK(a)", False),
        ("INSUFFICIENT_DATA(c)", True),
        ("ALARM(nobody)", False),
        ("OK(nobody)", False),
        ("TRUE", True),
        ("FALSE", False),
        ("NOT ALARM(a)", False),
        ("NOT NOT ALARM(a)", True),
        ("ALARM(a) AND OK(b)", True),
        ("ALARM(b) OR ALARM(a)", True),
        ("ALARM(a) OR ALARM(a) AND ALARM(b)", True),
        ("(ALARM(a) OR ALARM(a)) AND ALARM(b)", False),
        ("NOT ALARM(b) AND ALARM(b)", False),
        ("not (ALARM(b) and TRUE)", True),
        ("AT_LEAST(1, ALARM, (a, b, c))", True),
        ("AT_LEAST(2, ALARM, (a, b, c))", False),
        ("AT_LEAST(2, NOT ALARM, (a, b, c))", True),
        ("AT_LEAST(50%, OK, (a, b))", True),
        ("AT_LEAST(51%, OK, (a, b))", False),
        ('AT_LEAST("34%", ALARM, ("a", "b", "c")) AND TRUE', False),
        ("\n ALARM( a )\n", True),
        ("(" * 2000 + "TRUE" + ")" * 2000, True),
        ("NOT " * 2000 + "TRUE", True),
    ],
)
def test_rule(rule: str, expected: bool) -> None:
    """The states of its children make a rule true or false."""
    assert compile_rule(rule).holds(STATES.get) is expected


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "a",
        "ALARM()",
        "ALARM(a",
        "ALARM(a) ALARM(b)",
        "AND TRUE",
        "AT_LEAST(ALARM, (a))",
        "XOR(a)",
    ],
)
def test_bad_rule(rule: str) -> None:
    """An invalid rule is refused."""
    with pytest.raises(RuleError, match="invalid syntax"):
        compile_rule(rule)


def test_children() -> None:
    """The children are listed by name, without ARN and quotes; at most 100."""
    rule = 'ALARM("x y") OR OK(arn:aws:cloudwatch:eu-west-1:1:alarm:z) OR AT_LEAST(1, OK, (p, q))'
    assert compile_rule(rule).children == {"x y", "z", "p", "q"}
    with pytest.raises(RuleError, match="at most 100"):
        compile_rule(" OR ".join(f"ALARM(a{n})" for n in range(101)))
