"""Composite alarms: when ours rings, does the composite?"""

from typing import Any

import pytest

from alarmchain.chain.composite_alarm.judge_composite import CompositeAlarm, judge_composite
from alarmchain.chain.composite_alarm.nested_composites import judge_composites
from alarmchain.chain.judgement import Judgement, Status
from tests.chain.builders import NOW, TOPIC, alarm_item, arn

DAY = 86_400.0
STUCK = {"StateValue": "ALARM", "StateTransitionedTimestamp": NOW - 2 * DAY}
RINGING = {"StateValue": "ALARM", "StateTransitionedTimestamp": NOW - 60}

# ours: a, b (of equal timing), late, missing; others: x, settled x is notBreaching.
STATES: dict[str, dict[str, Any]] = {
    name: alarm_item(AlarmName=name, **changes)
    for name, changes in {
        "a": {},
        "b": {},
        "late": {"DatapointsToAlarm": 3, "EvaluationPeriods": 3, "TreatMissingData": None},
        "lazy": {"TreatMissingData": None},
        "x": {"TreatMissingData": None},
        "good": {},
        "stuck": STUCK,
        "now": RINGING,
    }.items()
}
OURS = {"a", "b", "late", "lazy"}


def composite(rule: str, name: str = "C", **changes: Any) -> CompositeAlarm:
    """A composite alarm at rest."""
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
    """Whether a composite with that rule rings among the alarms above."""
    return judge_composite(composite(rule, **changes), OURS, STATES, NOW, maybe)


RULES = [
    ("ALARM(a)", "ok", ""),
    ('ALARM("a")', "ok", ""),
    (f'ALARM("{arn("a")}")', "ok", ""),
    (f'ALARM("{arn("a").replace("us-east-1", "eu-west-1")}")', "broken", "no alarm that rings"),
    (f'ALARM("{arn("a").replace("1234", "4321")}")', "broken", "no alarm that rings"),
    ("ALARM(a) OR ALARM(x)", "ok", ""),
    ("ALARM(x) OR ALARM(a) OR ALARM(gone)", "ok", ""),
    ("ALARM(a) AND ALARM(x)", "broken", "its rule stays false: it hangs on 'x' too"),
    ("ALARM(a) AND ALARM(gone)", "broken", "'gone'"),
    ("ALARM(a) AND NOT ALARM(x)", "unknown", "alarm 'x' can keep its rule false"),
    ("ALARM(a) AND OK(x)", "unknown", "'x'"),
    ("ALARM(a) AND OK(good)", "unknown", "'good'"),
    ("ALARM(a) AND INSUFFICIENT_DATA(good)", "broken", "'good'"),
    ("ALARM(a) AND NOT ALARM(stuck)", "broken", "'stuck'"),
    ("ALARM(a) AND NOT ALARM(now)", "broken", "'now'"),
    ("ALARM(a) AND NOT ALARM(gone)", "unknown", "'gone'"),
    ("ALARM(a) OR ALARM(stuck)", "broken", "alarm 'stuck' holds it in ALARM"),
    ("ALARM(a) OR ALARM(now)", "unknown", "alarm 'now' holds it in ALARM now"),
    ("ALARM(a) AND ALARM(b)", "ok", ""),
    ("ALARM(a) AND ALARM(late)", "unknown", "which may ring at different times"),
    ("ALARM(a) AND OK(b)", "unknown", "only while its alarms change one by one"),
    ("ALARM(a) OR OK(b)", "broken", "stands in ALARM at rest"),
    ("ALARM(a) OR OK(x)", "unknown", "may be true at rest: hangs on alarm 'x'"),
    ("ALARM(a) OR INSUFFICIENT_DATA(x)", "unknown", "may be true at rest"),
    ("ALARM(a) OR INSUFFICIENT_DATA(good)", "ok", ""),
    ("NOT OK(a)", "ok", ""),
    ("NOT OK(lazy)", "unknown", "may be true at rest"),
    ("NOT ALARM(a)", "broken", "stands in ALARM at rest"),
    ("OK(a)", "broken", "stands in ALARM at rest"),
    ("INSUFFICIENT_DATA(a)", "broken", "stays false"),
    ("TRUE", "broken", "stands in ALARM at rest"),
    ("FALSE", "broken", "no alarm that rings"),
    ("TRUE AND ALARM(a)", "ok", ""),
    ("FALSE OR ALARM(a)", "ok", ""),
    ("ALARM(x)", "broken", "no alarm that rings"),
    ("AT_LEAST(1, ALARM, (a, x, gone))", "ok", ""),
    ("AT_LEAST(2, ALARM, (a, x))", "broken", "'x'"),
    ("AT_LEAST(2, ALARM, (a, b, x))", "ok", ""),
    ("AT_LEAST(50%, ALARM, (a, x))", "ok", ""),
    ("AT_LEAST(51%, ALARM, (a, x))", "broken", "'x'"),
    ("AT_LEAST(1, NOT OK, (a, good))", "ok", ""),
    ("AT_LEAST(2, NOT ALARM, (a, x))", "broken", "stands in ALARM at rest"),
    ("AT_LEAST(3, ALARM, (a, b))", "broken", "stays false with the event"),
    ("ALARM(a) OR ALARM(b) AND ALARM(x)", "unknown", "mixes AND and OR"),
    ("ALARM(a) OR ALARM(x) AND FALSE", "unknown", "mixes AND and OR"),
    ("(ALARM(a) OR ALARM(x)) AND ALARM(b)", "ok", ""),
    ("ALARM(a", "unknown", "its rule can't be read"),
    ("", "unknown", "its rule can't be read"),
]


@pytest.mark.parametrize(("rule", "expected", "words"), RULES)
def test_rules(rule: str, expected: str, words: str) -> None:
    """OK only if the rule is surely false at rest and surely true when ours are in ALARM."""
    found = judge(rule)
    assert (found.status.value, words in found.reason) == (expected, True), found.reason
    assert len(found.reason) <= 110


def test_an_alarm_that_may_ring() -> None:
    """What hangs on an alarm that may ring may ring as well."""
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
    """A composite that has stood in ALARM for over a day makes no transition."""
    assert judge("ALARM(a)", **state).status.value == expected


def test_long_periods_hold_a_composite_longer() -> None:
    """A composite may stand in ALARM for as long as the alarm it is made of."""
    daily = {"daily": alarm_item(AlarmName="daily", Period=86_400)}
    waiting = composite("ALARM(daily)", **STUCK)
    assert judge_composite(waiting, {"daily"}, daily, NOW).status is Status.OK


SUPPRESSORS = [
    ("x", {}, "unknown", "alarm 'x' can suppress its actions"),
    (arn("x"), {}, "unknown", "alarm 'x' can suppress"),
    ("gone", {}, "unknown", "'gone'"),
    ("now", {}, "broken", "alarm 'now' is in ALARM and suppresses"),
    ("stuck", {}, "broken", "'stuck'"),
    ("a", {}, "broken", "alarm 'a' suppresses it, and rings too"),
    ("x", {"ActionsSuppressedBy": "Alarm"}, "broken", "'x'"),
    ("x", {"ActionsSuppressedBy": "ExtensionPeriod"}, "unknown", "'x'"),
]


@pytest.mark.parametrize(("name", "changes", "expected", "words"), SUPPRESSORS)
def test_suppressor(name: str, changes: dict[str, Any], expected: str, words: str) -> None:
    """A suppressor in ALARM mutes the composite; one that is not can at any time."""
    found = judge("ALARM(a)", ActionsSuppressor=name, **changes)
    assert (found.status.value, words in found.reason) == (expected, True), found.reason


NESTED = {
    "inner": ("ALARM(a)", "ok", ""),
    "outer": ("ALARM(inner)", "ok", ""),
    "outermost": (f'ALARM("{arn("outer")}") OR ALARM(x)', "ok", ""),
    "deaf": ("ALARM(a) AND ALARM(x)", "broken", "'x'"),
    "over deaf": ("ALARM(deaf)", "broken", "no alarm that rings"),
    "unsure": ("ALARM(a) AND NOT ALARM(x)", "unknown", "'x'"),
    "over unsure": ("ALARM(unsure)", "unknown", "'unsure'"),
    "either": ("ALARM(unsure) OR ALARM(inner)", "ok", ""),
    "rests": ("ALARM(inner) OR INSUFFICIENT_DATA(outer)", "ok", ""),
    "self": ("ALARM(self) OR ALARM(a)", "broken", "is part of a cycle"),
    "one": ("ALARM(two)", "broken", "is part of a cycle"),
    "two": ("ALARM(three) OR ALARM(a)", "broken", "is part of a cycle"),
    "three": ("ALARM(one)", "broken", "is part of a cycle"),
    "beside a cycle": ("ALARM(a) OR ALARM(one)", "unknown", "refers to a cycle"),
}


@pytest.mark.parametrize("turned", [False, True])
def test_nesting(turned: bool) -> None:
    """Composites of composites, in whatever order they are listed; cycles are told, not walked."""
    listed = [composite(rule, name) for name, (rule, _, _) in NESTED.items()]
    items = {one.name: {"AlarmRule": "x", "StateValue": "OK"} for one in listed}
    found = judge_composites(listed[::-1] if turned else listed, OURS, STATES | items, NOW)
    told = {name: one.status.value for name, one in found.items()}
    assert told == {name: expected for name, (_, expected, _) in NESTED.items()}
    for name, (_, _, words) in NESTED.items():
        assert words in found[name].reason


def test_a_suppressed_composite_still_rings_for_its_parents() -> None:
    """A suppressor holds back actions, not states."""
    inner = composite("ALARM(a)", "inner", ActionsSuppressor="now")
    found = judge_composites([composite("ALARM(inner)", "outer"), inner], OURS, STATES, NOW)
    assert found["inner"].status is Status.BROKEN
    assert found["outer"].status is Status.OK


def test_long_chains() -> None:
    """Hundreds of composites on one another are no strain."""
    chain = [composite(f"ALARM(c{i + 1})", f"c{i}") for i in range(800)]
    last = composite("ALARM(a)", "c800")
    found = judge_composites([*chain, last], OURS, STATES, NOW)
    assert {one.status for one in found.values()} == {Status.OK}


def test_children() -> None:
    """The alarms of a rule, each once, by name where they are of the same region and account."""
    far = arn("a").replace("us-east-1", "eu-west-1")
    rule = f'ALARM(a) OR ALARM("{arn("a")}") OR ALARM("{far}") OR AT_LEAST(1, OK, (b, a))'
    assert composite(rule).children() == ("a", far, "b")


@pytest.mark.parametrize("item", [{}, {"AlarmRule": 5}, {"AlarmRule": "ALARM(a)", "AlarmName": []}])
def test_malformed_items(item: dict[str, Any]) -> None:
    """A malformed item is never OK, and no exception."""
    read = CompositeAlarm.read(item)
    assert judge_composite(read, OURS, STATES, NOW).status is Status.UNKNOWN
