"""What an alarm sees: a time series, known in the event's period and in all others."""

from dataclasses import dataclass

from alarmchain.chain.metric.interval import Interval


class Undecided(Exception):
    """AWS's documents do not tell what the alarm would see; the message says why."""


@dataclass(frozen=True, slots=True)
class Point:
    """The data point of one period: its `value` (None: there never is one), and whether there
    certainly is one."""

    value: Interval | None = None
    certain: bool = False


ABSENT = Point()


@dataclass(frozen=True, slots=True)
class Series:
    """`event`: the point of the period in which the event falls, `rest`: of any other period.

    A rest that is certain holds a point before the event's data have come (they come late).
    """

    event: Point
    rest: Point = ABSENT
