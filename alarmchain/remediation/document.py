"""From a control to its SSM Automation document.

Source of the form: Systems Manager user guide, "Data elements and parameters" (schema 0.3) and
"aws:executeScript".
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alarmchain.control import Control

RUNTIME = "python3.11"
"""The newest runtime of aws:executeScript that is known for sure."""

ACTIONS = (
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetTrailStatus",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:PutMetricAlarm",
    "config:DescribeConfigRules",
    "config:StartConfigRulesEvaluation",
    "logs:DescribeLogGroups",
    "logs:DescribeMetricFilters",
    "logs:PutMetricFilter",
    "sns:CreateTopic",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
)
"""Every action that the steps call, for the role that runs them."""

_STEPS = Path(__file__).parent / "steps"
_NAME = r"^[A-Za-z0-9_.#/ :()+=@-]{1,200}$"
_CALL = r"[a-z0-9-]+\.amazonaws\.com:[A-Za-z][A-Za-z0-9_]*"


def document(control: Control) -> dict[str, Any]:
    """The document of the rule: parameters, steps and outputs, as Python's `json` writes them."""
    return {
        "schemaVersion": "0.3",
        "description": (
            f"{control.title}: makes what is missing of the chain from the trail's log group to a"
            f" topic, and lets the AWS Config rule {control.name} judge again."
        ),
        "assumeRole": "{{ AutomationAssumeRole }}",
        "outputs": ["LetTheRuleJudgeAgain.Summary"],
        "parameters": _parameters(control),
        "mainSteps": _steps(control),
    }


def text(control: Control) -> str:
    """The document as it stands in the rule's folder."""
    return json.dumps(document(control), indent=1) + "\n"


def _parameters(control: Control) -> dict[str, Any]:
    names = control.names

    def name(key: str, what: str) -> dict[str, Any]:
        return _parameter(what, names[key], allowedPattern=_NAME)

    return {
        "AutomationAssumeRole": _parameter(
            "ARN of the role that runs the steps.",
            "",
            allowedPattern=r"^$|^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$",
        ),
        "TopicArn": _parameter(
            f"Topic to notify; empty: {names['TopicName']}, made if it is missing.",
            "",
            allowedPattern=r"^$|^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$",
        ),
        "NotificationEmail": _parameter(
            "Address to subscribe; it has to confirm.", "", allowedPattern=r"^$|^[^@\s]+@[^@\s]+$"
        ),
        "LogGroupName": _parameter(
            "Log group of the trail; empty: found.",
            "",
            allowedPattern=r"^[.\-_/#A-Za-z0-9]{0,512}$",
        ),
        "KmsKeyId": _parameter(
            "Customer-managed key for a topic that is made; its policy must let CloudWatch use it.",
            "",
            allowedPattern=r"^$|^(?!alias/aws/)[A-Za-z0-9:/_-]{1,2048}$",
        ),
        "CallList": _parameter("Calls to watch.", "cis", allowedValues=["cis", "extended"]),
        "AdditionalCalls": _parameter(
            "More calls: SERVICE.amazonaws.com:EventName, separated by commas.",
            "",
            allowedPattern=rf"^$|^{_CALL}( *, *{_CALL})*$",
        ),
        "FilterName": name("FilterName", "Metric filter."),
        "MetricName": name("MetricName", "Metric."),
        "MetricNamespace": name("MetricNamespace", "Namespace of the metric."),
        "AlarmName": name("AlarmName", "Alarm."),
        "ConfigRuleName": _parameter(
            f"Rule to evaluate again; empty: {control.name}, else those of conformance packs.",
            "",
            allowedPattern=r"^[A-Za-z0-9_-]{0,128}$",
        ),
        "DryRun": _parameter(
            "true: say what would be done, change nothing.",
            "false",
            allowedValues=["false", "true"],
        ),
    }


def _parameter(description: str, default: str, **more: Any) -> dict[str, Any]:
    return {"type": "String", "description": description, "default": default, **more}


def _steps(control: Control) -> list[dict[str, Any]]:
    names = control.names
    given = {
        key: f"{{{{ {key} }}}}"
        for key in ("FilterName", "MetricNamespace", "AlarmName", "DryRun", "TopicArn")
    }
    group = {
        "LogGroupName": "{{ FindTheLogGroup.LogGroupName }}",
        "Region": "{{ FindTheLogGroup.Region }}",
    }
    defaults = {key: names[key] for key in ("FilterName", "MetricName", "AlarmName")}
    account = {"Account": "{{ global:ACCOUNT_ID }}"}
    counted = {"MetricName": "{{ CountTheCalls.MetricName }}"}
    topic = {"TopicArn": "{{ PrepareTheTopic.TopicArn }}"}
    region = "{{ global:REGION }}"
    return [
        _step(
            "FindTheLogGroup",
            "find_log_group",
            {"LogGroupName": "{{ LogGroupName }}", "Region": region, **account},
            {"LogGroupName": "String", "Region": "String", "Partition": "String", "Found": "String"},
        ),
        _step(
            "PrepareTheTopic",
            "prepare_topic",
            {
                "TopicArn": given["TopicArn"],
                "TopicName": names["TopicName"],
                "NotificationEmail": "{{ NotificationEmail }}",
                "KmsKeyId": "{{ KmsKeyId }}",
                "Region": group["Region"],
                "Partition": "{{ FindTheLogGroup.Partition }}",
                "DryRun": given["DryRun"],
                **account,
            },
            {"TopicArn": "String", "Notes": "StringList"},
        ),
        _step(
            "CountTheCalls",
            "count_calls",
            {
                **group,
                "FilterName": given["FilterName"],
                "MetricName": "{{ MetricName }}",
                "MetricNamespace": given["MetricNamespace"],
                "Defaults": defaults,
                "CallList": "{{ CallList }}",
                "AdditionalCalls": "{{ AdditionalCalls }}",
                "Calls": {key: [str(call) for call in calls] for key, calls in control.calls.items()},
                "DryRun": given["DryRun"],
                "Notes": "{{ PrepareTheTopic.Notes }}",
            },
            {"MetricName": "String", "Notes": "StringList"},
        ),
        _step(
            "RingTheAlarm",
            "ring_alarm",
            {
                "Region": group["Region"],
                "AlarmName": given["AlarmName"],
                "Description": f"{names['AlarmDescription']} Made by alarmchain.",
                "MetricNamespace": given["MetricNamespace"],
                "Defaults": defaults,
                "DryRun": given["DryRun"],
                "Notes": "{{ CountTheCalls.Notes }}",
                **counted,
                **topic,
            },
            {"AlarmName": "String", "Notes": "StringList"},
        ),
        _step(
            "LetTheRuleJudgeAgain",
            "judge_again",
            {
                **group,
                "Rule": control.name,
                "ConfigRuleName": "{{ ConfigRuleName }}",
                "RuleRegion": region,
                "AlarmName": "{{ RingTheAlarm.AlarmName }}",
                "MetricNamespace": given["MetricNamespace"],
                "DryRun": given["DryRun"],
                "Notes": "{{ RingTheAlarm.Notes }}",
                **counted,
                **topic,
            },
            {"Summary": "String"},
            last=True,
        ),
    ]


def _step(
    name: str,
    script: str,
    payload: Mapping[str, Any],
    outputs: Mapping[str, str],
    *,
    last: bool = False,
) -> dict[str, Any]:
    return {
        "name": name,
        "action": "aws:executeScript",
        "onFailure": "Abort",
        "timeoutSeconds": 300,
        "isEnd": last,
        "inputs": {
            "Runtime": RUNTIME,
            "Handler": "script_handler",
            "InputPayload": dict(payload),
            "Script": (_STEPS / f"{script}.py").read_text(encoding="utf-8"),
        },
        "outputs": [
            {"Name": key, "Selector": f"$.Payload.{key}", "Type": kind}
            for key, kind in outputs.items()
        ],
    }
