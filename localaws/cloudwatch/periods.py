"""The times at which alarms are evaluated, and the windows of time that they evaluate.

CloudWatch evaluates an alarm every minute (every ten seconds for periods under a minute), over
windows of its period that move with the evaluation (user guide, "Alarm evaluation").
"""

from __future__ import annotations

from math import floor


def step(period: int) -> int:
    """Return the seconds between two evaluations of an alarm with this period (in seconds)."""
    return 60 if period >= 60 else 10


def next_evaluation(after: float, period: int) -> float:
    """Return the time of the first evaluation later than ``after``."""
    every = step(period)
    return float((floor(after / every) + 1) * every)


def window(end: float, period: int, index: int) -> tuple[float, float]:
    """Return start and end of the window ``index`` periods before the evaluation at ``end``."""
    return end - (index + 1) * period, end - index * period


def change_times(datum_time: float, period: int, windows: int) -> list[float]:
    """Return the evaluation times at which a data point moves to another window.

    Between them an alarm sees the same data in the same windows, so its result cannot change.
    Evaluations at these times give the same result as evaluations every minute.
    """
    first = next_evaluation(datum_time, period)
    return [first + index * period for index in range(windows + 1)]
