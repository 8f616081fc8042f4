"""One entry of an alarm's `Metrics`: a metric under a statistic, or an expression."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.chain.api_item import integer, mapping, structures, text
from alarmchain.chain.metric.metric_signal import Metric


@dataclass(frozen=True, slots=True)
class Query:
    """A MetricDataQuery: either `metric` with `statistic`, `unit` ("" for any) and `period`, or
    an `expression`. `account`: where the metric lives, "" if not told. `returned`: whether it is
    what the alarm watches (`ReturnData` defaults to true)."""

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
        """From the API's structure."""
        stat = mapping(item, "MetricStat")
        named = mapping(stat, "Metric")
        return cls(
            id=text(item, "Id"),
            metric=read_metric(named) if text(named, "MetricName") else None,
            statistic=text(stat, "Stat"),
            unit=text(stat, "Unit"),
            period=integer(stat, "Period") if stat else integer(item, "Period"),
            expression=text(item, "Expression"),
            account=text(item, "AccountId"),
            returned=item.get("ReturnData", True) is True,
        )

    def of(self, account: str) -> bool:
        """Whether the metric lives in the alarm's own account."""
        return self.account in ("", account)


def read_metric(item: Mapping[str, Any]) -> Metric:
    """The metric named by `Namespace`, `MetricName` and `Dimensions`."""
    pairs = ((text(one, "Name"), text(one, "Value")) for one in structures(item, "Dimensions"))
    return Metric(text(item, "Namespace"), text(item, "MetricName"), tuple(sorted(pairs)))
