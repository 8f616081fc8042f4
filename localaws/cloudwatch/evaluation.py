"""The state of an alarm from its newest data points.

Source: user guide, "Configuring how CloudWatch alarms treat missing data": how alarm state is
evaluated when data is missing, its two tables, and "Avoiding premature transitions".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

type State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]

EXTRA_POINTS = 2
"""How many more points than EvaluationPeriods are retrieved: 5 for 3 in the user guide's tables."""


def evaluate(
    points: Sequence[bool | None], evaluation_periods: int, datapoints_to_alarm: int, missing: str
) -> State | None:
    """The state that the retrieved points give; None if the alarm keeps its state.

    points are oldest first: True is breaching, False is not, None is missing. missing is
    ``missing``, ``ignore``, ``breaching`` or ``notBreaching``.
    """
    real = [point for point in points if point is not None]
    if len(real) >= evaluation_periods:
        # Enough real points: the newest decide, and nothing is filled in.
        return _counted(sum(real[-evaluation_periods:]), datapoints_to_alarm)
    breaching = sum(real)
    if breaching >= datapoints_to_alarm or missing == "notBreaching":
        return _counted(breaching, datapoints_to_alarm)
    if missing == "breaching":
        return _counted(breaching + evaluation_periods - len(real), datapoints_to_alarm)
    if False in real:
        return "OK"
    if missing == "ignore":
        return None
    # Premature alarm: all real points breach, too few of them, but the oldest is old enough.
    old_enough = real and len(points) - points.index(True) >= datapoints_to_alarm
    return "ALARM" if old_enough else "INSUFFICIENT_DATA"


def _counted(breaching: int, datapoints_to_alarm: int) -> State:
    return "ALARM" if breaching >= datapoints_to_alarm else "OK"
