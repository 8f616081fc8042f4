"""A statistic of what filters write: spec/event-to-notification.md, section 3, first table."""

import re
from collections.abc import Iterable
from math import inf

from alarmchain.chain.metric.interval import ANY, Interval, exactly, span
from alarmchain.chain.metric.metric_signal import Contribution, MetricSignal
from alarmchain.chain.metric.time_series import ABSENT, Point, Series, Undecided

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?|100(?:\.0+)?)")


def percentile(statistic: str) -> float | None:
    """The percentage of `p99.9` and the like, None for another statistic."""
    match = _PERCENTILE.fullmatch(statistic)
    return float(match[1]) if match else None


def units(signal: MetricSignal) -> tuple[str, ...]:
    """The units in which the metric is written."""
    return tuple(sorted({one.unit for one in (*signal.sure, *signal.maybe)}))


def observe(signal: MetricSignal, statistic: str, unit: str = "", *, busy: bool = False) -> Series:
    """The series of a metric, silent but for one event, under a statistic (and a unit, "" for any).

    `busy`: any number of other events may come in the event's period. Raises Undecided where the
    documents do not tell what the statistic is.
    """
    sure = _of_unit(signal.sure, unit)
    maybe = _of_unit(signal.maybe, unit)
    if not unit and len({*units(signal), *(one.unit for one in signal.others)}) > 1:
        raise Undecided("the metric has several units, the alarm names none")
    defaults = tuple(one.default for one in (*sure, *maybe) if one.default is not None)
    others = _of_unit(signal.others if busy else (), unit)
    samples = _Samples(
        sure=tuple(one.value for one in sure if one.value is not None),
        optional=tuple(_bounds(one.value) for one in maybe)
        + tuple(ANY for one in sure if one.value is None),
        repeated=(*defaults, *(end for one in others for end in _ends(one.value))),
    )
    resting = _Samples(sure=(), optional=(), repeated=defaults)
    return Series(event=_point(samples, statistic), rest=_point(resting, statistic))


def _of_unit(contributions: Iterable[Contribution], unit: str) -> tuple[Contribution, ...]:
    return tuple(one for one in contributions if not unit or one.unit == unit)


def _bounds(value: float | None) -> Interval:
    return ANY if value is None else exactly(value)


def _ends(value: float | None) -> tuple[float, float]:
    bounds = _bounds(value)
    return bounds.low, bounds.high


class _Samples:
    """The values of one period: `sure` ones, `optional` ones that come or not, and `repeated` ones
    of which any number comes (a default for each minute without a match; other events)."""

    def __init__(
        self, sure: tuple[float, ...], optional: tuple[Interval, ...], repeated: tuple[float, ...]
    ) -> None:
        self.sure, self.optional, self.repeated = sure, optional, repeated
        self.lows = [*sure, *(one.low for one in optional), *repeated]
        self.highs = [*sure, *(one.high for one in optional), *repeated]

    def total(self) -> Interval:
        low = sum(self.sure) + sum(min(one.low, 0.0) for one in self.optional)
        high = sum(self.sure) + sum(max(one.high, 0.0) for one in self.optional)
        if any(value < 0 for value in self.repeated):
            low = -inf
        if any(value > 0 for value in self.repeated):
            high = inf
        if not self.sure:  # where a point is, there is a sample
            low = low if min(self.lows) < 0 else min(self.lows)
            high = high if max(self.highs) > 0 else max(self.highs)
        return Interval(low, high)

    def count(self) -> Interval:
        low = max(len(self.sure), 1)  # where a point is, there is a sample
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
    """The greatest lower bound of the average, and whether it is never reached."""
    values = list(sure)
    drag = min(repeated, default=inf)
    if drag < sum(values) / len(values):
        # Any number of them brings the average as near as one likes; `others` may go beyond.
        least = min([drag, *others])
        return least, least == drag
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
        raise Undecided(f"statistic {statistic or 'none'} can't be decided for one event")
    return Point(value, certain=bool(samples.sure))
