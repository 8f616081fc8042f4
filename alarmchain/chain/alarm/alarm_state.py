"""The state in which an alarm stands now: one that is stuck in ALARM tells of no event.

The clock is `StateTransitionedTimestamp`; `StateUpdatedTimestamp` moves for other reasons too,
so it can only be later. An old one proves an alarm stuck, a new one nothing.
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
    """`state`: StateValue, "" if not told. `since`, `updated`: epoch seconds, None if not told."""

    state: str
    since: float | None
    updated: float | None

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> "AlarmState":
        """From a DescribeAlarms item."""
        state = text(item, "StateValue")
        return cls(
            state if state in _STATES else "",
            number(item, "StateTransitionedTimestamp"),
            number(item, "StateUpdatedTimestamp"),
        )

    def judge(self, now: float, limit: float = DAY) -> Judgement:
        """Broken if it has been in ALARM for more than `limit` seconds, for then it is stuck.

        One that is in ALARM for less rings because of something, and will rest again.
        """
        if not self.state:
            return unknown("its state is not told", wanted="StateValue")
        if self.state != "ALARM":
            return ok()
        clock = self.updated if self.since is None else self.since
        if clock is not None and now - clock > limit:
            hours = int((now - clock) // 3600)
            return broken(
                f"has stood in ALARM for {hours} h: an event is no transition",
                observed=f"ALARM for {hours} h",
                wanted=f"ALARM for at most {int(limit // 3600)} h",
                remedy="find what holds the alarm in ALARM and let it return to OK",
            )
        if self.since is None:
            return unknown(
                "is in ALARM, since when is not told",
                observed="ALARM",
                wanted="StateTransitionedTimestamp",
            )
        return ok("ALARM", note="is in ALARM now")
