"""CloudFormation templates and Terraform plans in files, and their coverage."""

import json
from pathlib import Path
from typing import Any

from tests.command_line import Run

KEYS = "{ ($.eventSource = kms.amazonaws.com) && (($.eventName = DisableKey) || ($.eventName = ScheduleKeyDeletion)) }"  # noqa: E501
DISABLE, DELETE = "{ $.eventName = DisableKey }", "{ $.eventName = ScheduleKeyDeletion }"


def metric_filter(pattern: Any, log_group: Any = "trail", **others: Any) -> dict[str, Any]:
    """Return a metric filter of a CloudFormation template."""
    transformation = {"MetricName": "n", "MetricNamespace": "s", "MetricValue": "1"}
    properties = {
        "LogGroupName": log_group,
        "FilterPattern": pattern,
        "MetricTransformations": [transformation],
    }
    return {"Type": "AWS::Logs::MetricFilter", "Properties": properties, **others}


def template(tmp_path: Path, *filters: dict[str, Any], **sections: Any) -> str:
    """Write a template with these filters as F1, F2 and so on; return the file's path."""
    resources = {f"F{number}": each for number, each in enumerate(filters, 1)}
    document = {**sections, "Resources": {**sections.get("Resources", {}), **resources}}
    file = tmp_path / "template.json"
    file.write_text(json.dumps(document))
    return str(file)


def plan(tmp_path: Path, **document: Any) -> str:
    """Write the output of `terraform show -json`; return the file's path."""
    file = tmp_path / "plan.json"
    file.write_text(json.dumps({"format_version": "1.2", **document}))
    return str(file)


def terraform_filter(address: str, **values: Any) -> dict[str, Any]:
    """Return a metric filter of a Terraform plan."""
    return {
        "address": address,
        "mode": "managed",
        "type": "aws_cloudwatch_log_metric_filter",
        "values": {"log_group_name": "trail", **values},
    }


def answer(alarmchain: Run, file: str, rule: str = "CMKChanges") -> tuple[int, dict[str, Any]]:
    """Return the exit status and the answer for the rule."""
    completed = alarmchain("coverage", "--template", file, "--rule", rule, "--format", "json")
    assert completed.err == ""
    document = json.loads(completed.out)
    assert document["format"] == "alarmchain-template/1"
    (coverage,) = document["rules"]
    return completed.status, coverage


def verdicts(coverage: dict[str, Any]) -> dict[str, str]:
    """Return each call's verdict."""
    return {name: call["verdict"] for name, call in coverage["calls"].items()}
