"""Alarms that need several matching records within one period."""

from typing import Any

import pytest

from alarmchain.chain.alarm.several_events import judge_events
from alarmchain.chain.judgement import Status
from alarmchain.chain.metric.metric_signal import Contribution
from tests.chain.builders import NOW, alarm, expression, math_alarm, query, signals


@pytest.mark.parametrize(
    ("changes", "allowed", "needed"),
    [
        ({}, 1, 1),
        ({}, 10, 1),
        ({"Threshold": 3.0}, 1, None),
        ({"Threshold": 3.0}, 2, None),
        ({"Threshold": 3.0}, 3, 3),
        ({"Threshold": 3.0}, 100, 3),
        ({"Threshold": 3.0, "ComparisonOperator": "GreaterThanThreshold"}, 3, None),
        ({"Threshold": 3.0, "ComparisonOperator": "GreaterThanThreshold"}, 4, 4),
        ({"Threshold": 2.5}, 5, 3),
        ({"Threshold": 5.0, "Statistic": "SampleCount"}, 5, 5),
        ({"Threshold": 2.0, "Statistic": "Maximum"}, 100, None),
        ({"Threshold": 2.0, "Statistic": "Average"}, 100, None),
        ({"Threshold": 3.0, "EvaluationPeriods": 2, "DatapointsToAlarm": 2}, 3, None),
        ({"Threshold": 3.0, "EvaluationPeriods": 2, "DatapointsToAlarm": 1}, 3, 3),
        ({"Threshold": 3.0, "ActionsEnabled": False}, 3, 3),  # this function does not judge actions
        ({"Threshold": 3.0, "Unit": "Count"}, 3, None),
        ({"Threshold": 3.0, "TreatMissingData": "breaching"}, 3, None),
        ({"Threshold": -1.0, "ComparisonOperator": "LessThanThreshold"}, 5, None),
    ],
)
def test_needed(changes: dict[str, Any], allowed: int, needed: int | None) -> None:
    """An alarm is OK if at most the allowed number of events brings it to ALARM."""
    judgement, number = judge_events(alarm(**changes), signals(), NOW, allowed)
    assert (judgement.status is Status.OK) == (needed is not None), judgement.reason
    assert number == (needed or 1)


def test_note() -> None:
    """The reason has the number of records and the period."""
    judgement, _ = judge_events(alarm(Threshold=3.0, Period=600), signals(), NOW, 5)
    assert judgement.reason == "alarm 'A' needs 3 matching records within 600 s"


@pytest.mark.parametrize(
    ("value", "allowed", "needed"), [(2.0, 2, None), (2.0, 3, 3), (0.0, 100, None), (None, 9, None)]
)
def test_values(value: float | None, allowed: int, needed: int | None) -> None:
    """The filter's value decides how many events are needed; an unknown value is not enough."""
    judgement, number = judge_events(
        alarm(Threshold=5.0), signals(Contribution(value)), NOW, allowed
    )
    assert (judgement.status is Status.OK) == (needed is not None)
    assert number == (needed or 1)


def test_metric_math() -> None:
    """The number of events is also computed for a metric math expression."""
    computed = math_alarm(query(), expression("m1 * 2"), Threshold=6.0)
    judgement, needed = judge_events(computed, signals(), NOW, 3)
    assert (judgement.status, needed) == (Status.OK, 3)
    assert judgement.reason == "alarm 'A' needs 3 matching records within 300 s"


def test_stuck() -> None:
    """An alarm that stays in ALARM is broken for any number of events."""
    stuck = alarm(Threshold=3.0, StateValue="ALARM", StateTransitionedTimestamp=NOW - 3 * 86_400)
    judgement, _ = judge_events(stuck, signals(), NOW, 5)
    assert judgement.status is Status.BROKEN
