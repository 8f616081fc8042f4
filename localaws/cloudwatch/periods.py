"""When alarms are evaluated, and over which windows of time.

CloudWatch evaluates an alarm every minute (every ten seconds for periods under a minute), over
windows of its period that slide with the evaluation (user guide, "Alarm evaluation").
"""

from __future__ import annotations

from math import floor


def step(period: int) -> int:
    """Seconds between two evaluations of an alarm with this period (seconds)."""
    return 60 if period >= 60 else 10


def next_evaluation(after: float, period: int) -> float:
    """The first evaluation later than ``after``."""
    every = step(period)
    return float((floor(after / every) + 1) * every)


def window(end: float, period: int, index: int) -> tuple[float, float]:
    """Start and end of the window ``index`` periods before the evaluation at ``end``."""
    return end - (index + 1) * period, end - index * period


def change_times(datum_time: float, period: int, windows: int) -> list[float]:
    """The evaluations at which a data point comes into another window, and leaves the last.

    Between them an alarm sees the same data in the same windows, so its outcome can't change:
    evaluating at these times is evaluating every minute, without the work.
    """
    first = next_evaluation(datum_time, period)
    return [first + index * period for index in range(windows + 1)]
