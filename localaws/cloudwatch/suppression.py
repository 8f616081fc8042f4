"""A composite alarm's suppressor: whether its actions run now, later, or not (API,
PutCompositeAlarm: ActionsSuppressor, ...WaitPeriod, ...ExtensionPeriod)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from localaws.cloudwatch.evaluation import State

type By = Literal["Alarm", "WaitPeriod", "ExtensionPeriod"]


@dataclass(frozen=True, slots=True)
class Held:
    """Actions for ``state`` that are held back; ``until`` is when they run at the latest."""

    state: State
    by: By
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Suppressor:
    """The suppressing alarm's name, and the two periods in seconds."""

    name: str
    wait: int = 0
    extension: int = 0

    def on_transition(self, state: State, suppressor: State | None, now: float) -> Held | None:
        """The composite alarm went to ``state``: what is held back (None: its actions run)."""
        if suppressor == "ALARM":
            return Held(state, "Alarm")
        if self.wait:
            return Held(state, "WaitPeriod", now + self.wait)
        return None

    def on_suppressor(self, held: Held, suppressor: State | None, now: float) -> Held | None:
        """The suppressor changed while actions are held back (None: they run now)."""
        if suppressor == "ALARM":
            return replace(held, by="Alarm", until=None)
        if held.by != "Alarm":
            return held
        if self.extension:
            return replace(held, by="ExtensionPeriod", until=now + self.extension)
        return None
