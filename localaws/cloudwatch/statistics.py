"""Statistics of the data points in one window."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from localaws.cloudwatch.datapoints import Datum

_SIMPLE = {"Sum", "Average", "Minimum", "Maximum", "SampleCount"}
_PERCENTILE = re.compile(r"p(100|[0-9]{1,2}(\.[0-9]{1,10})?)", re.ASCII)


def percentile(name: str) -> float | None:
    """99.0 for ``p99``; None for another statistic."""
    found = _PERCENTILE.fullmatch(name)
    return float(found[1]) if found else None


def is_supported(name: str) -> bool:
    """Whether the statistic can be computed here; trimmed means and the like can't."""
    return name in _SIMPLE or percentile(name) is not None


def statistic(name: str, data: Sequence[Datum]) -> float | None:
    """The statistic of the data; None for no data, or if they don't say (see _samples)."""
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
    """The nearest-rank percentile.

    A statistic set has percentiles only if all its samples are alike (API, PutMetricData).
    """
    if any(datum.minimum != datum.maximum for datum in data):
        return None
    ordered = sorted(data, key=lambda datum: datum.minimum)
    wanted = math.ceil(rank / 100 * sum(datum.count for datum in ordered))
    seen = 0.0
    for datum in ordered:
        seen += datum.count
        if seen >= wanted:
            return datum.minimum
    return ordered[-1].minimum


def samples_needed(name: str) -> float:
    """How many samples make a percentile significant (user guide, "Percentile-based alarms").

    10 / (1 - percentile) from the median up, 10 / percentile below; 0 for other statistics.
    """
    rank = percentile(name)
    if rank is None:
        return 0.0
    share = rank / 100
    tail = 1 - share if share >= 0.5 else share
    return 10 / tail if tail else math.inf
