"""What AWS Config hands to a rule's Lambda, read once; nothing in it is taken for granted."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.arn import Arn
from alarmchain.parameters import CHOICES, ParameterError, Parameters


class EventError(Exception):
    """An event to which no verdict can be reported; the message names what it lacks."""


@dataclass(frozen=True, slots=True)
class ConfigEvent:
    """One evaluation that is asked for.

    `event`: as rdklib can use it, a scheduled one whatever the trigger was, for the verdict is
    always on the whole account. `given`: the rule parameters as they came, {} where they can't be
    read; `parameters`: checked, or what is wrong with them. `here`: the account that the Lambda
    runs in, "" if that is not told.
    """

    event: Mapping[str, Any]
    account: str
    region: str
    here: str
    given: Mapping[str, Any]
    parameters: Parameters | ParameterError

    @classmethod
    def read(cls, event: Mapping[str, Any], context: object) -> "ConfigEvent":
        """Raises EventError, only where there is nowhere to report to."""
        rule = Arn.parse(event.get("configRuleArn"))
        invoking = _invoking(event)
        account = event.get("accountId") or invoking.get("awsAccountId")
        account = account or (rule.account if rule else "")
        region = rule.region if rule else os.environ.get("AWS_REGION", "")
        for name, value in (
            ("resultToken", event.get("resultToken")),
            ("accountId", account),
            ("configRuleArn", region),
        ):
            if not value:
                raise EventError(f"the event has no {name}: this is no invocation by AWS Config")
        given, parameters = _parameters(event.get("ruleParameters"))
        function = Arn.parse(getattr(context, "invoked_function_arn", None))
        return cls(
            {
                "executionRoleArn": f"arn:{rule.partition if rule else 'aws'}:iam::{account}:role/",
                **event,
                "invokingEvent": json.dumps({**invoking, "messageType": "ScheduledNotification"}),
                "ruleParameters": json.dumps(given),
            },
            str(account),
            region,
            function.account if function else "",
            given,
            parameters,
        )

    @property
    def assumes_role(self) -> bool:
        """Whether a role is to be assumed: only where AssumeRoleMode or ExecutionRoleName asks for
        it, for AWS Config's own service-linked role can be assumed by nobody else."""
        mode = str(self.given.get("AssumeRoleMode") or "").lower()
        return mode == "true" or (mode == "" and bool(self.given.get("ExecutionRoleName")))

    @property
    def unprovable_verdict(self) -> str:
        """AWS Config's word for what is unknown, also where other parameters are wrong."""
        wanted = self.given.get("UnprovableVerdict")
        choices = CHOICES["UnprovableVerdict"]
        return str(wanted) if wanted in choices else choices[0]


def _invoking(event: Mapping[str, Any]) -> dict[str, Any]:
    try:
        invoking = json.loads(event.get("invokingEvent") or "")
    except (TypeError, ValueError):
        invoking = None
    if not isinstance(invoking, dict) or not invoking.get("notificationCreationTime"):
        raise EventError("the event's invokingEvent has no notificationCreationTime")
    return invoking


def _parameters(text: object) -> tuple[Mapping[str, Any], Parameters | ParameterError]:
    try:
        given = json.loads(text.strip() or "null") if isinstance(text, str) else text
    except ValueError as error:
        return {}, ParameterError(f"ruleParameters cannot be read as JSON: {error}")
    given = {} if given is None else given
    if not isinstance(given, dict):
        return {}, ParameterError(f"ruleParameters is {text!r}; expected a JSON object")
    try:
        return given, Parameters.read(given)
    except ParameterError as error:
        return given, error
