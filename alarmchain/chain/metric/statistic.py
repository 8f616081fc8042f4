"""The statistic of what metric filters write, as bounds.

Source: CloudWatch user guide, "CloudWatch statistics definitions".
"""

import re
from collections.abc import Iterable
from math import inf

from alarmchain.chain.metric.interval import ANY, Interval, exactly, span
from alarmchain.chain.metric.metric_signal import Contribution, MetricSignal
from alarmchain.chain.metric.time_series import ABSENT, Point, Series, Undecided

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?|100(?:\.0+)?)")


def percentile(statistic: str) -> float | None:
    """Return the percentage of a percentile such as `p99.9`, None for another statistic."""
    match = _PERCENTILE.fullmatch(statistic)
    return float(match[1]) if match else None


def units(signal: MetricSignal) -> tuple[str, ...]:
    """Return the units with which the event is written to the metric."""
    return tuple(sorted({written.unit for written in (*signal.sure, *signal.maybe)}))


def statistic_series(
    signal: MetricSignal, statistic: str, unit: str = "", *, busy: bool = False
) -> Series:
    """Return the series of a metric's statistic, with one event among the routine records.

    `unit`: only data with this unit count, "" for any. `busy`: any number of other events may come
    in the event's period. Raises Undecided if the statistic is not documented for these data.
    """
    sure = _of_unit(signal.sure, unit)
    maybe = _of_unit(signal.maybe, unit)
    further = (*signal.others, *signal.routine)
    if not unit and len({*units(signal), *(written.unit for written in further)}) > 1:
        raise Undecided("the metric has several units, and the alarm names none")
    defaults = tuple(each.default for each in (*sure, *maybe) if each.default is not None)
    others = _of_unit(signal.others if busy else (), unit)
    routine = tuple(end for each in _of_unit(signal.routine, unit) for end in _ends(each.value))
    samples = _Samples(
        sure=tuple(each.value for each in sure if each.value is not None),
        optional=tuple(_bounds(each.value) for each in maybe)
        + tuple(ANY for each in sure if each.value is None),
        repeated=(*defaults, *routine, *(end for each in others for end in _ends(each.value))),
    )
    at_rest = _Samples(sure=(), optional=(), repeated=(*defaults, *routine))
    return Series(event=_point(samples, statistic), rest=_point(at_rest, statistic))


def _of_unit(contributions: Iterable[Contribution], unit: str) -> tuple[Contribution, ...]:
    return tuple(each for each in contributions if not unit or each.unit == unit)


def _bounds(value: float | None) -> Interval:
    return ANY if value is None else exactly(value)


def _ends(value: float | None) -> tuple[float, float]:
    bounds = _bounds(value)
    return bounds.low, bounds.high


class _Samples:
    """The values of one period.

    `sure`: each comes once. `optional`: each comes once or not at all. `repeated`: each comes any
    number of times (a default value for each minute without a match; values of other records).
    """

    def __init__(
        self, sure: tuple[float, ...], optional: tuple[Interval, ...], repeated: tuple[float, ...]
    ) -> None:
        self.sure, self.optional, self.repeated = sure, optional, repeated
        self.lows = [*sure, *(each.low for each in optional), *repeated]
        self.highs = [*sure, *(each.high for each in optional), *repeated]

    def total(self) -> Interval:
        low = sum(self.sure) + sum(min(each.low, 0.0) for each in self.optional)
        high = sum(self.sure) + sum(max(each.high, 0.0) for each in self.optional)
        if any(value < 0 for value in self.repeated):
            low = -inf
        if any(value > 0 for value in self.repeated):
            high = inf
        if not self.sure:  # A point has at least one sample.
            low = low if min(self.lows) < 0 else min(self.lows)
            high = high if max(self.highs) > 0 else max(self.highs)
        return Interval(low, high)

    def count(self) -> Interval:
        low = max(len(self.sure), 1)  # A point has at least one sample.
        high = len(self.sure) + len(self.optional)
        return Interval(low, inf if self.repeated else max(high, 1))

    def maximum(self) -> Interval:
        return Interval(max(self.sure) if self.sure else min(self.lows), max(self.highs))

    def minimum(self) -> Interval:
        return Interval(min(self.lows), min(self.sure) if self.sure else max(self.highs))

    def average(self) -> Interval:
        if not self.sure:
            return span((*self.lows, *self.highs))
        low, low_open = _least_average(self.sure, self.lows[len(self.sure) :], self.repeated)
        high, high_open = _least_average(
            [-value for value in self.sure],
            [-value for value in self.highs[len(self.sure) :]],
            [-value for value in self.repeated],
        )
        return Interval(low, -high, low_open, high_open)

    def percentile(self, percentage: float) -> Interval:
        if min(self.lows) < 0:
            raise Undecided("percentiles of negative values are undocumented")
        if percentage == 100:
            return self.maximum()
        return Interval(self.minimum().low, self.maximum().high)


def _least_average(
    sure: Iterable[float], others: Iterable[float], repeated: Iterable[float]
) -> tuple[float, bool]:
    """Return the greatest lower bound of the average, and whether it is never reached."""
    values = list(sure)
    lowest = min(repeated, default=inf)
    if lowest < sum(values) / len(values):
        # Enough repetitions bring the average arbitrarily near; `others` may go beyond.
        least = min([lowest, *others])
        return least, least == lowest
    for value in sorted(others):
        if value < sum(values) / len(values):
            values.append(value)
    return sum(values) / len(values), False


def _point(samples: _Samples, statistic: str) -> Point:
    percentage = percentile(statistic)
    if not samples.lows:
        return ABSENT
    if percentage is not None:
        value = samples.percentile(percentage)
    elif statistic == "Sum":
        value = samples.total()
    elif statistic == "SampleCount":
        value = samples.count()
    elif statistic == "Maximum":
        value = samples.maximum()
    elif statistic == "Minimum":
        value = samples.minimum()
    elif statistic == "Average":
        value = samples.average()
    else:
        raise Undecided(f"the statistic {statistic or 'none'} is not supported")
    return Point(value, certain=bool(samples.sure))
