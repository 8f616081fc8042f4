"""A composite alarm goes to ALARM with the alarms that the event triggers."""

from typing import Any

import pytest

from alarmchain.chain.composite_alarm.composite_alarm import CompositeAlarm
from alarmchain.chain.composite_alarm.nested_composites import judge_composites
from alarmchain.chain.judgement import Judgement, Status
from tests.chain.builders import NOW, TOPIC, alarm_item, arn

DAY = 86_400.0
STUCK: dict[str, Any] = {"StateValue": "ALARM", "StateTransitionedTimestamp": NOW - 2 * DAY}
RINGING: dict[str, Any] = {"StateValue": "ALARM", "StateTransitionedTimestamp": NOW - 60}

# Alarms that the event triggers: a and b (same timing), late, lazy; the others are not triggered.
CHANGES: dict[str, dict[str, Any]] = {
    "a": {},
    "b": {},
    "late": {"DatapointsToAlarm": 3, "EvaluationPeriods": 3, "TreatMissingData": None},
    "lazy": {"TreatMissingData": None},
    "x": {"TreatMissingData": None},
    "good": {},
    "stuck": STUCK,
    "now": RINGING,
}
STATES = {name: alarm_item(AlarmName=name, **changes) for name, changes in CHANGES.items()}
TRIGGERED = {"a", "b", "late", "lazy"}


def composite(rule: str, name: str = "C", **changes: Any) -> CompositeAlarm:
    """Return a composite alarm at rest."""
    item = {
        "AlarmName": name,
        "AlarmArn": arn(name),
        "AlarmRule": rule,
        "AlarmActions": [TOPIC],
        "StateValue": "OK",
        **changes,
    }
    return CompositeAlarm.read(item)


def judge(rule: str, maybe: tuple[str, ...] = (), **changes: Any) -> Judgement:
    """Judge a composite with that rule, whose children are the alarms above."""
    return judge_composites([composite(rule, **changes)], TRIGGERED, STATES, NOW, maybe)["C"]


RULES = [
    ("ALARM(a)", "ok", ""),
    ('ALARM("a")', "ok", ""),
    (f'ALARM("{arn("a")}")', "ok", ""),
    (
        f'ALARM("{arn("a").replace("us-east-1", "eu-west-1")}")',
        "broken",
        "no alarm that the event triggers",
    ),
    (f'ALARM("{arn("a").replace("1234", "4321")}")', "broken", "no alarm that the event triggers"),
    ("ALARM(a) OR ALARM(x)", "ok", ""),
    ("ALARM(x) OR ALARM(a) OR ALARM(gone)", "ok", ""),
    (
        "ALARM(a) AND ALARM(x)",
        "broken",
        "the rule of alarm 'C' stays false: it also depends on 'x'",
    ),
    ("ALARM(a) AND ALARM(gone)", "broken", "'gone'"),
    ("ALARM(a) AND NOT ALARM(x)", "unknown", "alarm 'x' can keep the rule of alarm 'C' false"),
    ("ALARM(a) AND OK(x)", "unknown", "'x'"),
    ("ALARM(a) AND OK(good)", "unknown", "'good'"),
    ("ALARM(a) AND INSUFFICIENT_DATA(good)", "broken", "'good'"),
    ("ALARM(a) AND NOT ALARM(stuck)", "broken", "'stuck'"),
    ("ALARM(a) AND NOT ALARM(now)", "broken", "'now'"),
    ("ALARM(a) AND NOT ALARM(gone)", "unknown", "'gone'"),
    ("ALARM(a) OR ALARM(stuck)", "broken", "alarm 'stuck' keeps alarm 'C' in ALARM"),
    ("ALARM(a) OR ALARM(now)", "unknown", "alarm 'now' keeps alarm 'C' in ALARM now"),
    ("ALARM(a) AND ALARM(b)", "ok", ""),
    ("ALARM(a) AND ALARM(late)", "unknown", "which may go there at different times"),
    ("ALARM(a) AND OK(b)", "unknown", "only while its alarms change one by one"),
    ("ALARM(a) OR OK(b)", "broken", "is in ALARM even when nothing happens"),
    ("ALARM(a) OR OK(x)", "unknown", "may be true without an event, depending on alarm 'x'"),
    ("ALARM(a) OR INSUFFICIENT_DATA(x)", "unknown", "may be true without an event"),
    ("ALARM(a) OR INSUFFICIENT_DATA(good)", "ok", ""),
    ("NOT OK(a)", "ok", ""),
    ("NOT OK(lazy)", "unknown", "may be true without an event"),
    ("NOT ALARM(a)", "broken", "is in ALARM even when nothing happens"),
    ("OK(a)", "broken", "is in ALARM even when nothing happens"),
    ("INSUFFICIENT_DATA(a)", "broken", "stays false"),
    ("TRUE", "broken", "is in ALARM even when nothing happens"),
    ("FALSE", "broken", "no alarm that the event triggers"),
    ("TRUE AND ALARM(a)", "ok", ""),
    ("FALSE OR ALARM(a)", "ok", ""),
    ("ALARM(x)", "broken", "no alarm that the event triggers"),
    ("AT_LEAST(1, ALARM, (a, x, gone))", "ok", ""),
    ("AT_LEAST(2, ALARM, (a, x))", "broken", "'x'"),
    ("AT_LEAST(2, ALARM, (a, b, x))", "ok", ""),
    ("AT_LEAST(50%, ALARM, (a, x))", "ok", ""),
    ("AT_LEAST(51%, ALARM, (a, x))", "broken", "'x'"),
    ("AT_LEAST(1, NOT OK, (a, good))", "ok", ""),
    ("AT_LEAST(2, NOT ALARM, (a, x))", "broken", "is in ALARM even when nothing happens"),
    ("AT_LEAST(3, ALARM, (a, b))", "broken", "stays false when the event comes"),
    ("ALARM(a) OR ALARM(b) AND ALARM(x)", "unknown", "mixes AND and OR"),
    ("ALARM(a) OR ALARM(x) AND FALSE", "unknown", "mixes AND and OR"),
    ("(ALARM(a) OR ALARM(x)) AND ALARM(b)", "ok", ""),
    ("ALARM(a", "unknown", "the rule of alarm 'C' cannot be read"),
    ("", "unknown", "the rule of alarm 'C' cannot be read"),
]


@pytest.mark.parametrize(("rule", "expected", "words"), RULES)
def test_rules(rule: str, expected: str, words: str) -> None:
    """A rule is OK only if it is surely false at rest and surely true when the alarms go off."""
    found = judge(rule)
    assert (found.status.value, words in found.reason) == (expected, True), found.reason
    assert len(found.reason) <= 130


def test_an_alarm_that_may_ring() -> None:
    """A composite of an alarm that may go to ALARM is unknown."""
    assert judge("ALARM(x)").status is Status.BROKEN
    assert judge("ALARM(x)", maybe=("x",)).status is Status.UNKNOWN
    assert judge("ALARM(a) AND ALARM(now)", maybe=("now",)).status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"StateValue": "INSUFFICIENT_DATA"}, "ok"),
        (RINGING, "ok"),
        (STUCK, "broken"),
        ({"StateValue": "ALARM"}, "unknown"),
        ({"StateValue": None}, "unknown"),
    ],
)
def test_its_own_state(state: dict[str, Any], expected: str) -> None:
    """A composite that has been in ALARM for over a day makes no transition."""
    assert judge("ALARM(a)", **state).status.value == expected


def test_long_periods_allow_longer_alarms() -> None:
    """A composite may be in ALARM as long as its child without being stuck."""
    daily = {"daily": alarm_item(AlarmName="daily", Period=86_400)}
    waiting = composite("ALARM(daily)", **STUCK)
    assert judge_composites([waiting], {"daily"}, daily, NOW)["C"].status is Status.OK


SUPPRESSORS = [
    ("x", {}, "unknown", "alarm 'x' can suppress the actions of alarm 'C'"),
    (arn("x"), {}, "unknown", "alarm 'x' can suppress"),
    ("gone", {}, "unknown", "'gone'"),
    ("now", {}, "broken", "alarm 'now' is in ALARM and suppresses"),
    ("stuck", {}, "broken", "'stuck'"),
    ("a", {}, "broken", "alarm 'a' suppresses the actions of alarm 'C', and goes to ALARM with it"),
    ("x", {"ActionsSuppressedBy": "Alarm"}, "broken", "'x'"),
    ("x", {"ActionsSuppressedBy": "ExtensionPeriod"}, "unknown", "'x'"),
]


@pytest.mark.parametrize(("name", "changes", "expected", "words"), SUPPRESSORS)
def test_suppressor(name: str, changes: dict[str, Any], expected: str, words: str) -> None:
    """A suppressor in ALARM breaks the composite; in another state the composite is unknown."""
    found = judge("ALARM(a)", ActionsSuppressor=name, **changes)
    assert (found.status.value, words in found.reason) == (expected, True), found.reason


NESTED = {
    "inner": ("ALARM(a)", "ok", ""),
    "outer": ("ALARM(inner)", "ok", ""),
    "outermost": (f'ALARM("{arn("outer")}") OR ALARM(x)', "ok", ""),
    "never": ("ALARM(a) AND ALARM(x)", "broken", "'x'"),
    "over never": ("ALARM(never)", "broken", "no alarm that the event triggers"),
    "unsure": ("ALARM(a) AND NOT ALARM(x)", "unknown", "'x'"),
    "over unsure": ("ALARM(unsure)", "unknown", "'unsure'"),
    "either": ("ALARM(unsure) OR ALARM(inner)", "ok", ""),
    "rests": ("ALARM(inner) OR INSUFFICIENT_DATA(outer)", "ok", ""),
    "self": ("ALARM(self) OR ALARM(a)", "broken", "is part of a cycle"),
    "one": ("ALARM(two)", "broken", "is part of a cycle"),
    "two": ("ALARM(three) OR ALARM(a)", "broken", "is part of a cycle"),
    "three": ("ALARM(one)", "broken", "is part of a cycle"),
    "over a cycle": ("ALARM(a) OR ALARM(one)", "unknown", "refers to a cycle"),
}


@pytest.mark.parametrize("backwards", [False, True])
def test_nesting(backwards: bool) -> None:
    """Nested composites are judged in any order, and cycles are reported."""
    listed = [composite(rule, name) for name, (rule, _, _) in NESTED.items()]
    items = {alarm.name: {"AlarmRule": "x", "StateValue": "OK"} for alarm in listed}
    found = judge_composites(listed[::-1] if backwards else listed, TRIGGERED, STATES | items, NOW)
    statuses = {name: judgement.status.value for name, judgement in found.items()}
    assert statuses == {name: expected for name, (_, expected, _) in NESTED.items()}
    for name, (_, _, words) in NESTED.items():
        assert words in found[name].reason


def test_a_suppressed_composite_still_goes_to_alarm() -> None:
    """A suppressed composite still goes to ALARM, so the composites above it do as well."""
    inner = composite("ALARM(a)", "inner", ActionsSuppressor="now")
    found = judge_composites([composite("ALARM(inner)", "outer"), inner], TRIGGERED, STATES, NOW)
    assert found["inner"].status is Status.BROKEN
    assert found["outer"].status is Status.OK


def test_long_chains() -> None:
    """Hundreds of nested composites are judged without recursion."""
    chain = [composite(f"ALARM(c{i + 1})", f"c{i}") for i in range(800)]
    last = composite("ALARM(a)", "c800")
    found = judge_composites([*chain, last], TRIGGERED, STATES, NOW)
    assert {judgement.status for judgement in found.values()} == {Status.OK}


def test_children() -> None:
    """A rule's alarms are listed once, by name if in the composite's region and account."""
    far = arn("a").replace("us-east-1", "eu-west-1")
    rule = f'ALARM(a) OR ALARM("{arn("a")}") OR ALARM("{far}") OR AT_LEAST(1, OK, (b, a))'
    assert composite(rule).children() == ("a", far, "b")


@pytest.mark.parametrize("item", [{}, {"AlarmRule": 5}, {"AlarmRule": "ALARM(a)", "AlarmName": []}])
def test_malformed_items(item: dict[str, Any]) -> None:
    """A malformed composite is unknown, and raises no exception."""
    read = CompositeAlarm.read(item)
    (judgement,) = judge_composites([read], TRIGGERED, STATES, NOW).values()
    assert judgement.status is Status.UNKNOWN
