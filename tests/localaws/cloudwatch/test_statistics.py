"""Statistics, windows and data points."""

from __future__ import annotations

import math

import pytest

from localaws.cloudwatch.datapoints import Datum, MetricKey, MetricStore
from localaws.cloudwatch.periods import change_times, next_evaluation, window
from localaws.cloudwatch.statistics import is_supported, samples_needed, statistic

DATA = [Datum.single(0, value) for value in (4.0, 1.0, 3.0, 2.0)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Sum", 10.0),
        ("Average", 2.5),
        ("Minimum", 1.0),
        ("Maximum", 4.0),
        ("SampleCount", 4.0),
        ("p100", 4.0),
        ("p75", 3.0),
        ("p50", 2.0),
        ("p0", 1.0),
        ("p99.9", 4.0),
    ],
)
def test_statistic(name: str, expected: float) -> None:
    """Each statistic of four samples has its value; without samples there is no value."""
    assert statistic(name, DATA) == expected
    assert statistic(name, []) is None


def test_statistic_sets() -> None:
    """A statistic set has percentiles only if all its samples are equal."""
    item = {"StatisticValues": {"Sum": 9, "SampleCount": 3, "Minimum": 1, "Maximum": 5}}
    mixed = Datum.items(item, 0)
    assert [statistic(n, mixed) for n in ("Sum", "Average", "Maximum")] == [9.0, 3.0, 5.0]
    assert statistic("p50", mixed) is None
    alike = Datum.items({"Values": [2.0], "Counts": [7.0]}, 0)
    assert statistic("p50", alike) == 2.0
    assert statistic("SampleCount", alike) == 7.0


@pytest.mark.parametrize(
    ("name", "supported"),
    [
        ("p99", True),
        ("p100", True),
        ("p101", False),
        ("tm90", False),
        ("IQM", False),
        ("Sum", True),
    ],
)
def test_supported(name: str, supported: bool) -> None:
    """Trimmed means and similar statistics are not supported."""
    assert is_supported(name) is supported


@pytest.mark.parametrize(
    ("name", "needed"), [("p99", 1000), ("p90", 100), ("p50", 20), ("p10", 100), ("Sum", 0)]
)
def test_samples_needed(name: str, needed: float) -> None:
    """10/(1-p) samples from the median up, 10/p below."""
    assert samples_needed(name) == pytest.approx(needed)
    assert samples_needed("p100") == math.inf


def test_times() -> None:
    """Evaluations are on the minute; a data point changes windows once a period."""
    assert next_evaluation(0, 300) == 60
    assert next_evaluation(59.9, 300) == 60
    assert next_evaluation(60, 10) == 70
    assert window(600, 300, 1) == (0, 300)
    assert change_times(65, 300, 2) == [120, 420, 720]


def test_store_selects_by_time_metric_and_unit() -> None:
    """Data are found by their metric with its exact dimensions, half-open in time, by unit."""
    store = MetricStore()
    key = MetricKey.of("n", "m", [{"Name": "a", "Value": "1"}])
    for time in (120, 0, 60):
        store.add(key, Datum.single(time, time))
    store.add(key, Datum.single(60, 5, "Count"))
    assert [d.total for d in store.between(key, 0, 120, "None")] == [0, 60]
    assert [d.total for d in store.between(key, 60, 120, "Count")] == [5]
    assert len(store.between(key, 60, 120, None)) == 2
    assert store.between(MetricKey("n", "m"), 0, 999, None) == []
