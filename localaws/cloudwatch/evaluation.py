"""The state of an alarm from its newest data points.

Source: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data", with its two
tables, and "Avoiding premature transitions".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

type State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]

EXTRA_POINTS = 2
"""The points retrieved in addition to EvaluationPeriods: the user guide's tables have 5 for 3."""


def evaluate(
    points: Sequence[bool | None], evaluation_periods: int, datapoints_to_alarm: int, missing: str
) -> State | None:
    """Return the state for the retrieved points; None if the alarm keeps its state.

    points are oldest first: True is breaching, False is not, None is missing. missing is
    ``missing``, ``ignore``, ``breaching`` or ``notBreaching``.
    """
    real = [point for point in points if point is not None]
    if len(real) >= evaluation_periods:
        # There are enough real points: the newest decide, and no missing point is filled in.
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
    # Premature alarm: too few real points, but all breach and the oldest is old enough.
    old_enough = real and len(points) - points.index(True) >= datapoints_to_alarm
    return "ALARM" if old_enough else "INSUFFICIENT_DATA"


def _counted(breaching: int, datapoints_to_alarm: int) -> State:
    return "ALARM" if breaching >= datapoints_to_alarm else "OK"
