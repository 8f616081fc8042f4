"""The data points of metrics, as CloudWatch stores them: aggregated, at a resolution."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class MetricKey:
    """The identity of a metric: namespace, name and dimensions."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, namespace: str, name: str, dimensions: Iterable[Mapping[str, str]]) -> Self:
        """Return the metric of the API's shapes; dimensions are ``{"Name", "Value"}`` items."""
        return cls(namespace, name, frozenset((d["Name"], d["Value"]) for d in dimensions))


@dataclass(frozen=True, slots=True, order=True)
class Datum:
    """One or more samples at a time (epoch seconds, rounded down to the metric's resolution)."""

    time: float
    total: float
    count: float = 1.0
    minimum: float = 0.0
    maximum: float = 0.0
    unit: str = "None"

    @classmethod
    def single(cls, time: float, value: float, unit: str = "None", resolution: int = 60) -> Self:
        """Return one sample. resolution is in seconds: 60 (standard) or 1 (high resolution)."""
        return cls(time // resolution * resolution, value, 1.0, value, value, unit)

    @classmethod
    def items(cls, item: Mapping[str, Any], time: float) -> list[Self]:
        """Return the samples of a PutMetricData item: Value, Values, or StatisticValues."""
        resolution = int(item.get("StorageResolution") or 60)
        when = time // resolution * resolution
        unit = str(item.get("Unit") or "None")
        statistics = item.get("StatisticValues")
        if statistics:
            total, count, low, high = (
                float(statistics[figure]) for figure in ("Sum", "SampleCount", "Minimum", "Maximum")
            )
            return [cls(when, total, count, low, high, unit)]
        values = item.get("Values") or [item.get("Value", 0.0)]
        counts = item.get("Counts") or [1.0] * len(values)
        pairs = [(float(value), float(count)) for value, count in zip(values, counts, strict=True)]
        return [cls(when, value * count, count, value, value, unit) for value, count in pairs]


class MetricStore:
    """Data points by metric, sorted by time."""

    def __init__(self) -> None:
        self._data: dict[MetricKey, list[Datum]] = {}

    def add(self, key: MetricKey, datum: Datum) -> None:
        insort(self._data.setdefault(key, []), datum)

    def between(self, key: MetricKey, start: float, end: float, unit: str | None) -> list[Datum]:
        """Return the data with start <= time < end, of one unit or of all units (None)."""
        data = self._data.get(key, ())
        first = bisect_left(data, start, key=lambda datum: datum.time)
        last = bisect_left(data, end, lo=first, key=lambda datum: datum.time)
        return [datum for datum in data[first:last] if unit is None or datum.unit == unit]
