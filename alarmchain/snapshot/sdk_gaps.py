"""What an old boto3 does not know of AWS's APIs, where a verdict can depend on it.

botocore silently drops the members of an answer that its model lacks. With an old model, a narrowed
metric filter looks as if it matched everything. So the collector compares the model with this
table. An answer that may lack a member is unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from alarmchain.snapshot.reads import ReadKind


@dataclass(frozen=True, slots=True)
class NewerMembers:
    """What an old boto3 may lack of one read: the operation, or members of the lists it returns."""

    operation: str
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the operation and the members."""
        return (self.operation, *(name for names in self.lists.values() for name in names))


_ALARM = (
    "EvaluationCriteria",
    "EvaluationInterval",
    "EvaluationWindow",
    "Metrics",
    "ThresholdMetricId",
    "WarmUpConfiguration",
)

NEWER_MEMBERS: Mapping[ReadKind, NewerMembers] = {
    ReadKind.LOG_GROUP: NewerMembers("DescribeLogGroups", {"logGroups": ("logGroupClass",)}),
    ReadKind.METRIC_FILTERS: NewerMembers(
        "DescribeMetricFilters",
        {
            "metricFilters": (
                "applyOnTransformedLogs",
                "emitSystemFieldDimensions",
                "fieldSelectionCriteria",
            )
        },
    ),
    ReadKind.METRIC_ALARMS: NewerMembers("DescribeAlarmsForMetric", {"MetricAlarms": _ALARM}),
    ReadKind.ALL_ALARMS: NewerMembers(
        "DescribeAlarms",
        {"MetricAlarms": _ALARM, "CompositeAlarms": ("ActionsSuppressor",), "LogAlarms": ()},
    ),
    ReadKind.MUTE_RULES: NewerMembers("ListAlarmMuteRules"),
}
"""For each read, what would change the answer about a link if boto3 left it out."""
