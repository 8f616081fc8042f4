"""What the boto3 at hand cannot see.

botocore drops the members of an answer that its model lacks, in silence: with an old model a
filter that is narrowed looks as if it were not. So the model is asked before an absence is trusted.
"""

from collections.abc import Mapping
from typing import Any

import boto3

from alarmchain.snapshot.reads import ReadKind

MUTE_RULES = "ListAlarmMuteRules"
"""An operation that an old boto3 lacks altogether."""

_ALARM = (
    "EvaluationCriteria",
    "EvaluationInterval",
    "EvaluationWindow",
    "Metrics",
    "ThresholdMetricId",
    "WarmUpConfiguration",
)

DECISIVE: Mapping[ReadKind, tuple[str, Mapping[str, tuple[str, ...]]]] = {
    ReadKind.LOG_GROUP: ("DescribeLogGroups", {"logGroups": ("logGroupClass",)}),
    ReadKind.METRIC_FILTERS: (
        "DescribeMetricFilters",
        {
            "metricFilters": (
                "applyOnTransformedLogs",
                "emitSystemFieldDimensions",
                "fieldSelectionCriteria",
            )
        },
    ),
    ReadKind.METRIC_ALARMS: ("DescribeAlarmsForMetric", {"MetricAlarms": _ALARM}),
    ReadKind.ALL_ALARMS: (
        "DescribeAlarms",
        {"MetricAlarms": _ALARM, "CompositeAlarms": ("ActionsSuppressor",), "LogAlarms": ()},
    ),
    ReadKind.MUTE_RULES: (MUTE_RULES, {}),
}
"""The operation of each read, and by list of its answer the members whose absence would decide."""


def blind_to(kind: ReadKind, client: Any) -> dict[str, str]:
    """Operations, lists and members that the client's model lacks, each with boto3's version."""
    if kind not in DECISIVE:
        return {}
    operation, lists = DECISIVE[kind]
    service = client.meta.service_model
    if operation not in service.operation_names:
        return {operation: boto3.__version__}
    answer = service.operation_model(operation).output_shape.members
    unseen = [name for name in lists if name not in answer]
    unseen += [
        member
        for name, members in lists.items()
        if name in answer
        for member in members
        if member not in answer[name].member.members
    ]
    return dict.fromkeys(unseen, boto3.__version__)
