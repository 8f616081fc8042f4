"""What was observed of metric filters."""

from collections.abc import Iterable, Sequence

from alarmchain.chain.metric_filter.metric_filter import MetricFilter
from alarmchain.decision.evidence.facts import chosen, joined, named, written

_TRANSFORMATION = (
    "metricNamespace",
    "metricName",
    "metricValue",
    "defaultValue",
    "unit",
    "dimensions",
)


def describe_filters(filters: Iterable[MetricFilter]) -> str:
    """Return what was observed of the filters that together decide about a class of records."""
    return joined(_filter(metric_filter) for metric_filter in filters)


def describe_no_filter(log_group: str, filters: Sequence[MetricFilter]) -> str:
    """Return the names of all metric filters of a log group, none of which is for the class."""
    count = f"{len(filters)} metric filter{'' if len(filters) == 1 else 's'}"
    names = f": {named(each.name for each in filters)}" if filters else ""
    return f"{count} on log group {written(log_group)}{names}"


def _filter(metric_filter: MetricFilter) -> str:
    parts = [f"filterName {written(metric_filter.name)}"]
    parts += [
        ", ".join(f"{member} {written(value)}" for member, value in members.items())
        for each in metric_filter.transformations
        if (members := chosen(each, _TRANSFORMATION))
    ]
    if metric_filter.transformed:
        parts.append("applyOnTransformedLogs true")
    if metric_filter.criteria:
        parts.append(f"fieldSelectionCriteria {metric_filter.criteria}")
    if metric_filter.system_dimensions:
        parts.append(f"emitSystemFieldDimensions {named(metric_filter.system_dimensions)}")
    parts.append(f"filterPattern {metric_filter.text or '(empty: it matches every log event)'}")
    return ", ".join(parts)
