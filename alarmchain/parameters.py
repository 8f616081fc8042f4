"""The parameters of a rule: strings, as AWS Config passes them, read and checked."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from alarmchain import exemption
from alarmchain.control import LISTS, Call, Control
from alarmchain.place import ACCOUNT_ID, REGION_NAME
from alarmchain.printable import printable
from alarmchain.proof.prove import is_exempted
from alarmchain.records.record_class import RecordClass, api_call, matching_records

CHOICES: Mapping[str, tuple[str, ...]] = {
    "CallList": ("cis", "extended"),
    "FailedCalls": ("ignored", "required"),
    "RequireMultiRegionTrail": ("false", "true"),
    "Subscribers": ("any", "person"),
    "UnprovableVerdict": ("NON_COMPLIANT", "NOT_APPLICABLE"),
    "AssumeRoleMode": ("false", "true"),
}
"""Parameters with a fixed set of values; the first is the default."""

FORMS: Mapping[str, tuple[str, str]] = {
    "AdditionalCalls": (
        r"\s*[a-z0-9-]+\.amazonaws\.com:[A-Za-z]\w*\s*(,\s*[a-z0-9-]+\.amazonaws\.com:[A-Za-z]\w*\s*)*",
        "SERVICE.amazonaws.com:EventName, separated by commas",
    ),
    "ExemptRecords": (
        rf"(?s).{{1,{exemption.MOST_CHARACTERS}}}",
        f"a filter pattern on the caller's identity, up to {exemption.MOST_CHARACTERS} characters",
    ),
    "AlarmName": (r"(?s).{1,255}", "the name of an alarm, 1 to 255 characters"),
    "MetricName": (r"[^:*$]{1,255}", "the name of a metric, 1 to 255 characters without : * $"),
    "EventsBeforeAlarm": (r"[1-9][0-9]?|100", "a whole number from 1 to 100"),
    "MetricNamespace": (
        r"[^:*$]{1,255}",
        "the namespace of a metric, 1 to 255 characters without : * $",
    ),
    "OrganizationId": (r"o-[a-z0-9]{10,32}", "the id of an organization, such as o-exampleorgid"),
    "OrganizationTrailRoleArn": (
        rf"arn:aws[a-z-]*:iam::{ACCOUNT_ID.pattern}:role/[\w+=,.@/-]{{1,576}}",
        "the ARN of an IAM role",
    ),
    "ExecutionRoleName": (r"[\w+=,.@/-]{1,576}", "the name of an IAM role"),
    "ExecutionRoleRegion": (REGION_NAME.pattern, "a region such as us-east-1"),
}
"""Parameters with other values: the form of a value, and in words. The default is empty.

ExecutionRoleRegion is a parameter of rdklib's rules. It is accepted and has no effect: a verdict is
reported to the rule's own region.
"""

NAMES = (*CHOICES, *FORMS)
CONTROL = "Control"
"""The parameter of AWS Config's rules that names the control. It is not one of NAMES: it chooses
what is evaluated, and not how. A function of several rules needs it (`shared_function`)."""
MOST_CHARACTERS = 1024
"""AWS Config's limit on all parameters of a rule together, as JSON. Source: AWS Config API
reference, ConfigRule (InputParameters)."""
_LONGEST = 80
"""How many characters of a value an error shows."""


class ParameterError(ValueError):
    """An unknown parameter or a wrong value; the message names it and what is allowed."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The checked parameters of a rule. An empty string means "any" or "none".

    `exempted`: the pattern of the records that need not reach a person. `given`: the parameters
    with a value, as they were given.
    """

    call_list: str = "cis"
    additional_calls: tuple[Call, ...] = ()
    exempted: str = ""
    failed_calls_required: bool = False
    alarm_name: str = ""
    metric_name: str = ""
    metric_namespace: str = ""
    events_before_alarm: int | None = None
    require_multi_region_trail: bool = False
    organization_id: str = ""
    organization_trail_role_arn: str = ""
    person: bool = False
    unprovable_verdict: str = "NON_COMPLIANT"
    given: Mapping[str, str] = field(default_factory=dict, compare=False)

    @classmethod
    def read(cls, raw_parameters: Mapping[str, object]) -> "Parameters":
        """Return the parameters by their names; an empty value is the default.

        Raises ParameterError.
        """
        values = {name: _checked(name, value) for name, value in raw_parameters.items()}
        given = {name: text for name, text in values.items() if text}
        length = len(json.dumps(given, ensure_ascii=False))
        if length > MOST_CHARACTERS:
            raise ParameterError(
                f"the parameters have {length} characters together as JSON; AWS Config allows at"
                f" most {MOST_CHARACTERS}: shorten the longest"
            )
        get = values.get
        return cls(
            call_list=get("CallList") or "cis",
            additional_calls=tuple(
                # No list has this call, so it is unknown whether its records are read-only.
                Call.parse(text, read_only=None)
                for text in (get("AdditionalCalls") or "").split(",")
                if text.strip()
            ),
            exempted=get("ExemptRecords") or "",
            failed_calls_required=get("FailedCalls") == "required",
            alarm_name=get("AlarmName") or "",
            metric_name=get("MetricName") or "",
            metric_namespace=get("MetricNamespace") or "",
            events_before_alarm=int(get("EventsBeforeAlarm") or 0) or None,
            require_multi_region_trail=get("RequireMultiRegionTrail") == "true",
            organization_id=get("OrganizationId") or "",
            organization_trail_role_arn=get("OrganizationTrailRoleArn") or "",
            person=get("Subscribers") == "person",
            unprovable_verdict=get("UnprovableVerdict") or "NON_COMPLIANT",
            given=given,
        )

    def required_classes(
        self, control: Control, *, region: str | None, account: str | None
    ) -> dict[str, RecordClass]:
        """Return the classes of records that must reach a person, by the names that reports show.

        The calls come first. A call's name is its eventName; if two calls share it, the second has
        its event source before it. None for `region` or `account` leaves that open. Raises
        ParameterError if ExemptRecords exempts every record of a class.
        """
        classes: dict[str, RecordClass] = {}
        reserved = {records.name for listed in control.records.values() for records in listed}
        for call in self.calls(control):
            name = call.event_name
            if name in classes or name in reserved:
                name = str(call)
            classes[name] = api_call(
                call.event_source,
                call.event_name,
                region=region,
                account=account,
                read_only=call.read_only,
                failed=None if self.failed_calls_required else False,
                exempted=self.exempted,
                events=self.events_before_alarm or 1,
            )
        for key in self._lists:
            for records in control.records[key]:
                classes[records.name] = matching_records(
                    records.name,
                    records.pattern,
                    region=region,
                    account=account,
                    exempted=self.exempted,
                    events=self.events_before_alarm or records.events,
                )
        for name, required in classes.items():
            if is_exempted(required):
                raise ParameterError(
                    f"parameter 'ExemptRecords' exempts every record of {name}; exempt fewer, or"
                    f" remove the rule {control.name}"
                )
        return classes

    def calls(self, control: Control) -> tuple[Call, ...]:
        """Return the calls that must reach a person, each once."""
        listed = {
            (call.event_source, call.event_name): call
            for calls in control.calls.values()
            for call in calls
        }
        required = [call for key in self._lists for call in control.calls[key]]
        for call in self.additional_calls:
            required.append(listed.get((call.event_source, call.event_name), call))
        return tuple(dict.fromkeys(required))

    @property
    def _lists(self) -> tuple[str, ...]:
        return LISTS if self.call_list == "extended" else LISTS[:1]


def _checked(name: str, value: object) -> str:
    if name not in NAMES:
        raise ParameterError(f"parameter {shown(name)} is unknown; known: {', '.join(NAMES)}")
    if not isinstance(value, str):
        raise ParameterError(f"parameter '{name}' is {shown(value)}; expected a string")
    if not value:
        return ""
    if name in CHOICES:
        if value not in CHOICES[name]:
            allowed = ", ".join(CHOICES[name])
            raise ParameterError(f"parameter '{name}' is {shown(value)}; allowed: {allowed}")
    elif not re.fullmatch(FORMS[name][0], value, re.ASCII):
        raise ParameterError(f"parameter '{name}' is {shown(value)}; expected {FORMS[name][1]}")
    if name == "ExemptRecords":
        try:
            exemption.check_exemption(value)
        except exemption.ExemptionError as error:
            raise ParameterError(f"parameter '{name}': {error}") from None
    return value


def shown(value: object) -> str:
    """Return the value in one short line, so that an annotation also shows what is allowed."""
    text = printable(f"'{value}'" if isinstance(value, str) else repr(value))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]}...'"
