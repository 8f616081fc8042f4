"""The parameter EventsBeforeAlarm: several events within a period of an alarm."""

from typing import Any

import pytest

from alarmchain.decision.assessment import Outcome
from tests.builders import CALLS, account, alarm, composite, judged, metric_filter, names

HALVES = [
    metric_filter(names(*CALLS[:3]), name="F1"),
    metric_filter(names(*CALLS[3:]), name="F2", metric="N"),
]
ROOT = '($.userIdentity.type = "Root")'
OTHERS = '($.userIdentity.type != "Root")'


def by_caller(*patterns: str) -> list[dict[str, Any]]:
    """Return a filter for each kind of caller, each on its own metric, on the calls of the rule."""
    calls = names()[2:-2]
    return [
        metric_filter(f"{{ ({calls}) && {pattern} }}", name=f"F{metric}", metric=metric)
        for pattern, metric in zip(patterns, "MN", strict=True)
    ]


@pytest.mark.parametrize(
    ("thresholds", "allowed", "expected"),
    [
        ((1.0, 1.0), "", "covered"),
        ((3.0, 1.0), "", "not_covered"),
        ((3.0, 1.0), "2", "not_covered"),
        ((3.0, 1.0), "3", "covered"),
        ((3.0, 3.0), "3", "not_covered"),
        ((3.0, 3.0), "4", "not_covered"),
        ((3.0, 3.0), "5", "covered"),
        ((2.0, 3.0), "4", "covered"),
        ((2.0, 3.0), "3", "not_covered"),
    ],
)
def test_one_class_over_two_metrics(
    thresholds: tuple[float, float], allowed: str, expected: str
) -> None:
    """The records of a call may be spread so that each metric stays one short."""
    document = account(
        metric_filters=by_caller(ROOT, OTHERS),
        metric_alarms=[
            alarm(Threshold=thresholds[0]),
            alarm("B", metric="N", Threshold=thresholds[1]),
        ],
    )
    found = judged(document, EventsBeforeAlarm=allowed)
    assert found.outcome.value == expected, found.annotation
    spread = found.outcome is Outcome.NOT_COVERED and max(thresholds) <= int(allowed or 1)
    assert spread == ("count in several metrics" in found.annotation), found.annotation
    if spread:
        assert found.annotation.startswith("CreateTrail (and 4 more): metric filters ")
        assert f"; {allowed} calls spread over them may raise no alarm" in found.annotation
        assert found.fault is not None
        assert found.fault.link == "alarm"
        assert found.remedy == "count every CreateTrail in one metric, or lower the thresholds"


def test_one_metric_alone() -> None:
    """If the metrics do not count together, one of them may carry the class alone."""
    whole = metric_filter(name="whole", metric="W")
    document = account(
        metric_filters=[*by_caller(ROOT, OTHERS), whole],
        metric_alarms=[
            alarm(Threshold=2.0),
            alarm("B", metric="N", Threshold=2.0),
            alarm("C", metric="W", Threshold=2.0),
        ],
    )
    found = judged(document, EventsBeforeAlarm="2")
    assert found.outcome.value == "covered"
    assert "filter 'whole' > alarm 'C'" in found.annotation


def test_calls_are_separate_classes() -> None:
    """A metric for each call needs no sum: each call is a class of its own."""
    document = account(
        metric_filters=HALVES,
        metric_alarms=[alarm(Threshold=3.0), alarm("B", metric="N", Threshold=3.0)],
    )
    assert judged(document, EventsBeforeAlarm="3").outcome.value == "covered"
    assert judged(document, EventsBeforeAlarm="2").outcome.value == "not_covered"


def test_annotation() -> None:
    """The annotation has the number of records and the period, with or without the parameter."""
    document = account(metric_alarms=[alarm(Threshold=3.0)])
    found = judged(document, EventsBeforeAlarm="3").annotation
    assert "alarm 'A' needs 3 matching records within 300 s" in found
    assert "needs 3 events within 300 s" in judged(document).annotation


def test_the_alarm_that_needs_fewest() -> None:
    """Of several alarms on a metric, the one that needs the fewest events counts."""
    document = account(metric_alarms=[alarm("slow", Threshold=5.0), alarm("quick")])
    found = judged(document, EventsBeforeAlarm="5").annotation
    assert "alarm 'quick'" in found
    assert "matching records" not in found


def test_composite() -> None:
    """A composite alarm needs as many events as its child alarm."""
    document = account(
        metric_alarms=[alarm(Threshold=3.0, AlarmActions=[])], composite_alarms=[composite()]
    )
    found = judged(document, EventsBeforeAlarm="3")
    assert found.outcome.value == "covered"
    assert "needs 3 matching records within a period of its alarm" in found.annotation
    assert judged(document, EventsBeforeAlarm="2").outcome.value == "not_covered"
