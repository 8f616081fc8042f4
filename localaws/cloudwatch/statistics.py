"""Statistics of the data points in one window."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from localaws.cloudwatch.datapoints import Datum

_SIMPLE = {"Sum", "Average", "Minimum", "Maximum", "SampleCount"}
_PERCENTILE = re.compile(r"p(100|[0-9]{1,2}(\.[0-9]{1,10})?)", re.ASCII)


def percentile(name: str) -> float | None:
    """Return 99.0 for ``p99``; None for other statistics."""
    match = _PERCENTILE.fullmatch(name)
    return float(match[1]) if match else None


def is_supported(name: str) -> bool:
    """Return whether the statistic can be computed here (trimmed means, for example, cannot)."""
    return name in _SIMPLE or percentile(name) is not None


def statistic(name: str, data: Sequence[Datum]) -> float | None:
    """Return the statistic of the data; None without data, or if the data do not determine it."""
    if not data:
        return None
    rank = percentile(name)
    if rank is not None:
        return _at_rank(rank, data)
    total = sum(datum.total for datum in data)
    count = sum(datum.count for datum in data)
    if name == "Average":
        return total / count if count else None
    if name == "Minimum":
        return min(datum.minimum for datum in data)
    if name == "Maximum":
        return max(datum.maximum for datum in data)
    return {"Sum": total, "SampleCount": count}[name]


def _at_rank(rank: float, data: Sequence[Datum]) -> float | None:
    """Return the nearest-rank percentile.

    A statistic set has percentiles only if all its samples are equal (API, PutMetricData).
    """
    if any(datum.minimum != datum.maximum for datum in data):
        return None
    ordered = sorted(data, key=lambda datum: datum.minimum)
    samples_below = math.ceil(rank / 100 * sum(datum.count for datum in ordered))
    count = 0.0
    for datum in ordered:
        count += datum.count
        if count >= samples_below:
            return datum.minimum
    return ordered[-1].minimum


def samples_needed(name: str) -> float:
    """Return the samples that a percentile needs (user guide, "Percentile-based alarms").

    10 / (1 - percentile) from the median up, 10 / percentile below; 0 for other statistics.
    """
    rank = percentile(name)
    if rank is None:
        return 0.0
    share = rank / 100
    tail = 1 - share if share >= 0.5 else share
    return 10 / tail if tail else math.inf
