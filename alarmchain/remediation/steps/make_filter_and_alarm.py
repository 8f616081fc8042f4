"""Make the planned metric filters and alarm."""

import random
import time
from typing import Any

from alarmchain.remediation.steps.clients import client

ATTEMPTS = 8


def put_filter(logs: Any, request: dict[str, Any]) -> None:
    """Put a metric filter, again while another region's run changes the same log group."""
    for attempt in range(ATTEMPTS):
        try:
            logs.put_metric_filter(**request)
            break
        except logs.exceptions.OperationAbortedException:
            if attempt == ATTEMPTS - 1:
                raise
            time.sleep(random.uniform(0, 2**attempt))  # noqa: S311


def handler(events: dict[str, Any], context: Any) -> list[str]:
    """Return what was done so far. Raises RuntimeError."""
    plan, group = events["Plan"], events["Group"]
    done: list[str] = events["Done"]
    region = group["Region"]
    metric = {"metricNamespace": plan["Namespace"], "metricName": plan["MetricName"]}
    try:
        for name, pattern in plan["PutFilters"].items():
            request = {
                "logGroupName": group["Name"],
                "filterName": name,
                "filterPattern": pattern,
                "metricTransformations": [{**metric, "metricValue": "1"}],
            }
            put_filter(client("logs", region), request)
            done.append(f"put metric filter {name} on log group {group['Name']}")
        if plan["PutAlarm"]:
            client("cloudwatch", region).put_metric_alarm(
                AlarmName=plan["AlarmName"],
                AlarmDescription=events["Description"],
                Namespace=plan["Namespace"],
                MetricName=plan["MetricName"],
                Statistic="Sum",
                Period=300,
                EvaluationPeriods=1,
                DatapointsToAlarm=1,
                Threshold=1,
                ComparisonOperator="GreaterThanOrEqualToThreshold",
                TreatMissingData="notBreaching",
                ActionsEnabled=True,
                AlarmActions=plan["AlarmActions"],
            )
            done.append(f"put alarm {plan['AlarmName']}")
    except Exception as error:
        raise RuntimeError(f"{error}. Done before: {done}. Run it again to finish.") from error
    return done
