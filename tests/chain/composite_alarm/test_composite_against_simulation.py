"""The decision on composite alarms compared with the local AWS's alarm engine."""

import json
from typing import Any

from hypothesis import assume, event, given
from hypothesis import strategies as st

from alarmchain.chain.composite_alarm.composite_alarm import CompositeAlarm
from alarmchain.chain.composite_alarm.nested_composites import judge_composites
from alarmchain.chain.judgement import Status
from localaws.cloudwatch.simulation import Simulation, simulate
from tests.chain.builders import NOW, TOPIC, alarm_item, arn
from tests.chance import tried

HIT = json.dumps({"eventName": "Hit"})
FILTER = {
    "filterName": "F",
    "filterPattern": '{ $.eventName = "Hit" }',
    "metricTransformations": [
        {"metricName": "M", "metricNamespace": "CloudTrailMetrics", "metricValue": "1"}
    ],
}
AT, END = 1800, 3600
OURS = {"a", "b"}


def other(name: str, state: str, treatment: str) -> dict[str, Any]:
    """Return an alarm on a metric without data, and with the state that follows from that."""
    return alarm_item(
        AlarmName=name,
        MetricName="Silent",
        TreatMissingData=treatment,
        StateValue=state,
        StateTransitionedTimestamp=0.0,
    )


ITEMS = {
    "a": alarm_item(AlarmName="a"),
    "b": alarm_item(AlarmName="b"),
    "quiet": other("quiet", "OK", "notBreaching"),
    "lost": other("lost", "INSUFFICIENT_DATA", "missing"),
    "loud": other("loud", "ALARM", "breaching"),
}
NAMES = sorted(ITEMS)
AMOUNTS = st.sampled_from(["1", "2", "3", "40%", "50%", "100%"])
CONDITIONS = st.sampled_from(["ALARM", "OK", "INSUFFICIENT_DATA", "NOT ALARM", "NOT OK"])
LISTS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True).map(", ".join)
LEAVES = st.one_of(
    st.builds("ALARM({})".format, st.sampled_from(NAMES)),
    st.builds("{}({})".format, st.sampled_from(["OK", "ALARM"]), st.sampled_from(NAMES)),
    st.builds('INSUFFICIENT_DATA("{}")'.format, st.sampled_from(NAMES)),
    st.builds("AT_LEAST({}, {}, ({}))".format, AMOUNTS, CONDITIONS, LISTS),
    st.sampled_from(["TRUE", "FALSE"]),
)
RULES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("NOT {}".format, inner),
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
    ),
    max_leaves=4,
)


AT_REST = ITEMS | {"loud": other("loud", "OK", "notBreaching")}
"""The same alarms after `loud` has returned to OK."""


def run(item: dict[str, Any], world: dict[str, Any], *events: tuple[float, str]) -> Simulation:
    """Return the simulation of the composite; the other alarms begin in their own states."""
    return simulate(
        item,
        [FILTER],
        events,
        END,
        start_state="OK",
        other_alarms=list(world.values()),
        start_states={name: alarm["StateValue"] for name, alarm in world.items()},
    )


def rings(item: dict[str, Any], world: dict[str, Any]) -> bool:
    """Return whether one event brings the composite from rest to ALARM."""
    silent = run(item, world)
    before = [state for at, state in silent.states if at <= AT][-1]
    notifications = run(item, world, (AT, HIT)).notifications
    return before != "ALARM" and notifications > silent.notifications


@tried(400)
@given(RULES)
def test_agrees_with_the_simulation(rule: str) -> None:
    """An OK composite goes to ALARM in both worlds, a broken one not in at least one of them.

    In the first world the other alarms have their present states, in the second they are at rest.
    """
    item = {
        "AlarmName": "C",
        "AlarmArn": arn("C"),
        "AlarmRule": rule,
        "AlarmActions": [TOPIC],
        "StateValue": "OK",
    }
    found = judge_composites([CompositeAlarm.read(item)], OURS, ITEMS, NOW)["C"]
    event(found.status.value)
    assume(found.status is not Status.UNKNOWN)
    rang = [rings(item, world) for world in (ITEMS, AT_REST)]
    assert all(rang) is (found.status is Status.OK), f"{found}, but the simulation says {rang}"
