"""One entry of an alarm's `Metrics`: a metric with a statistic, or an expression.

Source: CloudWatch API reference, MetricDataQuery.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.chain.api_item import integer, mapping, structures, text
from alarmchain.chain.metric.metric_signal import Metric


@dataclass(frozen=True, slots=True)
class Query:
    """Either `metric` with `statistic`, `unit` ("" for any) and `period`, or an `expression`.

    `account`: that of the metric, "" if absent. `returned`: whether the alarm watches this entry
    (`ReturnData` defaults to true).
    """

    id: str
    metric: Metric | None
    statistic: str
    unit: str
    period: int | None
    expression: str
    account: str
    returned: bool

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> "Query":
        """Return the query in the API's structure."""
        stat = mapping(item, "MetricStat")
        metric = mapping(stat, "Metric")
        return cls(
            id=text(item, "Id"),
            metric=read_metric(metric) if text(metric, "MetricName") else None,
            statistic=text(stat, "Stat"),
            unit=text(stat, "Unit"),
            period=integer(stat, "Period") if stat else integer(item, "Period"),
            expression=text(item, "Expression"),
            account=text(item, "AccountId"),
            returned=item.get("ReturnData", True) is True,
        )

    def of(self, account: str) -> bool:
        """Return whether the metric is in the alarm's own account, `account`."""
        return self.account in ("", account)


def read_metric(item: Mapping[str, Any]) -> Metric:
    """Return the metric named by `Namespace`, `MetricName` and `Dimensions`."""
    pairs = ((text(pair, "Name"), text(pair, "Value")) for pair in structures(item, "Dimensions"))
    return Metric(text(item, "Namespace"), text(item, "MetricName"), tuple(sorted(pairs)))
