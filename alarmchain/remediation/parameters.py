"""The parameters of a control's SSM document, with defaults and allowed values. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from alarmchain.control import Control

_CALL = r"[a-z0-9-]+\.amazonaws\.com:[A-Za-z][A-Za-z0-9_]*"
_NO_REFERENCE = r"(?!.*\{\{)"
"""Systems Manager resolves {{ssm:NAME}} in values, too."""
_EXPECTED = {
    "AdditionalCalls": "SERVICE.amazonaws.com:EventName, comma-separated",
    "AutomationAssumeRole": "the ARN of an IAM role",
    "NotificationEmail": "an e-mail address",
    "TopicArn": "the ARN of a standard SNS topic",
}
_METRIC = rf"^{_NO_REFERENCE}[^:*$]{{0,255}}$"
_PINNED = {
    # 512 characters, minus a suffix that distinguishes several filters.
    "FilterName": rf"^{_NO_REFERENCE}[^:*]{{0,509}}$",
    "MetricName": _METRIC,
    "MetricNamespace": _METRIC,
    "AlarmName": rf"^{_NO_REFERENCE}.{{0,255}}$",
}


def parameters(control: Control) -> dict[str, dict[str, Any]]:
    """Return the parameters by name. All are strings, and all but the role have defaults."""
    names = control.names
    return {
        "AutomationAssumeRole": {
            "type": "String",
            "description": "ARN of the role that the steps use",
            "allowedPattern": r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[^{]+$",
        },
        "ConfigRuleName": _text(
            "Rule to reevaluate; if absent, that of a conformance pack",
            r"^[^\s{]{1,128}$",
            control.name,
        ),
        "CallList": _choice("As in the rule", "cis", "extended"),
        "AdditionalCalls": _text("As in the rule", rf"^(\s*{_CALL}\s*(,|$))*$"),
        **{name: _pinned(name, names[name], pattern) for name, pattern in _PINNED.items()},
        "TopicArn": _text(
            f"Topic to notify, in the log group's region; empty: {names['TopicName']}",
            # No FIFO topic: CloudWatch publishes only to standard topics.
            r"^$|^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$",
        ),
        "NotificationEmail": _text(
            "Address to subscribe; its owner must confirm", r"^$|^[^@\s{]+@[^@\s{]+$"
        ),
        "LogGroupName": _text(
            "Log group of CloudTrail; empty: that of the first suitable trail",
            r"^[.\-_/#A-Za-z0-9]{0,512}$",
        ),
        "KmsKeyId": _text(
            "Customer-managed key for the topic, unless TopicArn is given",
            r"^[A-Za-z0-9:/_-]{0,2048}$",
        ),
        "DryRun": _choice("true: report what would be done, change nothing", "false", "true"),
    }


def _pinned(name: str, default: str, pattern: str) -> dict[str, Any]:
    other = "" if name == "MetricNamespace" else ", or with -alarmchain if taken"
    return _text(f"Exact name; empty: {default}{other}", pattern)


def value_error(name: str, value: str, declared: Mapping[str, Any]) -> str:
    """Return why the document refuses the value of the declared parameter; "" if it accepts it."""
    allowed, pattern = declared.get("allowedValues"), declared.get("allowedPattern")
    if allowed and value not in allowed:
        return f"{name} is '{value}'; allowed: {', '.join(allowed)}"
    if pattern and not re.fullmatch(pattern, value):
        return f"{name} is '{value}'; expected {_EXPECTED.get(name, f'a match of {pattern}')}"
    return ""


def _text(description: str, pattern: str, default: str = "") -> dict[str, Any]:
    return {
        "type": "String",
        "description": description,
        "default": default,
        "allowedPattern": pattern,
    }


def _choice(description: str, *values: str) -> dict[str, Any]:
    return {
        "type": "String",
        "description": description,
        "default": values[0],
        "allowedValues": list(values),
    }
