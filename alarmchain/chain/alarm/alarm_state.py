"""The state of an alarm when it was read: an alarm that is stuck in ALARM sends no notification.

Source: CloudWatch API reference, MetricAlarm and CompositeAlarm. `StateTransitionedTimestamp` is
when the state began. `StateUpdatedTimestamp` also changes for other reasons, so it can only be
later: an old one proves that the alarm is stuck, a new one proves nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.chain.api_item import number, text
from alarmchain.chain.judgement import Judgement, broken, ok, unknown

DAY = 86_400.0
_STATES = ("OK", "ALARM", "INSUFFICIENT_DATA")


@dataclass(frozen=True, slots=True)
class AlarmState:
    """`value`: StateValue, "" if absent. `since`, `updated`: epoch seconds, None if absent."""

    value: str
    since: float | None
    updated: float | None

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> "AlarmState":
        """Return the state in a DescribeAlarms item."""
        value = text(item, "StateValue")
        return cls(
            value if value in _STATES else "",
            number(item, "StateTransitionedTimestamp"),
            number(item, "StateUpdatedTimestamp"),
        )

    def judge(self, alarm: str, now: float, limit: float = DAY) -> Judgement:
        """Return broken if the alarm has been in ALARM for more than `limit` seconds.

        It is then stuck. An alarm that is in ALARM for less has a cause, and returns to OK.
        `alarm`: what a message calls it. `now`: epoch seconds.
        """
        if not self.value:
            return unknown(f"the state of {alarm} is not known", wanted="StateValue")
        if self.value != "ALARM":
            return ok()
        start = self.updated if self.since is None else self.since
        if start is not None and now - start > limit:
            hours = int((now - start) // 3600)
            return broken(
                f"{alarm} has been in ALARM for {hours} h, so a new event sends no notification",
                observed=f"ALARM for {hours} h",
                wanted=f"ALARM for at most {int(limit // 3600)} h",
                remedy=f"find what keeps {alarm} in ALARM, and let it return to OK",
            )
        if self.since is None:
            return unknown(
                f"{alarm} is in ALARM, but it is not known since when",
                observed="ALARM",
                wanted="StateTransitionedTimestamp",
            )
        return ok(f"{alarm} is in ALARM now")
