"""The decision compared with the local AWS's alarm engine, which steps through time.

For any alarm: where the decision is OK, each of two events far apart rings, whatever other log
events come; where it is broken, one of them does not ring in some course of other log events.
"""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from alarmchain.chain.alarm.judge_alarm import judge_alarm
from alarmchain.chain.alarm.metric_alarm import MetricAlarm
from alarmchain.chain.judgement import Status
from alarmchain.chain.metric.metric_signal import Contribution, MetricSignal
from localaws.cloudwatch.simulation import Simulation, simulate
from tests.chain.builders import METRIC, NOW, alarm_item, expression, query
from tests.chance import tried

HIT, OTHER = json.dumps({"eventName": "Hit"}), json.dumps({"eventName": "Other"})
MATCHING, SILENT = '{ $.eventName = "Hit" }', '{ $.eventName = "Never" }'


@dataclass(frozen=True, slots=True)
class Setting:
    """An alarm, the filters of its metric with what each writes, and the offset of the events."""

    item: dict[str, Any]
    filters: tuple[tuple[str, Contribution], ...]
    offset: int

    def metric_filters(self) -> list[dict[str, Any]]:
        """Return the filters as DescribeMetricFilters returns them."""
        return [
            {
                "filterName": f"F{number}",
                "filterPattern": pattern,
                "metricTransformations": [_transformation(contribution)],
            }
            for number, (pattern, contribution) in enumerate(self.filters)
        ]

    def signal(self) -> MetricSignal:
        """Return what one event writes; a filter that does not match may write its default."""
        sure = tuple(written for pattern, written in self.filters if pattern == MATCHING)
        maybe = tuple(written for pattern, written in self.filters if pattern != MATCHING)
        return MetricSignal(METRIC, sure, maybe)

    def courses(self, sparse: list[int]) -> list[list[int]]:
        """Return the times of other log events: none, a few, or one in every minute.

        If a filter has a default value, another log event always comes between two events.
        """
        between = [half * self.span // 2 + self.offset for half in (1, 3, 5)]
        steady = list(range(0, 3 * self.span + self.offset, 60))
        courses = [sorted([*sparse, *between]), steady]
        silent = all(written.default is None for _, written in self.filters)
        return [[], *courses] if silent else courses

    @property
    def span(self) -> int:
        """The seconds after which an event no longer affects the alarm."""
        period = self.item.get("Period") or 300
        return (int(self.item["EvaluationPeriods"]) + 4) * int(period) + 300

    def rings(self, noise: list[int]) -> bool:
        """Return whether each of two events sets off the alarm, with other log events at `noise`.

        An event does not set off an alarm that is already in ALARM.
        """
        hits = [self.span + self.offset, 2 * self.span + self.offset]
        runs = [self.simulate(noise, hits[:count]) for count in range(3)]
        counts = [run.notifications for run in runs]
        return counts[0] < counts[1] < counts[2] and not any(
            _state_at(runs[-1], hit) == "ALARM" for hit in hits
        )

    def simulate(self, noise: list[int], hits: list[int]) -> Simulation:
        """Return the simulation of the alarm with our events (`hits`) and other ones (`noise`)."""
        events = [(float(at), OTHER) for at in noise] + [(float(at), HIT) for at in hits]
        until = 3 * self.span + self.offset
        return simulate(self.item, self.metric_filters(), events, until, start_state="OK")


def _state_at(run: Simulation, second: int) -> str:
    return [state for at, state in run.states if at <= second][-1]


def _transformation(contribution: Contribution) -> dict[str, Any]:
    found: dict[str, Any] = {
        "metricName": METRIC.name,
        "metricNamespace": METRIC.namespace,
        "metricValue": f"{contribution.value:g}",
    }
    if contribution.default is not None:
        found["defaultValue"] = contribution.default
    if contribution.unit != "None":
        found["unit"] = contribution.unit
    return found


CONTRIBUTIONS = st.builds(
    Contribution,
    value=st.sampled_from([1.0, 1.0, 2.0, 0.0, -1.0]),
    default=st.sampled_from([None, None, 0.0, 0.0, 1.0]),
    unit=st.sampled_from(["None", "None", "None", "Count"]),
)
MATH = [
    None,
    None,
    None,
    "m1 * 2",
    "m1 * 0",
    "m1 + 1",
    "SUM([m1, m1])",
    "FILL(m1, 0)",
    "FILL(m1, 2) - 1",
    "m1 / 2",
    "MAX([m1, m1]) * 3",
    "AVG(METRICS())",
]


@st.composite
def settings_of_alarms(draw: st.DrawFn) -> Setting:
    """Draw an alarm for which small changes decide whether one event sets it off."""
    n = draw(st.integers(1, 4))
    period = draw(st.sampled_from([60, 120, 300]))
    statistic = draw(
        st.sampled_from(
            ["Sum", "Sum", "Average", "Maximum", "Minimum", "SampleCount", "p50", "p99", "p100"]
        )
    )
    changes: dict[str, Any] = {
        "Statistic": None,
        "ExtendedStatistic": statistic,
        "Period": period,
        "EvaluationPeriods": n,
        "DatapointsToAlarm": draw(st.sampled_from([None, 1, 1, n])),
        "Threshold": draw(st.sampled_from([0.0, 0.5, 1.0, 1.0, 1.0, 2.0])),
        "ComparisonOperator": draw(
            st.sampled_from(
                [
                    "GreaterThanOrEqualToThreshold",
                    "GreaterThanOrEqualToThreshold",
                    "GreaterThanThreshold",
                    "LessThanThreshold",
                    "LessThanOrEqualToThreshold",
                ]
            )
        ),
        "TreatMissingData": draw(
            st.sampled_from([None, "missing", "ignore", "breaching", "notBreaching"])
        ),
        "Unit": draw(st.sampled_from([None, None, None, "Count", "None"])),
        "EvaluateLowSampleCountPercentile": draw(st.sampled_from([None, None, "ignore"])),
    }
    math = draw(st.sampled_from(MATH))
    if math is not None:
        stat: dict[str, Any] = {"Stat": statistic, "Period": period}
        if changes["Unit"]:
            stat["Unit"] = changes["Unit"]
        gone = ("MetricName", "Namespace", "ExtendedStatistic", "Period", "Unit")
        changes |= dict.fromkeys(gone)
        changes["Metrics"] = [query("m1", **stat), expression(math)]
    first = (MATCHING, draw(CONTRIBUTIONS))
    second = draw(st.none() | st.tuples(st.sampled_from([MATCHING, SILENT]), CONTRIBUTIONS))
    filters = (first,) if second is None else (first, second)
    return Setting(alarm_item(**changes), filters, draw(st.integers(0, 599)))


@tried(400)
@given(settings_of_alarms(), st.lists(st.integers(0, 5000), max_size=12))
def test_agrees_with_the_simulation(setting: Setting, sparse: list[int]) -> None:
    """If OK, each event sets off the alarm among any other log events; if broken, not always."""
    found = judge_alarm(MetricAlarm.read(setting.item), {METRIC: setting.signal()}, NOW)
    event(found.status.value)
    assume(found.status is not Status.UNKNOWN)
    rang = [setting.rings(course) for course in setting.courses(sparse)]
    if found.status is Status.OK:
        assert all(rang), f"OK, but the simulation says {rang}"
    else:
        assert not all(rang), f"broken ({found.reason}), but the simulation says {rang}"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"Threshold": 2.0}, False),
        ({"TreatMissingData": "breaching"}, False),
        ({"TreatMissingData": "ignore"}, False),
        ({"TreatMissingData": "missing", "EvaluationPeriods": 3}, True),
        ({"EvaluationPeriods": 3}, False),
        ({"ComparisonOperator": "LessThanThreshold"}, False),
    ],
)
def test_the_simulation_can_tell(changes: dict[str, Any], expected: bool) -> None:
    """The simulation itself gives the known answers."""
    setting = Setting(alarm_item(**changes), ((MATCHING, Contribution()),), 30)
    assert setting.rings([]) is expected
