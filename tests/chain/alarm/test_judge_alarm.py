"""A metric alarm: what it watches, its members and their defaults, its state now."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarmchain.chain.alarm.judge_alarm import judge_alarm
from alarmchain.chain.alarm.metric_alarm import MetricAlarm
from alarmchain.chain.judgement import Judgement, Status
from alarmchain.chain.metric.metric_signal import Contribution, Metric, MetricSignal
from tests.chain.builders import METRIC, NOW, alarm, alarm_item, signals
from tests.chance import tried

DAY = 86_400.0


def judge(**changes: Any) -> Judgement:
    """Judge the good alarm with changes; one event writes a 1."""
    return judge_alarm(alarm(**changes), signals(), NOW)


# changes, expected, words of the reason
MEMBERS = [
    ({}, "ok", ""),
    ({"TreatMissingData": None}, "ok", ""),
    ({"TreatMissingData": "sometimes"}, "unknown", "TreatMissingData sometimes"),
    (
        {"DatapointsToAlarm": None, "EvaluationPeriods": 3},
        "broken",
        "needs 3 breaching periods of 3; one event fills only one",
    ),
    ({"DatapointsToAlarm": 1, "EvaluationPeriods": 3}, "ok", ""),
    (
        {"DatapointsToAlarm": 2, "EvaluationPeriods": 3},
        "broken",
        "needs 2 breaching periods of 3; one event fills only one",
    ),
    ({"DatapointsToAlarm": 4, "EvaluationPeriods": 3}, "unknown", "is not supported"),
    ({"DatapointsToAlarm": 0}, "unknown", "is not supported"),
    ({"EvaluationPeriods": None}, "unknown", "EvaluationPeriods None"),
    ({"Threshold": None}, "unknown", "Threshold"),
    ({"Threshold": "1"}, "unknown", "Threshold"),
    ({"ComparisonOperator": None}, "unknown", "ComparisonOperator none"),
    ({"ComparisonOperator": "GreaterThanUpperThreshold"}, "unknown", "ComparisonOperator"),
    ({"ThresholdMetricId": "ad1"}, "unknown", "anomaly detection"),
    ({"EvaluationCriteria": {"PromQLCriteria": {"Query": "up"}}}, "unknown", "PromQL"),
    ({"WarmUpConfiguration": {"WarmUpPeriodDurationInMinutes": 5}}, "unknown", "warm-up"),
    ({"EvaluationWindow": {"WallClockWindow": {}}}, "unknown", "wall clock"),
    ({"EvaluationWindow": {"SlidingWindow": {}}}, "ok", ""),
    ({"EvaluationState": "EVALUATION_ERROR"}, "unknown", "EVALUATION_ERROR"),
    ({"EvaluationState": "PARTIAL_DATA"}, "unknown", "PARTIAL_DATA"),
    ({"MetricName": None}, "unknown", "names no metric"),
    ({"Statistic": None}, "unknown", "it names no statistic"),
    ({"Period": 60}, "ok", ""),
    ({"Period": 86400}, "ok", ""),
    ({"Period": 604800}, "ok", ""),
    ({"Period": 10}, "unknown", "shorter than"),
    ({"Period": 30}, "unknown", "shorter than"),
    ({"Period": 90}, "unknown", "period of 90 s"),
    ({"Period": 0}, "unknown", "period of 0 s"),
    ({"Period": None}, "unknown", "period of None s"),
    ({"Period": 300, "EvaluationPeriods": 288, "DatapointsToAlarm": 1}, "ok", ""),
    ({"Period": 300, "EvaluationPeriods": 289, "DatapointsToAlarm": 1}, "unknown", "289 periods"),
    ({"Unit": "None"}, "ok", ""),
    ({"Unit": "Count"}, "broken", "has the Unit Count, but the filter writes no unit"),
    ({"EvaluateLowSampleCountPercentile": "ignore"}, "ok", ""),
    (
        {
            "Statistic": None,
            "ExtendedStatistic": "p90",
            "EvaluateLowSampleCountPercentile": "ignore",
        },
        "broken",
        "one sample is too few for p90",
    ),
    (
        {
            "Statistic": None,
            "ExtendedStatistic": "p90",
            "EvaluateLowSampleCountPercentile": "evaluate",
        },
        "ok",
        "",
    ),
    (
        {
            "Statistic": None,
            "ExtendedStatistic": "p100",
            "EvaluateLowSampleCountPercentile": "ignore",
        },
        "unknown",
        "p100",
    ),
    ({"TreatMissingData": "breaching"}, "broken", "treats missing data as breaching"),
    ({"TreatMissingData": "ignore"}, "broken", "later events send no notification"),
]


@pytest.mark.parametrize(("changes", "expected", "words"), MEMBERS)
def test_members(changes: dict[str, Any], expected: str, words: str) -> None:
    """Each member of an alarm, changed or left out, has the judgement in the table."""
    found = judge(**changes)
    assert (found.status.value, words in found.reason) == (expected, True), found.reason


# StateValue, seconds since transition and update (None: absent), expected.
STATES = [
    ("OK", 10 * DAY, None, "ok"),
    ("INSUFFICIENT_DATA", None, None, "ok"),
    ("ALARM", 3600, None, "ok"),
    ("ALARM", DAY, None, "ok"),
    ("ALARM", DAY + 1, None, "broken"),
    ("ALARM", None, None, "unknown"),
    ("ALARM", None, 3600, "unknown"),
    ("ALARM", None, 2 * DAY, "broken"),
    ("ALARM", 2 * DAY, 60, "broken"),
    ("ALARM", 60, 2 * DAY, "ok"),
    (None, None, None, "unknown"),
    ("BROKEN", None, None, "unknown"),
]


@pytest.mark.parametrize(("state", "since", "updated", "expected"), STATES)
def test_state(
    state: str | None, since: float | None, updated: float | None, expected: str
) -> None:
    """An alarm in ALARM for over a day is stuck; the time of its last transition decides."""
    found = judge(
        StateValue=state,
        StateTransitionedTimestamp=None if since is None else NOW - since,
        StateUpdatedTimestamp=None if updated is None else NOW - updated,
    )
    assert found.status.value == expected, found.reason


def test_long_periods_allow_longer_alarms() -> None:
    """With N periods of a day, an alarm is stuck only after N + 5 days in ALARM."""
    week = {"Period": 86_400, "StateValue": "ALARM"}
    assert judge(**week, StateTransitionedTimestamp=NOW - 6 * DAY).status is Status.OK
    found = judge(**week, StateTransitionedTimestamp=NOW - 6 * DAY - 1)
    assert (found.status, found.reason) == (
        Status.BROKEN,
        "alarm 'A' has been in ALARM for 144 h, so a new event sends no notification",
    )


def test_the_definition_comes_before_the_state() -> None:
    """If both the definition and the state are at fault, the definition is reported."""
    found = judge(Threshold=5.0, StateValue="ALARM", StateTransitionedTimestamp=0.0)
    assert found.reason.startswith("alarm 'A' needs 5 events")


# The alarm watches the filter's metric by namespace, name and dimensions.
METRICS = [
    (
        {"Namespace": "AWS/CloudTrailMetrics"},
        "watches AWS/CloudTrailMetrics M, but the filter writes",
    ),
    ({"MetricName": "m"}, "watches CloudTrailMetrics m, but the filter writes CloudTrailMetrics M"),
    (
        {"Dimensions": [{"Name": "Trail", "Value": "main"}]},
        "watches CloudTrailMetrics M {Trail=main}, but the filter writes CloudTrailMetrics M",
    ),
]


@pytest.mark.parametrize(("changes", "words"), METRICS)
def test_another_metric(changes: dict[str, Any], words: str) -> None:
    """An alarm on another namespace, name or dimension watches another metric."""
    found = judge(**changes)
    assert found.status is Status.BROKEN
    assert words in found.reason


def test_dimensions_in_any_order() -> None:
    """The order of dimensions does not matter."""
    pairs = [{"Name": "b", "Value": "2"}, {"Name": "a", "Value": "1"}]
    metric = Metric("CloudTrailMetrics", "M", (("a", "1"), ("b", "2")))
    watching = alarm(Dimensions=pairs)
    assert watching.watches() == (metric,)
    assert judge_alarm(watching, {metric: MetricSignal(metric)}, NOW).status is Status.OK


@pytest.mark.parametrize(
    ("unit", "written", "expected"),
    [
        ("Count", ("Count",), "ok"),
        ("Count", ("Bytes",), "broken"),
        (None, ("Count",), "ok"),
        (None, ("Count", "None"), "unknown"),
        ("Count", ("Count", "None"), "ok"),
    ],
)
def test_units(unit: str | None, written: tuple[str, ...], expected: str) -> None:
    """An alarm with a Unit receives only its data; several units without a Unit are unknown."""
    sure = tuple(Contribution(unit=each) for each in written)
    found = judge_alarm(alarm(Unit=unit), signals(*sure), NOW)
    assert found.status.value == expected


def test_dynamo_ignores_missing_data() -> None:
    """Alarms on AWS/DynamoDB always ignore missing data: the first event keeps them in ALARM."""
    metric = Metric("AWS/DynamoDB", "M")
    found = judge_alarm(alarm(Namespace="AWS/DynamoDB"), {metric: MetricSignal(metric)}, NOW)
    assert "TreatMissingData is ignore)" in found.reason


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=5,
)


@tried(100)
@given(st.dictionaries(st.sampled_from(sorted(alarm_item())), JSON, max_size=4))
def test_malformed_items(changes: dict[str, Any]) -> None:
    """An alarm with any wrong members gets a judgement with a reason, and no exception."""
    item = {**alarm_item(), **changes}
    found = judge_alarm(MetricAlarm.read(item), signals(), NOW)
    assert found.status is Status.OK or found.reason


@pytest.mark.parametrize("changes", [row[0] for row in MEMBERS])
def test_reasons_are_short(changes: dict[str, Any]) -> None:
    """A reason fits into an annotation together with the call."""
    assert len(judge(**changes).reason) <= 130


def test_signals_of_other_metrics_do_not_matter() -> None:
    """An alarm is judged by its own metric alone."""
    other = Metric("CloudTrailMetrics", "N")
    both = {METRIC: MetricSignal(METRIC), other: MetricSignal(other, possible=(Contribution(),))}
    assert judge_alarm(alarm(), both, NOW).status is Status.OK
