"""Make the planned metric filters and alarm."""

from typing import Any

import boto3


def handler(events: dict[str, Any], context: Any) -> dict[str, Any]:
    """Return what was done so far. Raises RuntimeError."""
    plan, group, done = events["Plan"], events["Group"], events["Done"]
    region = group["Region"]
    metric = {"metricNamespace": plan["Namespace"], "metricName": plan["MetricName"]}
    try:
        for name, pattern in plan["PutFilters"].items():
            boto3.client("logs", region_name=region).put_metric_filter(
                logGroupName=group["Name"],
                filterName=name,
                filterPattern=pattern,
                metricTransformations=[{**metric, "metricValue": "1"}],
            )
            done.append(f"put metric filter {name} on log group {group['Name']}")
        if plan["PutAlarm"]:
            boto3.client("cloudwatch", region_name=region).put_metric_alarm(
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
    return {"Done": done}
