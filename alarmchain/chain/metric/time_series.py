"""The time series that an alarm evaluates: one point for the event's period, one for all others."""

from dataclasses import dataclass

from alarmchain.chain.metric.interval import Interval


class Undecided(Exception):
    """AWS's documentation does not decide what the alarm evaluates.

    The message says why, as a clause for "alarm 'A' cannot be judged: ...".
    """


@dataclass(frozen=True, slots=True)
class Point:
    """The data point of one period.

    `value`: None if there never is a point. `certain`: there surely is one.
    """

    value: Interval | None = None
    certain: bool = False


ABSENT = Point()


@dataclass(frozen=True, slots=True)
class Series:
    """`event`: the point of the event's period. `rest`: the point of any other period.

    If the point at rest is certain, there is one before the event's data, which come late.
    """

    event: Point
    rest: Point = ABSENT
