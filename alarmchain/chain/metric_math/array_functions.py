"""Metric math's functions of arrays, FILL and IF.

Source: CloudWatch user guide, "Using math expressions with CloudWatch metrics".
"""

from collections.abc import Callable, Sequence
from functools import reduce

from alarmchain.chain.metric.interval import Interval, add, exactly, hull, maximum
from alarmchain.chain.metric.time_series import ABSENT, Point, Series, Undecided
from alarmchain.chain.metric_math.functions import (
    ZERO,
    Scalar,
    Single,
    Value,
    absolute,
    as_series,
    bounds,
    ceiling,
    each,
    flooring,
    holds,
    in_event,
    in_rest,
    lift,
    quotient,
)

Arguments = Sequence[Value]


def total(array: Sequence[Series]) -> Series:
    """Return SUM of an array, period by period."""
    return reduce(lambda left, right: as_series(lift(add, left, right)), array)


def average(array: Sequence[Series]) -> Series:
    """Return AVG of an array: missing values count as 0."""
    return as_series(lift(quotient, total(array), exactly(len(array))))


def greatest(array: Sequence[Series]) -> Series:
    """Return MAX of an array.

    AWS does not document whether a missing value counts as 0: the bounds allow both.
    """
    return Series(
        event=_greatest([series.event for series in array]),
        rest=_greatest([series.rest for series in array]),
    )


def _greatest(points: Sequence[Point]) -> Point:
    values = [point.value for point in points if point.value is not None]
    if not values:
        return ABSENT
    certain = [point.value for point in points if point.certain and point.value is not None]
    gaps = [] if len(certain) == len(points) else [ZERO]
    high = maximum([*values, *gaps]).high
    low = maximum(certain).low if certain else min(value.low for value in [*values, *gaps])
    return Point(Interval(low, high), bool(certain))


def least(array: Sequence[Series]) -> Series:
    """Return MIN of an array."""
    negated = greatest([as_series(lift(Interval.__neg__, series)) for series in array])
    return as_series(lift(Interval.__neg__, negated))


def fill(series: Series, filler: Single) -> Series:
    """Return FILL with a number or a series: every period has a point, also the newest."""
    return Series(
        event=_fill(series.event, in_event(filler)), rest=_fill(series.rest, in_rest(filler))
    )


def _fill(point: Point, filler: Point | Scalar) -> Point:
    if point.certain:
        return point
    filling = Point(filler, True) if isinstance(filler, Interval) else filler
    values = [each.value for each in (point, filling) if each.value is not None]
    return Point(hull(*values), filling.certain) if values else ABSENT


def choose(condition: Single, yes: Single, no: Single | None) -> Series:
    """Return IF, period by period: `yes` (0 if it has no point) or `no` (no point if none)."""
    if isinstance(condition, Interval):
        raise Undecided("an IF with a constant condition is not supported")
    return Series(
        event=_choose(condition.event, in_event(yes), None if no is None else in_event(no)),
        rest=_choose(condition.rest, in_rest(yes), None if no is None else in_rest(no)),
    )


def _choose(condition: Point, yes: Point | Scalar, no: Point | Scalar | None) -> Point:
    if condition.value is None:
        return ABSENT
    met = holds(condition.value)
    chosen: list[Point] = []
    if met is not False:
        chosen.append(Point(bounds(yes, alone=False), True))
    if met is not True:
        chosen.append(no if isinstance(no, Point) else Point(no, no is not None))
    values = [point.value for point in chosen if point.value is not None]
    if not values:
        return ABSENT
    return Point(hull(*values), condition.certain and all(point.certain for point in chosen))


def single(value: Value) -> Single:
    """Return the value; raises Undecided if it is an array."""
    if isinstance(value, tuple):
        raise Undecided("its expression has an array where it needs one series")
    return value


def _constant(arguments: Arguments) -> Value:
    if len(arguments) != 1 or not isinstance(arguments[0], Interval):
        raise Undecided("TIME_SERIES of a series is not supported")
    point = Point(arguments[0], certain=True)
    return Series(point, point)


def _of_one(operation: Callable[[Interval], Interval]) -> Callable[[Arguments], Value]:
    def applied(arguments: Arguments) -> Value:
        if len(arguments) != 1:
            raise Undecided("a function in its expression has a wrong number of arguments")
        return each(operation, arguments[0])

    return applied


def _of_array(function: Callable[[Sequence[Series]], Series]) -> Callable[[Arguments], Value]:
    """Return the function of an array.

    Applied to a single series, it aggregates the whole evaluation range, which is not supported.
    """

    def applied(arguments: Arguments) -> Value:
        array = arguments[0] if len(arguments) == 1 else None
        if not isinstance(array, tuple) or not array:
            raise Undecided("a function over the whole evaluation range is not supported")
        return function(array)

    return applied


def _if(arguments: Arguments) -> Value:
    if len(arguments) not in (2, 3):
        raise Undecided("IF has a wrong number of arguments")
    condition, yes, *no = (single(argument) for argument in arguments)
    return choose(condition, yes, no[0] if no else None)


FUNCTIONS: dict[str, Callable[[Arguments], Value]] = {
    "ABS": _of_one(absolute),
    "CEIL": _of_one(ceiling),
    "FLOOR": _of_one(flooring),
    "SUM": _of_array(total),
    "AVG": _of_array(average),
    "MAX": _of_array(greatest),
    "MIN": _of_array(least),
    "IF": _if,
    "TIME_SERIES": _constant,
}
"""The supported functions by name, except FILL, METRICS and PERIOD, which the parser handles."""
