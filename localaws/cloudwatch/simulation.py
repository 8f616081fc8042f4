"""A function from log events to alarm states and notifications. No server, no moto.

    simulate(alarm, metric_filters, [(0, message)], until=3600)

returns in about a millisecond what the local AWS would do with these definitions and events. It is
made for property tests that compare another decision procedure with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from localaws.cloudwatch.datapoints import Datum, MetricKey
from localaws.cloudwatch.engine import Engine, Run, Transition
from localaws.cloudwatch.evaluation import State
from localaws.logs import filters


@dataclass(frozen=True, slots=True)
class Simulation:
    """The result of a simulation.

    states: (seconds, state) of the alarm: its first state, then each change.
    notifications: the number of messages to SNS topics among its AlarmActions.
    reasons: the StateReason of each change in ``states[1:]``.
    """

    states: tuple[tuple[float, State], ...]
    notifications: int
    reasons: tuple[str, ...]

    @property
    def rang(self) -> bool:
        """Whether the alarm changed to ALARM after its start."""
        return any(state == "ALARM" for _, state in self.states[1:])


def simulate(
    alarm: Mapping[str, Any],
    metric_filters: Sequence[Mapping[str, Any]],
    events: Iterable[tuple[float, str]],
    until: float,
    start_state: State = "INSUFFICIENT_DATA",
    *,
    other_alarms: Sequence[Mapping[str, Any]] = (),
    start_states: Mapping[str, State] | None = None,
    account: str = "123456789012",
    region: str = "us-east-1",
) -> Simulation:
    """Run an alarm over log events.

    alarm: a DescribeAlarms item (metric or composite), or a request that makes one.
    metric_filters: DescribeMetricFilters items of one log group.
    events: (seconds, message) in any order. Seconds count from the start, which is on a full
        minute.
    until: seconds at which the simulation ends.
    start_state: the alarm's state at second 0. An alarm whose state at rest is another one changes
        to it at its first evaluation, at second 60.
    other_alarms: alarms that a composite alarm or its suppressor refers to. They start in
        INSUFFICIENT_DATA, or in their state in ``start_states``. All share the filters' metrics.

    Raises logs.matcher.PatternError for an invalid filter, composite.RuleError for an invalid rule.
    """
    name = alarm["AlarmName"]
    transitions: list[Transition] = []
    runs: list[Run] = []
    engine = Engine(now=0.0, on_transition=transitions.append, on_run=runs.append)
    _put_all(engine, [*other_alarms, alarm], {name: start_state, **(start_states or {})})
    for seconds, key, datum in _data(metric_filters, events, account, region):
        engine.run_until(seconds)
        engine.add(key, datum)
    engine.run_until(until)
    own = [transition for transition in transitions if transition.name == name]
    topics = sum(":sns:" in action for action in alarm.get("AlarmActions") or [])
    rings = sum(run.name == name and run.transition.new == "ALARM" for run in runs)
    return Simulation(
        states=((0.0, start_state), *((t.time, t.new) for t in own)),
        notifications=rings * topics,
        reasons=tuple(t.reason for t in own),
    )


def _ignore(_: Transition | Run) -> None:
    pass


def _put_all(
    engine: Engine, alarms: Sequence[Mapping[str, Any]], states: Mapping[str, State]
) -> None:
    """Set the start states before any rule is evaluated, without running actions."""
    recorders = engine.on_transition, engine.on_run
    engine.on_transition, engine.on_run = _ignore, _ignore
    for definition in sorted(alarms, key=lambda alarm: "AlarmRule" in alarm):
        state = engine.put(definition)
        state.value = states.get(state.name, "INSUFFICIENT_DATA")
    engine.on_transition, engine.on_run = recorders
    for definition in alarms:
        if "AlarmRule" in definition:
            engine.put(definition)


def _data(
    metric_filters: Sequence[Mapping[str, Any]],
    events: Iterable[tuple[float, str]],
    account: str,
    region: str,
) -> Iterable[tuple[float, MetricKey, Datum]]:
    for seconds, message in sorted(events, key=lambda event: event[0]):
        for metric_filter in metric_filters:
            item = filters.datum(metric_filter, message, account, region)
            if item:
                namespace = metric_filter["metricTransformations"][0]["metricNamespace"]
                key = MetricKey.of(namespace, item["MetricName"], item["Dimensions"])
                yield seconds, key, Datum.single(seconds, item["Value"], item["Unit"])
