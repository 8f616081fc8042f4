"""The metric filters of one region that were read so far, by where they read and write."""

from collections.abc import Iterable

from alarmchain.chain.api_item import text
from alarmchain.chain.metric_filter.metric_filter import MetricFilter
from alarmchain.snapshot.snapshot import Item


class FilterIndex:
    """Items of DescribeMetricFilters: by log group, and by the (namespace, name) of each metric."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.by_log_group: dict[str, list[MetricFilter]] = {}
        self.by_metric: dict[tuple[str, str], list[MetricFilter]] = {}
        for item in items:
            metric_filter = MetricFilter.read(item)
            self.by_log_group.setdefault(metric_filter.log_group, []).append(metric_filter)
            metrics = (
                (text(transformation, "metricNamespace"), text(transformation, "metricName"))
                for transformation in metric_filter.transformations
            )
            for metric in dict.fromkeys(metrics):
                self.by_metric.setdefault(metric, []).append(metric_filter)
