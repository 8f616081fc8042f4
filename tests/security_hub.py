"""Accounts that AWS's own instructions for Security Hub's CloudWatch.1 to CloudWatch.14 make.

security-hub.json holds what AWS publishes for each control. Sources: AWS Security Hub user guide,
"Amazon CloudWatch controls", remediation of each control (pattern, the alarm's example name,
namespace LogMetrics, value 1, at least 1 event; the statistic Average, or the console's default
values); the solution Automated Security Response on AWS, cloudwatch_get_input_values.py and
CreateLogMetricFilterAndAlarm.py (its names, `solution_pattern`, unit and 1 of 12 periods).
"""

import json
from pathlib import Path
from typing import Any

from tests.builders import account, alarm, metric_filter, trail

Json = dict[str, Any]
PUBLISHED: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("security-hub.json").read_text()
)
"""By control: the rule, the texts and names that AWS publishes."""
NAMESPACE = "LogMetrics"
CONSOLE = {"TreatMissingData": "missing", "DatapointsToAlarm": 1}
"""What the console sets: 1 out of 1 datapoints, and missing data as missing."""


def by_the_guide(default_statistic: str = "Average", **changes: Any) -> Json:
    """Return the snapshot of an account that follows the user guide.

    `default_statistic`: the console's, where the guide says to leave the default values.
    `changes` are to every alarm.
    """
    filters, alarms = [], []
    for control in PUBLISHED.values():
        name, statistic = control["name"], control.get("statistic", default_statistic)
        filters.append(_filter(name, control["pattern"]))
        settings = CONSOLE | {"Statistic": statistic} | changes
        alarms.append(_alarm(control["alarm"], name, settings))
    return account(trails=[trail()], metric_filters=filters, metric_alarms=alarms)


def by_the_solution(*, first_version: bool = False) -> Json:
    """Return the snapshot of an account in which the solution remediated every control.

    Its first version set alarms without actions, with a unit that no filter writes, and that need
    240 periods in a row.
    """
    filters, alarms = [], []
    for control in PUBLISHED.values():
        name, pattern = control["name"], control.get("solution_pattern", control["pattern"])
        settings: Json = {"Unit": "Count", "EvaluationPeriods": 12, "DatapointsToAlarm": 1}
        if first_version:
            settings = {
                "ActionsEnabled": False,
                "AlarmActions": [],
                "Unit": "Seconds",
                "EvaluationPeriods": 240,
                "TreatMissingData": None,
            }
        filters.append(_filter(name, pattern, unit=None if first_version else "Count"))
        alarms.append(_alarm(name, name, settings))
    return account(metric_filters=filters, metric_alarms=alarms)


def _filter(name: str, pattern: str, **changes: Any) -> Json:
    named = {"name": name, "metric": name, "metricNamespace": NAMESPACE}
    return metric_filter(pattern, **named, **changes)


def _alarm(alarm_name: str, metric: str, settings: Json) -> Json:
    return alarm(alarm_name, metric=metric, Namespace=NAMESPACE, **settings)
