"""Metric math: supported expressions are computed, others are unknown."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarmchain.chain.alarm.judge_alarm import judge_alarm
from alarmchain.chain.judgement import Status
from alarmchain.chain.metric.metric_signal import Contribution, Metric, MetricSignal
from alarmchain.chain.metric.time_series import Undecided
from alarmchain.chain.metric_math.metric_math import MetricMath
from tests.chain.builders import METRIC, NOW, OTHER, expression, math_alarm, query, signals
from tests.chance import tried

ZEROS = (Contribution(1.0, default=0.0),)

# With m1 the event's metric, without defaults; 1 of 1, >= 1, notBreaching.
ALONE = [
    ("m1", "ok"),
    ("m1 * 0", "broken"),
    ("m1 * 1", "ok"),
    ("m1 * 100", "ok"),
    ("m1 / 2", "broken"),
    ("m1 / 0", "broken"),
    ("1 / m1", "ok"),
    ("2 * m1 - 1", "ok"),
    ("m1 - 1", "broken"),
    ("m1 - m1", "broken"),
    ("-m1", "broken"),
    ("- - m1", "ok"),
    ("-(m1 - 2)", "ok"),
    ("(((m1)))", "ok"),
    ("m1 + m1 * 0", "ok"),
    ("(m1 + 1) * 0.5", "ok"),
    (".5 + m1", "ok"),
    ("1e0 * m1", "ok"),
    ("SUM([m1])", "ok"),
    ("SUM([m1, m1])", "ok"),
    ("SUM(METRICS())", "ok"),
    ('SUM(METRICS("m"))', "ok"),
    ("SUM(METRICS('x'))", "unknown"),
    ("AVG([m1, m1])", "ok"),
    ("MAX([m1, m1])", "ok"),
    ("MIN(METRICS())", "ok"),
    ("SUM([m1] * 2)", "ok"),
    ("SUM(2 / [m1, m1])", "ok"),
    ("ABS(m1 - 3)", "ok"),
    ("CEIL(m1 / 2)", "ok"),
    ("FLOOR(m1 / 2)", "broken"),
    ("m1 > 0", "ok"),
    ("m1 >= 2", "broken"),
    ("m1 == 1", "ok"),
    ("m1 != 1", "broken"),
    ("m1 > 0 AND m1 < 5", "ok"),
    ("m1 > 3 || m1 == 1", "ok"),
    ("m1 > 3 OR m1 == 2", "broken"),
    ("IF(m1 > 0, 1, 0)", "ok"),
    ("IF(m1 > 0, 1)", "ok"),
    ("IF(m1 > 0, m1, 0)", "ok"),
    ("IF(m1 > 5, 1, 0)", "broken"),
    ("IF(m1 > 5, 1)", "broken"),
    ("IF(m1, 5, 0)", "ok"),
    ("IF(1, m1)", "unknown"),
    ("m1 / PERIOD(m1) * 300", "ok"),
    ("m1 / PERIOD(m1)", "broken"),
    ("FILL(m1, 0)", "unknown"),
    ("FILL(m1, 1)", "broken"),
    ("FILL(m1 * 0, 0)", "broken"),
    ("FILL(m1, REPEAT)", "unknown"),
    ("FILL(m1, LINEAR)", "unknown"),
    ("m1 + TIME_SERIES(0)", "unknown"),
    ("m1 + TIME_SERIES(1)", "broken"),
    ("SUM(m1)", "unknown"),
    ("MAX(m1)", "unknown"),
    ("RATE(m1)", "unknown"),
    ("DIFF(m1)", "unknown"),
    ("RUNNING_SUM(m1)", "unknown"),
    ("ANOMALY_DETECTION_BAND(m1)", "unknown"),
    ("IF(HOUR(m1) > 8, m1)", "unknown"),
    ("SEARCH('x', 'Sum')", "unknown"),
    ("m1 ^ 2", "unknown"),
    ("5", "unknown"),
    ("[m1, m1]", "unknown"),
    ("[m1] + [m1]", "unknown"),
    ("SUM([])", "unknown"),
    ("SUM([1, m1])", "unknown"),
    ("m2", "unknown"),
    ("e1", "unknown"),
    ("m1 +", "unknown"),
    ("m1 m1", "unknown"),
    ("(m1", "unknown"),
    ("", "unknown"),
    ("SELECT SUM(M) FROM CloudTrailMetrics", "unknown"),
    ("m1 * 1e999", "unknown"),
    ("m1 / (m1 - m1)", "broken"),
]


@pytest.mark.parametrize(("text", "expected"), ALONE)
def test_one_metric(text: str, expected: str) -> None:
    """An expression on the event's metric has the judgement in the table."""
    found = judge_alarm(math_alarm(query(), expression(text)), signals(), NOW)
    assert found.status.value == expected, found.reason
    assert expected == "ok" or 0 < len(found.reason) <= 130


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("m1", "ok"),
        ("m1 * 2", "ok"),
        ("m1 + 1", "broken"),
        ("IF(m1 > 0, 1, 0)", "ok"),
        ("IF(m1 == 0, 1, 0)", "broken"),
        ("1 / m1", "ok"),
    ],
)
def test_zeros(text: str, expected: str) -> None:
    """With default values of 0, the expression's value at rest is computed from 0."""
    found = judge_alarm(math_alarm(query(), expression(text)), signals(*ZEROS), NOW)
    assert found.status.value == expected, found.reason


# The answers if the event writes nothing to m2, and if nothing is known about m2.
SUMS = [
    ("m1 + m2", "ok", "unknown"),
    ("m2 + m1", "ok", "unknown"),
    ("m1 - m2", "ok", "unknown"),
    ("m1 * m2", "broken", "unknown"),
    ("m1 / m2", "broken", "unknown"),
    ("m2 / m1", "broken", "unknown"),
    ("SUM([m1, m2])", "ok", "unknown"),
    ("SUM(METRICS())", "ok", "unknown"),
    ("AVG([m1, m2])", "broken", "unknown"),
    ("AVG(METRICS()) * 2", "ok", "unknown"),
    ("MAX([m1, m2])", "ok", "unknown"),
    ("MIN([m1, m2])", "unknown", "unknown"),
    ("m2", "broken", "unknown"),
    ("m1 + m2 * 0", "ok", "ok"),
    ("IF(m1 > 0, m2, 1)", "broken", "unknown"),
    ("IF(m2 > 0, m1, 0)", "broken", "unknown"),
    ("m1 > m2", "ok", "unknown"),
    ("m1 OR m2", "ok", "unknown"),
    ("m1 AND m2", "broken", "unknown"),
]


@pytest.mark.parametrize(("text", "if_silent", "if_unknown"), SUMS)
def test_two_metrics(text: str, if_silent: str, if_unknown: str) -> None:
    """A metric that surely gets no data counts as 0; an unknown metric can have any value."""
    judged = math_alarm(query(), query("m2", OTHER), expression(text))
    silent = {**signals(), OTHER: MetricSignal(OTHER, sure=(), maybe=())}
    found = judge_alarm(judged, silent, NOW)
    assert found.status.value == if_silent, found.reason
    assert judge_alarm(judged, signals(), NOW).status.value == if_unknown


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "unknown"),
        ({"EvaluationPeriods": 3, "DatapointsToAlarm": 1}, "unknown"),
        ({"EvaluationPeriods": 4, "DatapointsToAlarm": 1}, "ok"),
        ({"EvaluationPeriods": 4, "DatapointsToAlarm": 2}, "broken"),
        ({"EvaluationPeriods": 4, "DatapointsToAlarm": 1, "TreatMissingData": "breaching"}, "ok"),
    ],
)
def test_fill_and_late_data(changes: dict[str, Any], expected: str) -> None:
    """With FILL, 1 of N is OK only if the N periods cover the delay of the data."""
    judged = math_alarm(query(), expression("FILL(m1, 0)"), **changes)
    assert judge_alarm(judged, signals(), NOW).status.value == expected


QUERIES: list[tuple[list[dict[str, Any]], str]] = [
    ([query(returned=True)], "ok"),
    ([query(returned=False)], "ok"),
    ([query(returned=True), expression("m1 * 0", returned=False)], "ok"),
    ([query(returned=True), expression("m1 * 0", returned=True)], "unknown"),
    ([query(), expression("m1 * 0", returned=False)], "unknown"),
    ([query(), expression("e2", "e1"), expression("m1 + 0", "e2", returned=False)], "ok"),
    ([query(), expression("e2", "e1"), expression("m1 * 0", "e2", returned=False)], "broken"),
    ([query(), expression("e2", "e1"), expression("e1 + m1", "e2", returned=False)], "unknown"),
    ([query(), expression("m1", "e1"), expression("RATE(m1)", "e2", returned=False)], "ok"),
    ([query(), query("m1", OTHER), expression("m1")], "unknown"),
    ([query(), query("m2", OTHER, Period=60), expression("m1")], "unknown"),
    ([query(Stat="p99"), expression("m1")], "ok"),
    ([query(Stat="tm90"), expression("m1")], "unknown"),
    ([query(Unit="Count"), expression("m1")], "broken"),
    ([query(AccountId="123456789012"), expression("m1")], "ok"),
    ([query(AccountId="999988887777"), expression("m1")], "broken"),
    ([query(), query("m2", AccountId="999988887777"), expression("m1 + m2")], "unknown"),
    ([query("m2", OTHER), expression("m2")], "broken"),
    ([{"Id": "q1", "Expression": "SELECT COUNT(*)", "Period": 60, "ReturnData": True}], "unknown"),
    ([query(), expression("ANOMALY_DETECTION_BAND(m1)")], "unknown"),
]


@pytest.mark.parametrize(("queries", "expected"), QUERIES)
def test_queries(queries: list[dict[str, Any]], expected: str) -> None:
    """The judgement depends on the query that the alarm watches, and on what that query uses."""
    found = judge_alarm(math_alarm(*queries), signals(), NOW)
    assert found.status.value == expected, found.reason


def test_watches_the_metrics_of_its_own_account() -> None:
    """A MetricStat of another account is not watched, and an expression is not a metric."""
    far = Metric("CloudTrailMetrics", "F")
    judged = math_alarm(
        query(), query("m2", far, AccountId="999988887777"), query("m3"), expression("m1")
    )
    assert judged.watches() == (METRIC,)


PIECES = st.lists(
    st.sampled_from(
        [
            *("m1", "m2", "e1", "0", "1", "2.5", "METRICS()", "AND", "OR", "§", "'", '"'),
            *("+", "-", "*", "/", "^", "(", ")", "[", "]", ",", "<", ">", "=="),
            *("SUM(", "FILL(", "IF(", "MAX("),
        ]
    ),
    max_size=25,
)


@tried(100)
@given(PIECES)
def test_any_text(pieces: list[str]) -> None:
    """Any expression gets a judgement with a reason, and raises no exception."""
    judged = math_alarm(query(), query("m2", OTHER), expression(" ".join(pieces)))
    found = judge_alarm(judged, signals(), NOW)
    assert found.status is Status.OK or found.reason


HOSTILE = ["(" * 2000, "[" * 2000, "-" * 2000 + "m1", "m1" + "+m1" * 600, "IF(" * 600, "9" * 2000]
HOSTILE += ["SUM([" * 300, "FILL(" * 300, "m1" + "-(m1" * 400, "m1," * 600]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text(text: str) -> None:
    """Deep nesting and long chains neither crash nor hang."""
    found = judge_alarm(math_alarm(query(), expression(text)), signals(), NOW)
    assert found.status is Status.OK or found.reason


SIGNS = st.sampled_from(["+", "-", "*", ">", "<", "==", "<="])
EXPRESSIONS = st.recursive(
    st.sampled_from(["m1", "m2", "2", "0.5", "0"]),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, SIGNS, inner),
        st.builds("IF(({} > 0), {}, {})".format, inner, inner, inner),
        st.builds("FILL({}, 3)".format, inner),
        st.builds("ABS({})".format, inner),
    ),
    max_leaves=6,
)


def real_value(text: str, m1: float, m2: float) -> float:
    """Return the value of such an expression by Python's own arithmetic."""
    names = {
        "m1": m1,
        "m2": m2,
        "IF": lambda condition, yes, no: yes if condition else no,
        "FILL": lambda value, filler: value,
        "ABS": abs,
    }
    return float(eval(text, {"__builtins__": {}}, names))


@tried(100)
@given(EXPRESSIONS, st.sampled_from([0.0, 1.0, 2.0]), st.sampled_from([1.0, 2.0]))
def test_bounds_hold(text: str, extra: float, m2: float) -> None:
    """The bounds of an expression contain its value for all possible values of its metrics."""
    known = {
        METRIC: MetricSignal(METRIC, (Contribution(1.0),), (Contribution(extra),)),
        OTHER: MetricSignal(OTHER, (Contribution(m2),)),
    }
    alarm = math_alarm(query(), query("m2", OTHER), expression(text))
    try:
        series = MetricMath(alarm.queries, known, alarm.account).watched()
    except Undecided:
        return
    bounds = series.event.value
    for m1 in (1.0, 1.0 + extra):
        assert bounds is not None
        assert bounds.low - 1e-9 <= real_value(text, m1, m2) <= bounds.high + 1e-9
