"""The parameters of a rule: strings, as AWS Config hands them over, read and checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from alarmchain.control import Call, Control

CHOICES: Mapping[str, tuple[str, ...]] = {
    "CallList": ("cis", "extended"),
    "FailedCalls": ("ignored", "required"),
    "RequireMultiRegionTrail": ("false", "true"),
    "UnprovableVerdict": ("NON_COMPLIANT", "NOT_APPLICABLE"),
    "AssumeRoleMode": ("false", "true"),
}
"""Parameters with a fixed set of values; the first is the default."""

FORMS: Mapping[str, tuple[str, str]] = {
    "AdditionalCalls": (
        r"\s*[a-z0-9-]+\.amazonaws\.com:[A-Za-z]\w*\s*(,\s*[a-z0-9-]+\.amazonaws\.com:[A-Za-z]\w*\s*)*",
        "SERVICE.amazonaws.com:EventName, separated by commas",
    ),
    "AlarmName": (r"(?s).{1,255}", "the name of an alarm, 1 to 255 characters"),
    "MetricName": (r"[^:*$]{1,255}", "the name of a metric, 1 to 255 characters without : * $"),
    "MetricNamespace": (
        r"[^:*$]{1,255}",
        "the namespace of a metric, 1 to 255 characters without : * $",
    ),
    "OrganizationTrailRoleArn": (
        r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]{1,576}",
        "the ARN of an IAM role",
    ),
    "ExecutionRoleName": (r"[\w+=,.@/-]{1,576}", "the name of an IAM role"),
    "ExecutionRoleRegion": (r"[a-z]{2}(-[a-z]+)+-[0-9]", "a region such as us-east-1"),
}
"""Parameters of free form: what a value looks like, and in words. Empty by default."""

NAMES = (*CHOICES, *FORMS)
_LONGEST = 80
"""Characters of a value that an error shows."""


class ParameterError(ValueError):
    """An unknown parameter or a wrong value; the message names it and what is allowed."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """What may be asked of a rule. Empty strings stand for "any" or "none"."""

    call_list: str = "cis"
    additional_calls: tuple[Call, ...] = ()
    failed_calls_required: bool = False
    alarm_name: str = ""
    metric_name: str = ""
    metric_namespace: str = ""
    require_multi_region_trail: bool = False
    organization_trail_role_arn: str = ""
    unprovable_verdict: str = "NON_COMPLIANT"

    @classmethod
    def read(cls, given: Mapping[str, object]) -> "Parameters":
        """Reads names and values as given; an empty value is the default. Raises ParameterError."""
        values = {name: _checked(name, value) for name, value in given.items()}
        get = values.get
        return cls(
            call_list=get("CallList") or "cis",
            additional_calls=tuple(
                # Not of our lists: whether its records are read-only is not known.
                Call.parse(text, read_only=None)
                for text in (get("AdditionalCalls") or "").split(",")
                if text.strip()
            ),
            failed_calls_required=get("FailedCalls") == "required",
            alarm_name=get("AlarmName") or "",
            metric_name=get("MetricName") or "",
            metric_namespace=get("MetricNamespace") or "",
            require_multi_region_trail=get("RequireMultiRegionTrail") == "true",
            organization_trail_role_arn=get("OrganizationTrailRoleArn") or "",
            unprovable_verdict=get("UnprovableVerdict") or "NON_COMPLIANT",
        )

    def calls(self, control: Control) -> dict[str, Call]:
        """The calls that must reach a person, by the name they are reported under.

        That is the eventName, or with the event source before it where two share a name.
        """
        wanted = list(control.calls["cis"])
        if self.call_list == "extended":
            wanted += control.calls["extended"]
        listed = {
            (call.event_source, call.event_name): call
            for calls in control.calls.values()
            for call in calls
        }
        for call in self.additional_calls:
            wanted.append(listed.get((call.event_source, call.event_name), call))
        calls: dict[str, Call] = {}
        for call in dict.fromkeys(wanted):
            name = call.event_name if call.event_name not in calls else str(call)
            calls[name] = call
        return calls


def _checked(name: str, value: object) -> str:
    if name not in NAMES:
        raise ParameterError(f"parameter {_shown(name)} is unknown; known: {', '.join(NAMES)}")
    if not isinstance(value, str):
        raise ParameterError(f"parameter '{name}' is {_shown(value)}; expected a string")
    if not value:
        return ""
    if name in CHOICES:
        if value not in CHOICES[name]:
            allowed = ", ".join(CHOICES[name])
            raise ParameterError(f"parameter '{name}' is {_shown(value)}; allowed: {allowed}")
    elif not re.fullmatch(FORMS[name][0], value, re.ASCII):
        raise ParameterError(f"parameter '{name}' is {_shown(value)}; expected {FORMS[name][1]}")
    return value


def _shown(value: object) -> str:
    """A value in one short line, so that what is allowed stands in an annotation too."""
    text = f"'{value}'" if isinstance(value, str) else repr(value)
    text = "".join(char if char.isprintable() else "?" for char in text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]}...'"
