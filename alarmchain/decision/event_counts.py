"""Working paths that count together, where a class allows several events before an alarm."""

from collections.abc import Iterator
from itertools import accumulate

from alarmchain.chain.metric.metric_signal import Metric
from alarmchain.decision.path import ChainPath

_Group = tuple[int, list[ChainPath]]
"""How many events more than one a metric's alarms need, and the paths through the metric."""


def counting_together(paths: list[ChainPath], allowed: int) -> Iterator[list[ChainPath]]:
    """Yield sets of the paths, at least one, of which an alarm goes off after `allowed` events.

    However the events are spread over the metrics of a set: of metrics that need n1, n2, ...
    events, all may come one short, so the sum of (n - 1), plus 1, is at most `allowed`.
    """
    by_metric: dict[Metric | None, list[ChainPath]] = {}
    for path in paths:
        by_metric.setdefault(path.metric, []).append(path)
    groups = sorted(
        ((max(path.events for path in group) - 1, group) for group in by_metric.values()),
        key=lambda group: group[0],
    )
    fitting = [
        group
        for total, group in zip(accumulate(surplus for surplus, _ in groups), groups, strict=True)
        if total < allowed
    ]
    yield _paths(fitting)
    if len(fitting) < len(groups):
        free = [group for group in groups if group[0] == 0]
        for group in groups[len(free) :]:
            yield _paths([*free, group])


def _paths(groups: list[_Group]) -> list[ChainPath]:
    return [path for _, group in groups for path in group]
