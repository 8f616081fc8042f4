"""The parameters of a control's document, and what each may look like. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from alarmchain.control import Control

_CALL = r"[a-z0-9-]+\.amazonaws\.com:[A-Za-z][A-Za-z0-9_]*"
_NO_REFERENCE = r"(?!.*\{\{)"
"""In a value, too, Systems Manager looks {{ssm:NAME}} up."""
_METRIC = rf"^{_NO_REFERENCE}[^:*$]{{0,255}}$"
_PINNED = {
    # 512, less what tells several filters apart
    "FilterName": rf"^{_NO_REFERENCE}[^:*]{{0,509}}$",
    "MetricName": _METRIC,
    "MetricNamespace": _METRIC,
    "AlarmName": rf"^{_NO_REFERENCE}.{{0,255}}$",
}


def parameters(control: Control) -> dict[str, dict[str, Any]]:
    """By name; all are strings, and have defaults."""
    names = control.names
    return {
        "AutomationAssumeRole": _text(
            "ARN of the role to act as; empty: your own permissions",
            r"^$|^arn:aws[a-z-]*:iam::[0-9]{12}:role/[^{]+$",
        ),
        "ConfigRuleName": _text(
            "Rule to evaluate anew; if there is none, its namesakes in conformance packs",
            r"^[^\s{]{1,128}$",
            control.name,
        ),
        "CallList": _choice("As of the rule", "cis", "extended"),
        "AdditionalCalls": _text("As of the rule", rf"^(\s*{_CALL}\s*(,|$))*$"),
        **{name: _pinned(name, names[name], pattern) for name, pattern in _PINNED.items()},
        "TopicArn": _text(
            f"Topic to tell, in the log group's region; empty: {names['TopicName']}",
            # No FIFO topic: CloudWatch publishes to standard ones alone.
            r"^$|^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$",
        ),
        "NotificationEmail": _text(
            "Address to subscribe; its owner has to confirm", r"^$|^[^@\s{]+@[^@\s{]+$"
        ),
        "LogGroupName": _text(
            "Log group of CloudTrail's records; empty: the first fit trail's",
            r"^[.\-_/#A-Za-z0-9]{0,512}$",
        ),
        "KmsKeyId": _text(
            "Customer-managed key for the topic, unless TopicArn is given",
            r"^[A-Za-z0-9:/_-]{0,2048}$",
        ),
        "DryRun": _choice("true: say what would be done, change nothing", "false", "true"),
    }


def _pinned(name: str, default: str, pattern: str) -> dict[str, Any]:
    other = "" if name == "MetricNamespace" else "; taken: with -alarmchain"
    return _text(f"Exactly this; empty: {default}{other}", pattern)


def refusal(name: str, value: str, declared: Mapping[str, Any]) -> str:
    """Why a document that declares the parameter so does not take the value; "" if it does."""
    allowed, pattern = declared.get("allowedValues"), declared.get("allowedPattern")
    if allowed and value not in allowed:
        return f"{name} is '{value}'; allowed: {', '.join(allowed)}"
    if pattern and not re.fullmatch(pattern, value):
        return f"{name} is '{value}'; expected what matches {pattern}"
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
