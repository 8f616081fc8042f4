"""The local AWS's clock: real time plus an offset that tests and the demo can increase.

Scheduled work (alarm evaluations, suppressors, mute rules) subscribes here and is done for the
time that passes, so an hour of periods takes milliseconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from localaws.bridge import Regional


@dataclass(slots=True)
class _Offset:
    seconds: float = 0.0


# Regional, so that a reset of the local AWS also resets the offset.
_offset = Regional(_Offset)
_listeners: list[Callable[[float], None]] = []


class Clock:
    """The clock of the process. Times are epoch seconds."""

    @staticmethod
    def now() -> float:
        return time.time() + _offset("*", "*").seconds

    @staticmethod
    def utcnow() -> datetime:
        """Return the time in moto's form: UTC without a time zone."""
        return datetime.fromtimestamp(Clock.now(), UTC).replace(tzinfo=None)

    @staticmethod
    def advance(seconds: float) -> None:
        """Let time pass. All work that becomes due is done before this returns.

        Raises ValueError for a negative number, because the clock never goes back.
        """
        if seconds < 0:
            raise ValueError(f"seconds is {seconds}; the clock only goes forward")
        _offset("*", "*").seconds += seconds
        for listener in _listeners:
            listener(Clock.now())

    @staticmethod
    def subscribe(listener: Callable[[float], None]) -> None:
        """Call ``listener(now)`` after each advance. A second subscription changes nothing."""
        if listener not in _listeners:
            _listeners.append(listener)

    @staticmethod
    def unsubscribe(listener: Callable[[float], None]) -> None:
        """Stop calling ``listener``. A listener that is not subscribed is ignored."""
        if listener in _listeners:
            _listeners.remove(listener)
