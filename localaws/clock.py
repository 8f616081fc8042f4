"""The local AWS's clock: real time plus an offset that tests and the demo move.

What happens on a schedule (alarm evaluations, suppressors, mute rules) subscribes here and is
stepped through the time that passes, so an hour of periods takes milliseconds.
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


# A room like the packages' own, so that a reset of the local AWS forgets the offset as well.
_offset = Regional(_Offset)
_listeners: list[Callable[[float], None]] = []


class Clock:
    """The one clock, as a namespace. Times are epoch seconds."""

    @staticmethod
    def now() -> float:
        return time.time() + _offset("*", "*").seconds

    @staticmethod
    def utcnow() -> datetime:
        """Now, as moto keeps times: UTC without a time zone."""
        return datetime.fromtimestamp(Clock.now(), UTC).replace(tzinfo=None)

    @staticmethod
    def advance(seconds: float) -> None:
        """Let time pass; everything due on the way is done before this returns.

        Raises ValueError for a negative number: the clock never goes back.
        """
        if seconds < 0:
            raise ValueError(f"seconds is {seconds}; the clock only goes forward")
        _offset("*", "*").seconds += seconds
        for listener in _listeners:
            listener(Clock.now())

    @staticmethod
    def subscribe(listener: Callable[[float], None]) -> None:
        """Call ``listener(now)`` whenever the clock is advanced; subscribing twice is once."""
        if listener not in _listeners:
            _listeners.append(listener)

    @staticmethod
    def unsubscribe(listener: Callable[[float], None]) -> None:
        """Stop calling ``listener``; one that is not subscribed is ignored."""
        if listener in _listeners:
            _listeners.remove(listener)
