"""The bounds of a statistic contain its value for everything that the filters can write."""

from collections.abc import Callable
from itertools import chain
from statistics import fmean

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alarmchain.chain.metric.interval import Interval
from alarmchain.chain.metric.metric_signal import Contribution, MetricSignal
from alarmchain.chain.metric.statistic import percentile, statistic_series
from alarmchain.chain.metric.time_series import Undecided
from tests.chain.builders import METRIC
from tests.chance import tried

NUMBERS = st.sampled_from([0.0, 1.0, 1.0, 2.0, 5.0, -1.0])
WRITERS = st.builds(
    Contribution, value=st.none() | NUMBERS, default=st.none() | st.sampled_from([0.0, 0.0, 3.0])
)
STATISTICS = ["Sum", "Average", "Maximum", "Minimum", "SampleCount", "p50", "p100"]


def real(statistic: str, values: list[float]) -> float:
    """Return the statistic of known values."""
    rank = percentile(statistic)
    if rank is not None:
        return sorted(values)[max(0, round(rank / 100 * len(values)) - 1)]
    functions: dict[str, Callable[[list[float]], float]] = {
        **{"Sum": sum, "Average": fmean, "Maximum": max, "Minimum": min, "SampleCount": len}
    }
    return float(functions[statistic](values))


def within(value: float, bounds: Interval) -> bool:
    """Return whether the number is in the interval."""
    above = bounds.low < value if bounds.low_open else bounds.low <= value + 1e-9
    below = value < bounds.high if bounds.high_open else value - 1e-9 <= bounds.high
    return above and below


@tried(100)
@given(
    st.sampled_from(STATISTICS),
    st.lists(WRITERS, max_size=3),
    st.lists(WRITERS, max_size=3),
    st.data(),
)
def test_bounds_hold(
    statistic: str, sure: list[Contribution], maybe: list[Contribution], data: st.DataObject
) -> None:
    """The statistic is within its bounds for any possible data, with any number of defaults."""
    try:
        series = statistic_series(MetricSignal(METRIC, tuple(sure), tuple(maybe)), statistic)
    except Undecided:
        assume(False)
    written = [each.value for each in sure if each.value is not None]
    fields = [each for each in sure if each.value is None]
    come = data.draw(st.lists(st.sampled_from(maybe), unique_by=id)) if maybe else []
    come += data.draw(st.lists(st.sampled_from(fields), unique_by=id)) if fields else []
    written += [data.draw(NUMBERS) if each.value is None else each.value for each in come]
    defaults = [each.default for each in chain(sure, maybe) if each.default is not None]
    zeros = data.draw(st.lists(st.sampled_from(defaults), max_size=9)) if defaults else []
    if written + zeros:
        assert series.event.value is not None
        assert within(real(statistic, written + zeros), series.event.value)
    else:
        assert not series.event.certain
    if zeros:
        assert series.rest.value is not None
        assert within(real(statistic, zeros), series.rest.value)
    assert not series.rest.certain


@pytest.mark.parametrize(
    ("name", "expected"),
    [("p99", 99), ("p99.95", 99.95), ("p100", 100), ("p0", 0), ("p", None), ("P99", None)],
)
def test_percentile(name: str, expected: float | None) -> None:
    """Only p followed by a number from 0 to 100 is a percentile."""
    assert percentile(name) == expected
    assert percentile("Sum") is None
