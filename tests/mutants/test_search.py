"""Proofs and counterexamples for which mutation testing found changes that no test noticed."""

from typing import Any

import pytest

from alarmchain.chain.composite_alarm.child_states import ChildStates
from alarmchain.filter_pattern.match.match import match
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.prove import Verdict, prove
from alarmchain.records.record_class import ANY_RECORD, api_call
from alarmchain.records.record_fields import ABSENT, FieldPath, value_at
from tests.chain.builders import arn

COVERED, ESCAPES, UNKNOWN = Verdict.COVERED, Verdict.ESCAPES, Verdict.UNKNOWN
STOP = api_call("cloudtrail.amazonaws.com", "StopLogging")
ODD = '$.eventName != "Stop\\qLogging"'
"""A comparison that is unknown for every record."""
BACKSLASH = ("a backslash in a quoted string is undocumented",)
ANY_OR_ALL = ("!= and NOT EXISTS with a wildcard may mean any element or all of them",)
AGENT = "aws-cli/2.27.0"
SERVICE = "cloudformation.amazonaws.com"


@pytest.mark.parametrize(
    ("pattern", "verdict", "doubts"),
    [
        ("{ $.a NOT EXISTS && $.b NOT EXISTS }", ESCAPES, ()),
        ("{ ($.a NOT EXISTS && $.b NOT EXISTS) || $.a = * }", ESCAPES, ()),
        ("{ ($.a NOT EXISTS && $.b NOT EXISTS) || $.a = * || $.b = * }", COVERED, ()),
        (
            "{ ($.a NOT EXISTS && $.b NOT EXISTS) || ($.a = * && $.c NOT EXISTS)"
            " || ($.b = * && $.c NOT EXISTS) || $.c = * }",
            COVERED,
            (),
        ),
        (
            "{ ($.a NOT EXISTS && $.b NOT EXISTS) || ($.a = * && $.c NOT EXISTS) || $.c = * }",
            ESCAPES,
            (),
        ),
        ("{ $.a NOT EXISTS || ($.a = * && ($.b = * || $.b NOT EXISTS)) }", COVERED, ()),
        ("{ $.a NOT EXISTS || ($.b = 2 && $.a = *) || $.a = * }", COVERED, ()),
        (f"{{ ($.a NOT EXISTS || $.a = *) && {ODD} }}", UNKNOWN, BACKSLASH),
        (f"{{ ($.a NOT EXISTS && {ODD}) || $.a = * }}", UNKNOWN, BACKSLASH),
        (f'{{ $.userAgent != "x*" || {ODD} }}', UNKNOWN, BACKSLASH),
        ('{ $.eventName = "Stop\\Qx" || $.a NOT EXISTS }', ESCAPES, ()),
        ('{ $.* != "zzz" }', UNKNOWN, ANY_OR_ALL),
    ],
)
def test_searches(pattern: str, verdict: Verdict, doubts: tuple[str, ...]) -> None:
    """The search decides combined conditions, repeated comparisons and doubtful parts."""
    proof = prove((parse(pattern),), STOP)
    assert (proof.verdict, proof.doubts) == (verdict, doubts)
    if proof.counterexample is not None:
        assert match(parse(pattern), proof.counterexample).is_no


@pytest.mark.parametrize(
    ("pattern", "verdict"),
    [
        ('{ ($.awsRegion = "x*" && $.eventName != 5) || $.awsRegion != "x*" }', UNKNOWN),
        ('{ ($.awsRegion != "x*" && $.eventName != 5) || $.awsRegion = "x*" }', UNKNOWN),
        ("{ $.awsRegion != 5 }", UNKNOWN),
        ("{ $.awsRegion = 5 }", ESCAPES),
        ('{ $.awsRegion = "x*" || $.awsRegion != "x*" }', COVERED),
    ],
)
def test_fields_that_are_some_string(pattern: str, verdict: Verdict) -> None:
    """An unknown proof has only the doubt of the comparison that is not decided."""
    proof = prove((parse(pattern),), ANY_RECORD)
    doubts = ("comparing a number with a string is undocumented",) if verdict is UNKNOWN else ()
    assert (proof.verdict, proof.doubts) == (verdict, doubts)


@pytest.mark.parametrize(
    ("pattern", "path", "value"),
    [
        ("{ $.a = 7 || $.a NOT EXISTS }", ("a",), "other"),
        ('{ $.a = "other" || $.a NOT EXISTS }', ("a",), "other-other"),
        ('{ $.a = 5 || $.a = "other" || $.a NOT EXISTS }', ("a",), 4),
        ('{ $.a = 5 || $.a = 4 || $.a = "other*" || $.a NOT EXISTS }', ("a",), 6),
        ('{ $.a > 3 || $.a = "other" || $.a NOT EXISTS }', ("a",), 3),
        ('{ $.a = "oth*" || $.a < 1e300 || $.a NOT EXISTS }', ("a",), "1e300"),
        ("{ $.a[0] = 1 || $.a NOT EXISTS }", ("a",), "other"),
        ('{ $.a[*] = "x" || $.a NOT EXISTS }', ("a",), ["other"]),
        ('{ $.a[*] = "other" || $.a NOT EXISTS }', ("a",), ["other-other"]),
        ("{ $.a[*] NOT EXISTS || $.a NOT EXISTS }", ("a",), ["other"]),
        ("{ $.a.* NOT EXISTS || $.a NOT EXISTS }", ("a",), {"any": "other"}),
        ('{ $.a[*].b.c = "x" || $.a NOT EXISTS }', ("a",), [{"b": {"c": "other"}}]),
        ('{ $.userAgent = "aws-cli*" }', ("userAgent",), "cloudformation.amazonaws.com"),
        ('{ $.userIdentity.type != "Root" }', ("userIdentity", "type"), "Root"),
        ('{ $.userIdentity.arn = "a*" }', ("userIdentity", "arn"), ABSENT),
        ("-zzz", ("userAgent",), f"{AGENT} zzz"),
        ('"2.27"', ("userAgent",), SERVICE),
        ("accessKeyId", ("userIdentity", "accessKeyId"), ABSENT),
        ("accessKeyId", ("sourceIPAddress",), SERVICE),
        ("{ $.a[*] = * || $.a NOT EXISTS }", ("a",), []),
        ("{ $.a.* = * || $.a NOT EXISTS }", ("a",), {}),
        ('-"cli/2" -zzz', ("userAgent",), f"{AGENT} zzz"),
    ],
)
def test_the_example_is_ordinary(pattern: str, path: FieldPath, value: Any) -> None:
    """The counterexample differs from the typical record only by an ordinary value."""
    proof = prove((parse(pattern),), STOP)
    assert proof.counterexample is not None
    assert value_at(proof.counterexample, path) == value
    assert match(parse(pattern), proof.counterexample).is_no


def test_an_example_with_many_fields() -> None:
    """Each of 80 deciding fields has an ordinary value."""
    groups = [range(start, start + 20) for start in range(0, 80, 20)]
    conditions = [
        " || ".join(f"$.a{number} NOT EXISTS || $.a{number} = other" for number in group)
        for group in groups
    ]
    proof = prove([parse(f"{{ {condition} }}") for condition in conditions], STOP)
    assert proof.counterexample is not None
    values = [proof.counterexample[f"a{number}"] for group in groups for number in group]
    assert values == ["other-other"] * 80


def test_alarms_that_were_not_read() -> None:
    """A triggered alarm exists, even if it was not read; another may be gone."""
    children = ChildStates(arn("C"), ["R"], ["M"], {})
    resting = {"OK", "INSUFFICIENT_DATA"}
    assert children.at_rest("R") == resting
    assert children.at_rest("M") == children.at_rest("X") == resting | {"gone"}
    assert children.during("R") == resting | {"ALARM"}
    assert children.during("X") == resting | {"gone"}
    assert children.anytime("R") == resting | {"ALARM"}
    assert children.anytime("X") == resting | {"ALARM", "gone"}


def test_timing_of_alarms() -> None:
    """An alarm that was not read, or is not a metric alarm, has no known timing."""
    item = {"AlarmName": "A", "MetricName": "M", "Period": 60, "EvaluationPeriods": 1}
    states = {"A": item, "B": item | {"AlarmName": "B"}, "S": item | {"Period": 300}, "C": {}}
    children = ChildStates(arn("C"), ["A", "B"], [], states)
    assert children.timing("A") == children.timing("B") is not None
    assert children.timing("S") != children.timing("A")
    assert children.timing("C") is None
    assert children.timing("X") is None
