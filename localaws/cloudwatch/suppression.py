"""The suppressor of a composite alarm: whether its actions run now, later, or not at all.

Source: CloudWatch API, PutCompositeAlarm: ActionsSuppressor, ...WaitPeriod, ...ExtensionPeriod."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from localaws.cloudwatch.evaluation import State

type By = Literal["Alarm", "WaitPeriod", "ExtensionPeriod"]


@dataclass(frozen=True, slots=True)
class Held:
    """Suppressed actions for ``state``. They run at ``until`` at the latest."""

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
        """Return the suppressed actions after a change to ``state`` (None: the actions run)."""
        if suppressor == "ALARM":
            return Held(state, "Alarm")
        if self.wait:
            return Held(state, "WaitPeriod", now + self.wait)
        return None

    def on_suppressor(self, held: Held, suppressor: State | None, now: float) -> Held | None:
        """Return the actions that stay suppressed after a change of the suppressor (None: run)."""
        if suppressor == "ALARM":
            return replace(held, by="Alarm", until=None)
        if held.by != "Alarm":
            return held
        if self.extension:
            return replace(held, by="ExtensionPeriod", until=now + self.extension)
        return None
