"""The states in which the alarms around a composite may be: at rest, now, at any time."""

from collections.abc import Collection, Mapping
from typing import Any

from alarmchain.arn import Arn
from alarmchain.chain.alarm.alarm_state import DAY, AlarmState
from alarmchain.chain.alarm.metric_alarm import MetricAlarm

Item = Mapping[str, Any]

_RESTING = frozenset({"OK", "INSUFFICIENT_DATA"})
_ANY = frozenset({"OK", "INSUFFICIENT_DATA", "ALARM"})
_GONE = frozenset({"gone"})
"""An alarm that is not there is in no state at all."""


def resolve(reference: str, beside: str) -> str:
    """The name of the alarm to which a name or ARN refers, if it is of the region and account of
    the alarm `beside` (an ARN); else the reference as it is."""
    arn, own = Arn.parse(reference), Arn.parse(beside)
    if arn is None or own is None or not arn.resource.startswith("alarm:"):
        return reference
    if (arn.partition, arn.region, arn.account) != (own.partition, own.region, own.account):
        return reference
    return arn.resource.removeprefix("alarm:")


class ChildStates:
    """The alarms among which a composite is judged.

    `ringing`: those (names or ARNs) that surely go to ALARM with the event, `maybe`: those that
    may. `states`: by name, the DescribeAlarms items of all that were read.
    """

    def __init__(
        self,
        beside: str,
        ringing: Collection[str],
        maybe: Collection[str],
        states: Mapping[str, Item],
    ) -> None:
        self.ringing = {resolve(one, beside) for one in ringing}
        self.maybe = {resolve(one, beside) for one in maybe} - self.ringing
        self.items = {resolve(name, beside): item for name, item in states.items()}

    def standing(self, alarm: str) -> AlarmState | None:
        """The state of an alarm now, None if it was not read."""
        item = self.items.get(alarm)
        return None if item is None else AlarmState.read(item)

    def at_rest(self, alarm: str) -> frozenset[str]:
        """The states in which it may rest."""
        item = self.items.get(alarm)
        if item is None:
            return _RESTING if alarm in self.ringing else _RESTING | _GONE
        # A composite is in INSUFFICIENT_DATA only just after it is made [B].
        settled = "AlarmRule" in item or item.get("TreatMissingData") == "notBreaching"
        return frozenset({"OK"}) if settled else _RESTING

    def now(self, alarm: str) -> frozenset[str]:
        """Its state now; one of ours counts as resting, whatever made it ring."""
        standing = self.standing(alarm)
        if alarm in self.ringing or standing is None or not standing.state:
            return self.at_rest(alarm)
        return frozenset({standing.state})

    def anywhere(self, alarm: str) -> frozenset[str]:
        """All the states in which it may be at any time."""
        return _ANY if alarm in self.items or alarm in self.ringing else _ANY | _GONE

    def during(self, alarm: str) -> frozenset[str]:
        """Its states from rest until the event is dealt with, if nothing else happens."""
        return self._rung(alarm, self.at_rest(alarm))

    def during_as_now(self, alarm: str) -> frozenset[str]:
        """The same, if the alarms that are not ours stay as they are now."""
        return self._rung(alarm, self.now(alarm))

    def _rung(self, alarm: str, before: frozenset[str]) -> frozenset[str]:
        rings = alarm in self.ringing or alarm in self.maybe
        return before | {"ALARM"} if rings else before

    def limit(self, alarm: str) -> float:
        """After how many seconds in ALARM it is stuck."""
        item = self.items.get(alarm)
        return DAY if item is None else MetricAlarm.read(item).limit

    def timing(self, alarm: str) -> object:
        """What decides when, and for how long, a metric alarm rings; None if not known."""
        item = self.items.get(alarm)
        if item is None or not item.get("MetricName"):
            return None
        read = MetricAlarm.read(item)
        return read.period, read.evaluation_periods, read.datapoints_to_alarm, read.missing
