"""The evaluation of an alarm as tables: M out of N with missing data, statistics, operators.

Source of the first table: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing
data".
"""

import pytest

from alarmchain.chain.alarm.judge_alarm import judge_alarm
from alarmchain.chain.metric.metric_signal import Contribution, MetricSignal
from tests.chain.builders import METRIC, NOW, alarm, expression, math_alarm, query, signals

ONE = Contribution(1.0)
ZEROS = Contribution(1.0, default=0.0)
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")

# For each treatment of missing data: + goes to ALARM, - does not, ? is not documented.
M_OF_N = [
    ("no data", 1, "+--+"),
    ("no data", 2, "+---"),
    ("no data", 3, "+---"),
    ("sparse zeros", 1, "++?+"),
    ("sparse zeros", 2, "?-?-"),
    ("a 0 in every period", 1, "++++"),
    ("a 0 in every period", 2, "----"),
]


@pytest.mark.parametrize(
    ("at_rest", "m", "treatment", "expected"),
    [
        (rest, m, treatment, cell)
        for rest, m, cells in M_OF_N
        for treatment, cell in zip(TREATMENTS, cells, strict=True)
    ],
)
def test_m_of_n(at_rest: str, m: int, treatment: str, expected: str) -> None:
    """Each cell of the table of M out of N and missing data."""
    terms = {"DatapointsToAlarm": m, "EvaluationPeriods": max(m, 4), "TreatMissingData": treatment}
    if at_rest == "a 0 in every period":
        judged = math_alarm(query(), expression("FILL(m1, 0)"), **terms)
        found = judge_alarm(judged, signals(), NOW)
    else:
        writes = signals(ZEROS if at_rest == "sparse zeros" else ONE)
        found = judge_alarm(alarm(**terms), writes, NOW)
    assert found.status.value == {"+": "ok", "-": "broken", "?": "unknown"}[expected]


OPERATORS = {
    ">=": "GreaterThanOrEqualToThreshold",
    ">": "GreaterThanThreshold",
    "<": "LessThanThreshold",
    "<=": "LessThanOrEqualToThreshold",
}

# statistic, contributions of one event, operator, threshold, expected, words of the reason
STATISTICS = [
    ("Sum", [ONE], ">=", 1, "ok", ""),
    ("Sum", [ONE], ">", 0, "ok", ""),
    ("Sum", [ONE], ">=", 5, "broken", "needs 5 events within 300 s (threshold >= 5)"),
    ("Sum", [ONE], ">", 5, "broken", "needs 6 events within 300 s (threshold > 5)"),
    ("Sum", [ONE], ">", 1, "broken", "needs 2 events within 300 s (threshold > 1)"),
    ("Sum", [ONE], ">=", 0.5, "ok", ""),
    ("Sum", [ONE], ">=", 1.5, "broken", "needs 2 events"),
    ("Sum", [ONE, ONE], ">=", 2, "ok", ""),
    ("Sum", [ONE, ONE], ">=", 5, "broken", "needs 3 events"),
    ("Sum", [Contribution(10.0)], ">=", 10, "ok", ""),
    ("Sum", [Contribution(0.0)], ">=", 1, "broken", "needs Sum >= 1; one event brings it to 0"),
    ("Sum", [Contribution(0.0)], ">=", 0, "ok", ""),
    ("Sum", [Contribution(-1.0)], ">=", 1, "broken", "one event brings it to -1"),
    ("Sum", [Contribution(-1.0)], "<", 0, "ok", ""),
    ("Sum", [ONE], "<", 1, "broken", "needs Sum < 1; one event brings it to 1"),
    ("Sum", [ONE], "<=", 1, "ok", ""),
    ("Sum", [ONE], "<", 2, "ok", ""),
    ("Sum", [ZEROS], ">=", 1, "ok", ""),
    (
        "Sum",
        [ZEROS],
        ">=",
        0,
        "broken",
        "is in ALARM even when nothing happens: Sum is 0 without an event",
    ),
    ("Sum", [ZEROS], "<", 1, "broken", "is in ALARM even when nothing happens"),
    ("Sum", [ZEROS], "<", 2, "broken", "is in ALARM even when nothing happens"),
    (
        "Sum",
        [Contribution(1.0, default=1.0)],
        ">=",
        1,
        "broken",
        "is in ALARM even when nothing happens",
    ),
    (
        "Sum",
        [Contribution(1.0, default=-1.0)],
        ">=",
        1,
        "unknown",
        "one event may leave it below 1",
    ),
    (
        "Sum",
        [Contribution(5.0, default=1.0)],
        ">=",
        5,
        "unknown",
        "may be in ALARM even when nothing happens",
    ),
    ("Sum", [Contribution(None)], ">=", 1, "unknown", "one event may leave it below 1"),
    ("Sum", [Contribution(None), ONE], ">=", 1, "unknown", "may leave it below 1"),
    ("Maximum", [ONE], ">=", 1, "ok", ""),
    ("Maximum", [ZEROS], ">=", 1, "ok", ""),
    ("Maximum", [ONE, Contribution(3.0)], ">=", 3, "ok", ""),
    ("Maximum", [ONE, ONE], ">=", 2, "broken", "needs Maximum >= 2; one event brings it to 1"),
    ("Maximum", [Contribution(-1.0, default=0.0)], ">=", 1, "broken", "between -1 and 0"),
    (
        "Maximum",
        [Contribution(-1.0, default=0.0)],
        "<",
        0,
        "unknown",
        "one event may leave it at or above 0",
    ),
    ("Maximum", [Contribution(None), ONE], ">=", 1, "ok", ""),
    ("p100", [ZEROS], ">=", 1, "ok", ""),
    ("Minimum", [ONE], ">=", 1, "ok", ""),
    ("Minimum", [ZEROS], ">=", 1, "unknown", "needs Minimum >= 1; one event may leave it below 1"),
    ("Minimum", [ONE, Contribution(0.0)], ">=", 1, "broken", "one event brings it to 0"),
    ("Average", [ONE], ">=", 1, "ok", ""),
    ("Average", [ZEROS], ">=", 1, "unknown", "needs Average >= 1; one event may leave it below 1"),
    ("Average", [ZEROS], ">", 0, "ok", ""),
    ("Average", [ONE, Contribution(0.0)], ">=", 1, "broken", "one event brings it to 0.5"),
    ("Average", [ONE, Contribution(0.0)], ">=", 0.5, "ok", ""),
    ("Average", [Contribution(1.0), Contribution(5.0, default=2.0)], ">", 2, "ok", ""),
    ("Average", [Contribution(1.0), Contribution(5.0, default=2.0)], ">=", 3, "unknown", ""),
    ("SampleCount", [ONE], ">=", 1, "ok", ""),
    ("SampleCount", [Contribution(0.0)], ">=", 1, "ok", ""),
    ("SampleCount", [ONE], ">=", 3, "broken", "needs 3 events within 300 s"),
    ("SampleCount", [ZEROS], ">=", 1, "broken", "is in ALARM even when nothing happens"),
    ("SampleCount", [ZEROS], ">=", 2, "unknown", "may be in ALARM even when nothing happens"),
    ("p99", [ONE], ">=", 1, "ok", ""),
    ("p99.9", [ONE], ">=", 1, "ok", ""),
    ("p99", [ZEROS], ">=", 1, "unknown", "needs p99 >= 1; one event may leave it below 1"),
    ("p50", [Contribution(-1.0)], ">=", 1, "unknown", "negative values"),
    ("tm90", [ONE], ">=", 1, "unknown", "statistic tm90"),
    ("IQM", [ONE], ">=", 1, "unknown", "statistic IQM"),
    ("TM(10%:90%)", [ONE], ">=", 1, "unknown", "statistic TM"),
    ("p101", [ONE], ">=", 1, "unknown", "statistic p101"),
]


@pytest.mark.parametrize(
    ("statistic", "sure", "sign", "threshold", "expected", "words"), STATISTICS
)
def test_statistic_and_operator(
    statistic: str, sure: list[Contribution], sign: str, threshold: float, expected: str, words: str
) -> None:
    """The statistic of one event's values, compared with operator and threshold."""
    judged = alarm(
        Statistic=None,
        ExtendedStatistic=statistic,
        ComparisonOperator=OPERATORS[sign],
        Threshold=threshold,
    )
    found = judge_alarm(judged, signals(*sure), NOW)
    assert (found.status.value, words in found.reason) == (expected, True), found.reason


# A filter that may also match changes the statistic of the same event.
MAYBE = [
    ("Sum", ONE, ">=", 1, "ok"),
    ("Sum", Contribution(-1.0), ">=", 1, "unknown"),
    ("Sum", ONE, "<=", 1, "unknown"),
    ("Sum", Contribution(None), ">=", 1, "unknown"),
    ("Maximum", Contribution(-5.0), ">=", 1, "ok"),
    ("Maximum", Contribution(5.0), "<=", 1, "unknown"),
    ("Minimum", Contribution(0.0), ">=", 1, "unknown"),
    ("Minimum", Contribution(2.0), ">=", 1, "ok"),
    ("Average", Contribution(0.0), ">=", 1, "unknown"),
    ("Average", Contribution(0.0), ">=", 0.5, "ok"),
    ("Average", Contribution(3.0), ">=", 1, "ok"),
    ("SampleCount", ONE, ">=", 1, "ok"),
    ("SampleCount", ONE, ">=", 2, "unknown"),
    ("p90", Contribution(0.0), ">=", 1, "unknown"),
    ("Sum", ZEROS, ">=", 1, "ok"),
    ("Minimum", ZEROS, ">=", 1, "unknown"),
]


@pytest.mark.parametrize(("statistic", "maybe", "sign", "threshold", "expected"), MAYBE)
def test_filters_that_may_match(
    statistic: str, maybe: Contribution, sign: str, threshold: float, expected: str
) -> None:
    """A contribution that is not certain widens the possible values of the statistic."""
    judged = alarm(Statistic=statistic, ComparisonOperator=OPERATORS[sign], Threshold=threshold)
    found = judge_alarm(judged, signals(ONE, maybe=(maybe,)), NOW)
    assert found.status.value == expected, found.reason


def test_only_filters_that_may_match() -> None:
    """If no filter surely matches, an alarm is broken only if even a match would not be enough."""
    silent = {METRIC: MetricSignal(METRIC, sure=(), maybe=(ONE,))}
    assert judge_alarm(alarm(), silent, NOW).status.value == "unknown"
    assert judge_alarm(alarm(Threshold=5.0), silent, NOW).status.value == "broken"
    nothing = {METRIC: MetricSignal(METRIC, sure=(), maybe=())}
    assert judge_alarm(alarm(), nothing, NOW).status.value == "broken"


# Values that filters may write at any time matter only if they can change the answer.
@pytest.mark.parametrize(
    ("changes", "value", "expected"),
    [
        ({}, 1.0, "unknown"),
        ({}, 0.0, "ok"),
        ({}, -1.0, "unknown"),
        ({}, None, "unknown"),
        ({"Statistic": "SampleCount"}, 0.0, "unknown"),
        ({"Statistic": "Average"}, 0.0, "unknown"),
        ({"Statistic": "Maximum"}, 0.5, "ok"),
        ({"TreatMissingData": "breaching"}, 1.0, "broken"),
        ({"Threshold": 5.0}, 1.0, "broken"),
        ({"Unit": "Count"}, 1.0, "broken"),
    ],
)
def test_possible(changes: dict[str, object], value: float | None, expected: str) -> None:
    """Other filters make the alarm unknown only if their values can change the answer."""
    others = signals(possible=(Contribution(value),), possible_reason="others write it")
    found = judge_alarm(alarm(**changes), others, NOW)
    assert found.status.value == expected, found.reason
    assert expected != "unknown" or found.reason == "others write it"


# Values that filters write for routine records are in the series with and without the event.
@pytest.mark.parametrize(
    ("changes", "value", "expected"),
    [
        ({}, 1.0, "broken"),
        ({}, 0.0, "ok"),
        ({}, -1.0, "unknown"),
        ({"Statistic": "SampleCount"}, 0.0, "broken"),
        ({"Statistic": "SampleCount", "Threshold": 2.0}, 0.0, "unknown"),
        ({"Statistic": "Average"}, 0.0, "unknown"),
        ({"Statistic": "Average"}, 1.0, "broken"),
        ({"Statistic": "Minimum"}, 0.0, "unknown"),
        ({"Statistic": "Maximum"}, 0.5, "ok"),
        ({"Statistic": "Maximum"}, 1.0, "broken"),
        ({"Statistic": "Maximum"}, 2.0, "broken"),
        ({"Threshold": 5.0}, 1.0, "unknown"),
        ({"TreatMissingData": "breaching"}, 0.0, "unknown"),
        ({"EvaluationPeriods": 2}, 0.0, "broken"),
        ({"ComparisonOperator": "LessThanThreshold"}, 0.0, "broken"),
    ],
)
def test_routine(changes: dict[str, object], value: float, expected: str) -> None:
    """An alarm is judged among the values of routine records, zeros included."""
    busy = signals(routine=(Contribution(value),), routine_writers="metric filter 'G'")
    found = judge_alarm(alarm(**changes), busy, NOW)
    assert found.status.value == expected, found.reason
    if expected == "broken" and changes.get("ComparisonOperator") is None:
        assert "metric filter 'G'" in found.reason or "EvaluationPeriods" in changes
