"""Functions of metric math on arrays, FILL and IF."""

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
    """SUM of an array, period by period."""
    return reduce(lambda one, other: as_series(lift(add, one, other)), array)


def average(array: Sequence[Series]) -> Series:
    """AVG of an array: missing values count as 0."""
    return as_series(lift(quotient, total(array), exactly(len(array))))


def greatest(array: Sequence[Series]) -> Series:
    """MAX of an array. Whether a missing value counts as 0 is not told: both are within."""
    return Series(
        event=_greatest([one.event for one in array]), rest=_greatest([one.rest for one in array])
    )


def _greatest(points: Sequence[Point]) -> Point:
    there = [one for one in points if one.value is not None]
    if not there:
        return ABSENT
    values = [one.value for one in there if one.value is not None]
    certain = [one.value for one in there if one.certain and one.value is not None]
    gaps = [] if len(certain) == len(points) else [ZERO]
    high = maximum([*values, *gaps]).high
    low = maximum(certain).low if certain else min(one.low for one in [*values, *gaps])
    return Point(Interval(low, high), bool(certain))


def least(array: Sequence[Series]) -> Series:
    """MIN of an array."""
    mirrored = greatest([as_series(lift(Interval.__neg__, one)) for one in array])
    return as_series(lift(Interval.__neg__, mirrored))


def fill(series: Series, filler: Single) -> Series:
    """FILL with a number or a series: no period is left without a point, the newest included."""
    return Series(
        event=_fill(series.event, in_event(filler)), rest=_fill(series.rest, in_rest(filler))
    )


def _fill(point: Point, filler: Point | Scalar) -> Point:
    if point.certain:
        return point
    patch = Point(filler, True) if isinstance(filler, Interval) else filler
    values = [one.value for one in (point, patch) if one.value is not None]
    return Point(hull(*values), patch.certain) if values else ABSENT


def choose(condition: Single, yes: Single, no: Single | None) -> Series:
    """IF: by period, `yes` (0 where it is missing) or `no` (dropped where that is missing)."""
    if isinstance(condition, Interval):
        raise Undecided("its IF has a constant condition")
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
    values = [one.value for one in chosen if one.value is not None]
    if not values:
        return ABSENT
    return Point(hull(*values), condition.certain and all(one.certain for one in chosen))


def single(value: Value) -> Single:
    """The value, which must be a number or one series."""
    if isinstance(value, tuple):
        raise Undecided("its expression has an array where one series belongs")
    return value


def _constant(arguments: Arguments) -> Value:
    if len(arguments) != 1 or not isinstance(arguments[0], Interval):
        raise Undecided("TIME_SERIES in its expression can't be followed")
    point = Point(arguments[0], certain=True)
    return Series(point, point)


def _of_one(operation: Callable[[Interval], Interval]) -> Callable[[Arguments], Value]:
    def applied(arguments: Arguments) -> Value:
        if len(arguments) != 1:
            raise Undecided("a function in its expression has too many arguments")
        return each(operation, arguments[0])

    return applied


def _of_array(function: Callable[[Sequence[Series]], Series]) -> Callable[[Arguments], Value]:
    """Of a single series these give one number for the whole evaluation range: not followed."""

    def applied(arguments: Arguments) -> Value:
        array = arguments[0] if len(arguments) == 1 else None
        if not isinstance(array, tuple) or not array:
            raise Undecided("its expression takes a figure of the whole evaluation range")
        return function(array)

    return applied


def _if(arguments: Arguments) -> Value:
    if len(arguments) not in (2, 3):
        raise Undecided("IF in its expression can't be followed")
    condition, yes, *no = (single(one) for one in arguments)
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
"""By name, the functions that can be decided for one event, but FILL, METRICS and PERIOD."""
