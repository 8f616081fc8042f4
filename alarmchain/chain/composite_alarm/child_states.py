"""The states that the alarms around a composite may have: at rest, now, at any time.

Source: CloudWatch API reference, PutCompositeAlarm.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from alarmchain.arn import Arn
from alarmchain.chain.alarm.alarm_state import DAY, AlarmState
from alarmchain.chain.alarm.metric_alarm import MetricAlarm

Item = Mapping[str, Any]
States = frozenset[str]

_RESTING = frozenset({"OK", "INSUFFICIENT_DATA"})
_ANY = frozenset({"OK", "INSUFFICIENT_DATA", "ALARM"})
_GONE = frozenset({"gone"})
"""An alarm that does not exist has no state."""


def resolve(reference: str, arn: str) -> str:
    """Return the name of the alarm to which a reference (name or ARN) in the alarm `arn` leads.

    A reference to another region or account is returned as it is.
    """
    target, own = Arn.parse(reference), Arn.parse(arn)
    if target is None or own is None or not target.resource.startswith("alarm:"):
        return reference
    place = (own.partition, own.region, own.account)
    if (target.partition, target.region, target.account) != place:
        return reference
    return target.resource.removeprefix("alarm:")


class ChildStates:
    """The possible states of the alarms among which a composite is judged.

    `arn`: of an alarm of the same region and account. `triggered`: the alarms (names or ARNs) that
    surely go to ALARM with the event; `maybe`: those that may. `items`: by name or ARN, the
    DescribeAlarms items of all that were read. `without_event`: the alarms that are in ALARM
    without an event (True), or may be (None).
    """

    def __init__(
        self,
        arn: str,
        triggered: Collection[str],
        maybe: Collection[str],
        items: Mapping[str, Item],
        without_event: Mapping[str, bool | None] = MappingProxyType({}),
    ) -> None:
        self.triggered = {resolve(alarm, arn) for alarm in triggered}
        self.maybe = {resolve(alarm, arn) for alarm in maybe} - self.triggered
        self.items = {resolve(name, arn): item for name, item in items.items()}
        self.without_event = {resolve(alarm, arn): held for alarm, held in without_event.items()}

    def state(self, alarm: str) -> AlarmState | None:
        """Return the state of an alarm when it was read, None if it was not read."""
        item = self.items.get(alarm)
        return None if item is None else AlarmState.read(item)

    def at_rest(self, alarm: str) -> States:
        """Return the states that it may have without an event."""
        held = self.without_event.get(alarm, False)
        if held:
            return frozenset({"ALARM"})
        resting = self._resting(alarm)
        return resting if held is False else resting | {"ALARM"}

    def _resting(self, alarm: str) -> States:
        item = self.items.get(alarm)
        if item is None:
            return _RESTING if alarm in self.triggered else _RESTING | _GONE
        # A composite is in INSUFFICIENT_DATA only just after its creation (PutCompositeAlarm).
        settled = "AlarmRule" in item or item.get("TreatMissingData") == "notBreaching"
        return frozenset({"OK"}) if settled else _RESTING

    def now(self, alarm: str) -> States:
        """Return its state when it was read; a triggered alarm counts as resting until then."""
        state = self.state(alarm)
        if alarm in self.triggered or state is None or not state.value:
            return self.at_rest(alarm)
        return frozenset({state.value})

    def anytime(self, alarm: str) -> States:
        """Return all the states that it may have at any time."""
        return _ANY if alarm in self.items or alarm in self.triggered else _ANY | _GONE

    def during(self, alarm: str) -> States:
        """Return its states from rest to the end of the event, if nothing else happens."""
        return self._with_event(alarm, self.at_rest(alarm))

    def during_as_now(self, alarm: str) -> States:
        """Return the same, if the other alarms keep the states in which they were read."""
        return self._with_event(alarm, self.now(alarm))

    def _with_event(self, alarm: str, before: States) -> States:
        may_trigger = alarm in self.triggered or alarm in self.maybe
        return before | {"ALARM"} if may_trigger else before

    def longest_alarm(self, alarm: str) -> float:
        """Return after how many seconds in ALARM it is stuck."""
        item = self.items.get(alarm)
        return DAY if item is None else MetricAlarm.read(item).longest_alarm

    def timing(self, alarm: str) -> object:
        """Return what decides when and how long a metric alarm is in ALARM, None if not known."""
        item = self.items.get(alarm)
        if item is None or not item.get("MetricName"):
            return None
        read = MetricAlarm.read(item)
        return read.period, read.evaluation_periods, read.datapoints_to_alarm, read.missing
