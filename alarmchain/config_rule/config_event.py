"""The event that AWS Config sends to a rule's Lambda function, read and checked."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.arn import Arn
from alarmchain.parameters import CHOICES, CONTROL, ParameterError, Parameters, shown


class EventError(Exception):
    """An event to which no verdict can be reported; the message names what is missing."""


@dataclass(frozen=True, slots=True)
class ConfigEvent:
    """One evaluation that AWS Config asks for.

    `event`: the event for rdklib, always as a scheduled one, because every verdict is on the whole
    account, for every kind of trigger. `function_account`: the account in which the Lambda function
    runs, "" if unknown. `raw_parameters`: the rule parameters as received, {} if they cannot be
    read. `control_name`: the value of the parameter `Control`, "" if it is not given. `parameters`:
    the other parameters, checked, or the error in them.
    """

    event: Mapping[str, Any]
    account: str
    region: str
    function_account: str
    raw_parameters: Mapping[str, Any]
    control_name: str
    parameters: Parameters | ParameterError

    @classmethod
    def read(cls, event: Mapping[str, Any], context: object) -> "ConfigEvent":
        """Return the checked event. Raises EventError only if no verdict can be reported to it."""
        rule = Arn.parse(event.get("configRuleArn"))
        invoking_event = _invoking_event(event)
        account = event.get("accountId") or invoking_event.get("awsAccountId")
        account = account or (rule.account if rule else "")
        region = rule.region if rule else os.environ.get("AWS_REGION", "")
        for name, value in (
            ("resultToken", event.get("resultToken")),
            ("accountId", account),
            ("configRuleArn", region),
        ):
            if not value:
                raise EventError(f"the event has no {name}; expected an event from AWS Config")
        raw_parameters, control_name, parameters = _parameters(event.get("ruleParameters"))
        function = Arn.parse(getattr(context, "invoked_function_arn", None))
        partition = rule.partition if rule else "aws"
        scheduled = {**invoking_event, "messageType": "ScheduledNotification"}
        return cls(
            event={
                "executionRoleArn": f"arn:{partition}:iam::{account}:role/",
                **event,
                "invokingEvent": json.dumps(scheduled),
                "ruleParameters": json.dumps(raw_parameters),
            },
            account=str(account),
            region=region,
            function_account=function.account if function else "",
            raw_parameters=raw_parameters,
            control_name=control_name,
            parameters=parameters,
        )

    @property
    def assumes_role(self) -> bool:
        """Whether the rule assumes a role before it reads the account.

        Only if AssumeRoleMode or ExecutionRoleName asks for it: rdklib's default role, AWS Config's
        service-linked role, can be assumed by AWS Config alone.
        """
        mode = str(self.raw_parameters.get("AssumeRoleMode") or "").lower()
        return mode == "true" or (mode == "" and bool(self.raw_parameters.get("ExecutionRoleName")))

    @property
    def unprovable_verdict(self) -> str:
        """AWS Config's word for an unknown verdict, also if other parameters are wrong."""
        value = self.raw_parameters.get("UnprovableVerdict")
        choices = CHOICES["UnprovableVerdict"]
        return str(value) if value in choices else choices[0]


def _invoking_event(event: Mapping[str, Any]) -> dict[str, Any]:
    try:
        invoking_event = json.loads(event.get("invokingEvent") or "")
    except (TypeError, ValueError):
        invoking_event = None
    if not isinstance(invoking_event, dict) or not invoking_event.get("notificationCreationTime"):
        raise EventError("the event's invokingEvent has no notificationCreationTime")
    return invoking_event


def _parameters(text: object) -> tuple[Mapping[str, Any], str, Parameters | ParameterError]:
    """Return the parameters as received, the control's name, and the other parameters checked."""
    try:
        raw = json.loads(text.strip() or "null") if isinstance(text, str) else text
    except ValueError as error:
        return {}, "", ParameterError(f"ruleParameters cannot be read as JSON: {error}")
    raw = {} if raw is None else raw
    if not isinstance(raw, dict):
        return {}, "", ParameterError(f"ruleParameters is {text!r}; expected a JSON object")
    control_name = raw.get(CONTROL, "")
    if not isinstance(control_name, str):
        wrong = f"parameter '{CONTROL}' is {shown(control_name)}; expected a string"
        return raw, "", ParameterError(wrong)
    others = {name: value for name, value in raw.items() if name != CONTROL}
    try:
        return raw, control_name, Parameters.read(others)
    except ParameterError as error:
        return raw, control_name, error
