"""The alarm engine over time, from log events to notifications."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localaws.cloudwatch.datapoints import Datum, MetricKey, MetricStore
from localaws.cloudwatch.engine import Engine, Run
from localaws.cloudwatch.metric_alarm import read_alarm
from localaws.cloudwatch.simulation import Simulation, simulate
from tests.chance import tried

HOUR = 3600.0
TOPIC = "arn:aws:sns:us-east-1:123456789012:t"
STOP, READ = (json.dumps({"eventName": name}) for name in ("StopLogging", "DescribeTrails"))


def metric_filter(**changes: Any) -> dict[str, Any]:
    transformation = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"} | changes
    return {
        "filterName": "f",
        "filterPattern": "{ $.eventName = StopLogging }",
        "metricTransformations": [transformation],
    }


def alarm(**changes: Any) -> dict[str, Any]:
    """Return an alarm that goes off at one event. A member with the value None is dropped."""
    good = {
        "AlarmName": "a",
        "MetricName": "m",
        "Namespace": "n",
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "AlarmActions": [TOPIC],
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def one_event(zeros: str = "none", start: str = "OK", **changes: Any) -> Simulation:
    """Simulate three quiet hours, one event, and three more hours."""
    events = [(3 * HOUR, STOP)]
    made = metric_filter()
    if zeros != "none":
        made = metric_filter(defaultValue=0)
        events += [(minute * 60.0, READ) for minute in range(360)]
    return simulate(alarm(**changes), [made], events, 6 * HOUR, start)  # type: ignore[arg-type]


# Whether one event sets off the alarm, by the metric's data at rest, M, and the treatment of
# missing data.
RINGS = [
    ("none", 1, {"missing": True, "ignore": True, "notBreaching": True}),
    ("none", 2, {"missing": True, "ignore": False, "notBreaching": False}),
    ("none", 3, {"missing": True, "ignore": False, "notBreaching": False}),
    ("every", 1, {"missing": True, "ignore": True, "notBreaching": True, "breaching": True}),
    ("every", 2, {"missing": False, "ignore": False, "notBreaching": False, "breaching": False}),
]


@pytest.mark.parametrize(
    ("zeros", "m", "treatment", "rings"),
    [(z, m, t, rings) for z, m, row in RINGS for t, rings in row.items()],
)
def test_one_event(zeros: str, m: int, treatment: str, rings: bool) -> None:
    """The table says whether one event sets off the alarm, for each M and treatment."""
    result = one_event(zeros, EvaluationPeriods=m, TreatMissingData=treatment)
    after = [state for seconds, state in result.states if seconds > 2 * HOUR]
    assert ("ALARM" in after) is rings
    assert result.notifications == rings


def test_breaching_without_data_is_in_alarm() -> None:
    """If missing data is breaching, the alarm is in ALARM already and the event changes nothing."""
    result = one_event(TreatMissingData="breaching")
    assert result.states == ((0.0, "OK"), (60.0, "ALARM"))


def test_ignore_latches() -> None:
    """If missing data is ignored, the second event sends no notification."""
    events = [(HOUR, STOP), (5 * HOUR, STOP)]
    latched = simulate(alarm(TreatMissingData="ignore"), [metric_filter()], events, 9 * HOUR, "OK")
    assert latched.notifications == 1
    free = simulate(alarm(), [metric_filter()], events, 9 * HOUR, "OK")
    assert free.notifications == 2


def test_missing_goes_off_m_minus_one_periods_late() -> None:
    """3 of 3 with missing data: the alarm goes off two periods after the first minute."""
    result = one_event(EvaluationPeriods=3)
    rang = next(seconds for seconds, state in result.states if state == "ALARM")
    assert rang == 3 * HOUR + 60 + 2 * 300


@pytest.mark.parametrize(
    ("changes", "rings"),
    [
        ({}, True),
        ({"Threshold": 1.5}, False),
        ({"ComparisonOperator": "GreaterThanThreshold"}, False),
        ({"ComparisonOperator": "GreaterThanThreshold", "Threshold": 0.0}, True),
        ({"Statistic": "Average"}, True),
        ({"Statistic": "SampleCount"}, True),
        ({"Statistic": None, "ExtendedStatistic": "p99"}, True),
        (
            {
                "Statistic": None,
                "ExtendedStatistic": "p99",
                "EvaluateLowSampleCountPercentile": "ignore",
            },
            False,
        ),
        ({"Statistic": None, "ExtendedStatistic": "tm90"}, False),
        ({"Unit": "Count"}, False),
        ({"Unit": "None"}, True),
        ({"Dimensions": [{"Name": "d", "Value": "v"}]}, False),
        ({"Namespace": "other"}, False),
        ({"ActionsEnabled": False}, True),
        ({"Period": 10}, True),
        ({"Period": 86400}, True),
    ],
)
def test_members_that_decide_the_state(changes: dict[str, Any], rings: bool) -> None:
    """Statistic, threshold, unit and dimensions decide the state; the actions only notify."""
    result = one_event(**changes)
    assert result.rang is rings
    assert result.notifications == (rings and changes.get("ActionsEnabled") is not False)


@tried(100)
@given(
    st.lists(st.tuples(st.integers(0, 3000), st.booleans()), max_size=12),
    st.sampled_from(["missing", "ignore", "breaching", "notBreaching"]),
    st.integers(1, 3),
    st.integers(1, 3),
    st.sampled_from([60, 180, 300]),
    st.sampled_from(["Sum", "Average", "Minimum", "SampleCount", "p50"]),
    st.sampled_from(["GreaterThanThreshold", "LessThanThreshold"]),
)
def test_few_evaluations_are_as_good_as_one_a_minute(
    events: list[tuple[int, bool]],
    treatment: str,
    m: int,
    more: int,
    period: int,
    stat: str,
    comparison: str,
) -> None:
    """Evaluation only at times when data changes windows misses no change of state."""
    definition = alarm(
        TreatMissingData=treatment,
        DatapointsToAlarm=m,
        EvaluationPeriods=m + more - 1,
        Period=period,
        Statistic=None if stat == "p50" else stat,
        ExtendedStatistic=stat if stat == "p50" else None,
        Threshold=0.5,
        ComparisonOperator=comparison,
    )
    messages = [(float(seconds), STOP if match else READ) for seconds, match in events]
    few = simulate(definition, [metric_filter(defaultValue=0)], messages, 7200, "OK")

    watched, store = read_alarm(definition), MetricStore()
    state, every = "OK", [(0.0, "OK")]
    for minute in range(60, 7201, 60):
        for seconds, match in events:
            if minute - 60 <= seconds < minute:
                store.add(MetricKey("n", "m"), Datum.single(seconds, float(match)))
        outcome = watched.evaluate(store, minute)
        if outcome.state and outcome.state != state:
            state = outcome.state
            every.append((float(minute), state))
    assert list(few.states) == every


def test_five_events_in_one_period() -> None:
    """A threshold of five needs five events within the period."""

    def rang(gap: float) -> bool:
        events = [(HOUR + number * gap, STOP) for number in range(5)]
        return simulate(alarm(Threshold=5.0), [metric_filter()], events, 4 * HOUR, "OK").rang

    assert rang(30)
    assert not rang(200)


def test_a_dimension_makes_one_metric_for_each_value() -> None:
    """A dimension with the value $.eventName gives the alarm the data of one call only."""
    made = metric_filter(dimensions={"Call": "$.eventName"})
    for value, rings in (("StopLogging", True), ("DeleteTrail", False)):
        watching = alarm(Dimensions=[{"Name": "Call", "Value": value}])
        assert simulate(watching, [made], [(HOUR, STOP)], 2 * HOUR, "OK").rang is rings


def math_alarm(*queries: dict[str, Any], **changes: Any) -> dict[str, Any]:
    nothing = {"MetricName": None, "Namespace": None, "Statistic": None, "Period": None}
    stat = {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 300, "Stat": "Sum"}
    metric = {"Id": "m1", "MetricStat": stat, "ReturnData": not queries}
    return alarm(Metrics=[metric, *queries], **nothing | changes)


@pytest.mark.parametrize(
    ("queries", "rings"),
    [
        ([], True),
        ([{"Id": "e", "Expression": "m1 * 2", "ReturnData": True}], True),
        ([{"Id": "e", "Expression": "m1 / 2", "ReturnData": True}], False),
        ([{"Id": "e", "Expression": "FILL(m1, 0)", "ReturnData": True}], True),
        ([{"Id": "e", "Expression": "SUM(METRICS())"}], True),
        ([{"Id": "e", "Expression": "RATE(m1)"}], False),
        (
            [
                {"Id": "e2", "Expression": "e1 + 0"},
                {"Id": "e1", "Expression": "m1 + 0", "ReturnData": False},
            ],
            True,
        ),
        ([{"Id": "e", "Expression": "m9 + 0"}], False),
    ],
)
def test_metric_math(queries: list[dict[str, Any]], rings: bool) -> None:
    """An alarm on an expression; one that is not supported has insufficient data and a reason."""
    result = simulate(math_alarm(*queries), [metric_filter()], [(HOUR, STOP)], 2 * HOUR, "OK")
    assert result.rang is rings
    if not rings and "RATE" in str(queries):
        assert "not computed here" in result.reasons[0]


def composite(rule: str, **changes: Any) -> dict[str, Any]:
    return {"AlarmName": "c", "AlarmRule": rule, "AlarmActions": [TOPIC]} | changes


CHILD = alarm(TreatMissingData="notBreaching", AlarmActions=[])


@pytest.mark.parametrize(
    ("rule", "rings"),
    [
        ("ALARM(a)", 1),
        ("NOT ALARM(a)", 0),
        ("ALARM(a) AND ALARM(nobody)", 0),
        ("AT_LEAST(1, ALARM, (a, nobody))", 1),
        ("TRUE", 0),
    ],
)
def test_composite(rule: str, rings: int) -> None:
    """A composite alarm sends a notification if its child's ALARM makes its rule true."""
    at_rest = "ALARM" if rule in ("TRUE", "NOT ALARM(a)") else "OK"
    result = simulate(
        composite(rule),
        [metric_filter()],
        [(HOUR, STOP)],
        1.2 * HOUR,
        at_rest,  # type: ignore[arg-type]
        other_alarms=[CHILD],
        start_states={"a": "OK"},
    )
    assert result.notifications == rings


def suppressed(wait: int, extension: int, suppressor_rings: bool) -> list[float]:
    """Return when the composite alarm's actions ran; the suppressor has its own metric."""
    runs: list[Run] = []
    engine = Engine(0.0, lambda _: None, runs.append)
    engine.put(CHILD)
    engine.put(alarm(AlarmName="s", AlarmActions=[]))
    rule = composite(
        "ALARM(a)",
        ActionsSuppressor="arn:aws:cloudwatch:us-east-1:123456789012:alarm:s",
        ActionsSuppressorWaitPeriod=wait,
        ActionsSuppressorExtensionPeriod=extension,
    )
    engine.put(rule)
    engine.run_until(100)
    runs.clear()
    if suppressor_rings:
        engine.set_state("s", "ALARM", "test")
    engine.set_state("a", "ALARM", "test")
    engine.run_until(119)
    engine.set_state("s", "OK", "test")
    engine.alarms["a"].definition = engine.alarms["c"].definition  # nothing evaluates it again
    engine.run_until(1000)
    return [run.time for run in runs if run.name == "c" and run.transition.new == "ALARM"]


@pytest.mark.parametrize(
    ("wait", "extension", "suppressor_rings", "ran"),
    [
        (0, 0, False, [100.0]),
        (60, 0, False, [160.0]),
        (0, 0, True, [119.0]),
        (60, 30, True, [149.0]),
    ],
)
def test_suppressor(wait: int, extension: int, suppressor_rings: bool, ran: list[float]) -> None:
    """A suppressor in ALARM delays the actions, and so do the wait and extension periods."""
    assert suppressed(wait, extension, suppressor_rings) == ran


def test_a_cycle_of_composites_ends() -> None:
    """Composite alarms in a cycle are evaluated once."""
    engine = Engine(0.0, lambda _: None, lambda _: None)
    engine.put({"AlarmName": "x", "AlarmRule": "NOT ALARM(y)"})
    engine.put({"AlarmName": "y", "AlarmRule": "NOT ALARM(x)"})
    assert {a.value for a in engine.alarms.values()} <= {"OK", "ALARM"}


def test_muted_actions_run_when_the_muting_ends() -> None:
    """A muted alarm's actions run when the muting ends, if its state is the same."""
    runs: list[Run] = []
    engine = Engine(
        0.0, lambda _: None, runs.append, muted=lambda _, time: 500.0 if time < 500 else None
    )
    engine.put(composite("FALSE", AlarmName="gone"))
    engine.put(composite("TRUE"))
    engine.put(composite("TRUE", AlarmName="gone"))
    engine.put(composite("FALSE", AlarmName="gone"))
    assert engine.alarms["c"].value == "ALARM"
    assert runs == []
    engine.run_until(1000)
    assert [(run.time, run.name, run.transition.new) for run in runs] == [
        (500.0, "c", "ALARM"),
        (500.0, "gone", "OK"),
    ]
