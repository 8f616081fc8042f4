"""The alarms of one account and region over time. Pure: no clock, no AWS, no moto.

``add`` adds data, ``run_until`` advances the time. Two callbacks report the results: a Transition
for every change of state, and a Run for every set of actions that CloudWatch would run.

Metric alarms are evaluated on the minute, but only on those minutes at which a data point changes
its window (see periods.change_times). ``peek`` evaluates at once, so that nobody has to wait for
the end of the minute; it does so only for alarms that more data cannot return to OK.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from localaws.cloudwatch.composite import Rule, alarm_name, compile_rule
from localaws.cloudwatch.datapoints import Datum, MetricKey, MetricStore
from localaws.cloudwatch.evaluation import State
from localaws.cloudwatch.metric_alarm import MetricAlarm, Outcome, read_alarm
from localaws.cloudwatch.periods import change_times, next_evaluation
from localaws.cloudwatch.suppression import Held, Suppressor


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of an alarm's state. time is in epoch seconds."""

    time: float
    name: str
    old: State
    new: State
    reason: str


@dataclass(frozen=True, slots=True)
class Run:
    """A request to run now the actions of an alarm for its new state."""

    time: float
    name: str
    transition: Transition


@dataclass(slots=True)
class AlarmState:
    """A metric or composite alarm and its state. Times are epoch seconds."""

    name: str
    definition: MetricAlarm | Rule
    actions_enabled: bool
    suppressor: Suppressor | None
    since: float
    updated: float
    value: State = "INSUFFICIENT_DATA"
    reason: str = "Unchecked: Initial alarm creation"
    held: Held | None = None
    last: Transition | None = None


def _never_muted(_name: str, _time: float) -> float | None:
    return None


@dataclass(slots=True)
class Engine:
    """All alarms of an account and region (see the module).

    muted(name, time) returns until when (epoch seconds) an alarm is muted; None if it is not.
    """

    now: float
    on_transition: Callable[[Transition], None]
    on_run: Callable[[Run], None]
    muted: Callable[[str, float], float | None] = _never_muted
    store: MetricStore = field(default_factory=MetricStore)
    alarms: dict[str, AlarmState] = field(default_factory=dict)
    _agenda: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)
    _planned: set[tuple[float, str]] = field(default_factory=set)

    def put(self, alarm: Mapping[str, Any]) -> AlarmState:
        """Add or update an alarm from its PutMetricAlarm or PutCompositeAlarm request.

        An existing alarm keeps its state. Raises composite.RuleError for an invalid AlarmRule."""
        name = alarm["AlarmName"]
        composite = alarm.get("AlarmRule") is not None
        definition = compile_rule(alarm["AlarmRule"]) if composite else read_alarm(alarm)
        enabled = alarm.get("ActionsEnabled") is not False
        known = self.alarms.get(name)
        if known:
            known.definition, known.actions_enabled = definition, enabled
            known.suppressor = _suppressor(alarm)
        else:
            known = AlarmState(
                name, definition, enabled, _suppressor(alarm), since=self.now, updated=self.now
            )
            self.alarms[name] = known
        if isinstance(definition, MetricAlarm):
            self._schedule_known_data(known, definition)
        else:
            self._evaluate_composite(known, seen=frozenset())
        return known

    def delete(self, name: str) -> None:
        """Remove an alarm. Unknown names are ignored."""
        self.alarms.pop(name, None)

    def add(self, key: MetricKey, datum: Datum) -> None:
        """Add a data point, for evaluation on the minute."""
        self.store.add(key, datum)
        for alarm in self._watching(key):
            self._schedule_datum(alarm.name, alarm.definition, datum)

    def peek(self, key: MetricKey) -> None:
        """Evaluate the alarms on a metric now instead of at the end of the minute."""
        for alarm in self._watching(key):
            definition = alarm.definition
            if isinstance(definition, MetricAlarm) and definition.rises_only:
                end = next_evaluation(self.now, definition.period)
                self._settle(alarm, definition.evaluate(self.store, end))

    def set_state(self, name: str, state: State, reason: str) -> None:
        """Set a state until the next evaluation (SetAlarmState). Raises KeyError."""
        alarm = self.alarms[name]
        self._move(alarm, state, reason)
        if isinstance(alarm.definition, MetricAlarm):
            self._plan_evaluation(next_evaluation(self.now, alarm.definition.period), name)

    def run_until(self, now: float) -> None:
        """Do everything that is due by ``now`` (epoch seconds), in order of time."""
        while self._agenda and self._agenda[0][0] <= now:
            due, _, task = heapq.heappop(self._agenda)
            self.now = max(self.now, due)
            task()
        self.now = max(self.now, now)

    def _watching(self, key: MetricKey) -> list[AlarmState]:
        return [
            alarm
            for alarm in self.alarms.values()
            if isinstance(alarm.definition, MetricAlarm)
            and any(stat.key == key for stat in alarm.definition.stats.values())
        ]

    def _at(self, when: float, task: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (when, next(self._order), task))

    def _plan_evaluation(self, when: float, name: str) -> None:
        """Schedule one evaluation of a metric alarm at ``when``, also for several data points."""
        if (when, name) not in self._planned:
            self._planned.add((when, name))
            self._at(when, lambda: self._evaluate_metric(when, name))

    def _schedule_known_data(self, alarm: AlarmState, definition: MetricAlarm) -> None:
        self._plan_evaluation(next_evaluation(self.now, definition.period), alarm.name)
        oldest = self.now - definition.windows * definition.period
        for stat in definition.stats.values():
            for datum in self.store.between(stat.key, oldest, self.now + 1, None):
                self._schedule_datum(alarm.name, definition, datum)

    def _schedule_datum(self, name: str, definition: MetricAlarm | Rule, datum: Datum) -> None:
        if not isinstance(definition, MetricAlarm):
            return
        soonest = next_evaluation(self.now, definition.period)
        times = change_times(datum.time, definition.period, definition.windows)
        for when in times:
            self._plan_evaluation(max(when, soonest), name)

    def _evaluate_metric(self, when: float, name: str) -> None:
        self._planned.discard((when, name))
        alarm = self.alarms.get(name)
        if alarm and isinstance(alarm.definition, MetricAlarm):
            self._settle(alarm, alarm.definition.evaluate(self.store, when))

    def _settle(self, alarm: AlarmState, outcome: Outcome) -> None:
        if outcome.state and outcome.state != alarm.value:
            self._move(alarm, outcome.state, outcome.reason)

    def _move(
        self, alarm: AlarmState, state: State, reason: str, seen: frozenset[str] = frozenset()
    ) -> None:
        old, alarm.value, alarm.reason, alarm.updated = alarm.value, state, reason, self.now
        if old == state:
            return
        alarm.since = self.now
        alarm.last = Transition(self.now, alarm.name, old, state, reason)
        self.on_transition(alarm.last)
        self._act_on(alarm)
        for other in list(self.alarms.values()):
            if isinstance(other.definition, Rule) and alarm.name in other.definition.children:
                self._evaluate_composite(other, seen | {alarm.name})
        for other in list(self.alarms.values()):
            if other.suppressor and other.suppressor.name == alarm.name and other.held:
                self._hold(other, other.suppressor.on_suppressor(other.held, state, self.now))

    def _evaluate_composite(self, alarm: AlarmState, seen: frozenset[str]) -> None:
        """Evaluate a composite alarm. As on AWS, a cycle stops where it closes."""
        if alarm.name in seen or not isinstance(alarm.definition, Rule):
            return
        holds = alarm.definition.holds(self._state_of)
        state: State = "ALARM" if holds else "OK"
        if state != alarm.value:
            self._move(alarm, state, f"the alarm rule is {str(holds).upper()}", seen)

    def _state_of(self, name: str) -> State | None:
        alarm = self.alarms.get(name)
        return alarm.value if alarm else None

    def _act_on(self, alarm: AlarmState) -> None:
        alarm.held = None
        suppressor = alarm.suppressor
        self._hold(
            alarm,
            suppressor.on_transition(alarm.value, self._state_of(suppressor.name), self.now)
            if suppressor
            else None,
        )

    def _hold(self, alarm: AlarmState, held: Held | None) -> None:
        alarm.held = held
        if held is None:
            self._run_actions(alarm.name, alarm.last)
        elif held.until is not None:
            self._at(held.until, lambda: self._release(alarm.name, held))

    def _release(self, name: str, held: Held) -> None:
        alarm = self.alarms.get(name)
        if alarm and alarm.held is held:
            alarm.held = None
            self._run_actions(name, alarm.last)

    def _run_actions(self, name: str, transition: Transition | None) -> None:
        """Run the actions, or, if the alarm is muted, check again when the muting ends.

        An alarm that is still in the same state then runs its actions."""
        alarm = self.alarms.get(name)
        if not alarm or transition is None or alarm.last is not transition:
            return
        if not alarm.actions_enabled:
            return
        until = self.muted(name, self.now)
        if until is not None:
            self._at(until, lambda: self._run_actions(name, transition))
            return
        self.on_run(Run(self.now, name, transition))


def _suppressor(alarm: Mapping[str, Any]) -> Suppressor | None:
    name = alarm.get("ActionsSuppressor")
    if not name:
        return None
    return Suppressor(
        alarm_name(name),
        int(alarm.get("ActionsSuppressorWaitPeriod") or 0),
        int(alarm.get("ActionsSuppressorExtensionPeriod") or 0),
    )
