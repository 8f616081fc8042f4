"""AWS's checks of PutConfigRule and DeleteConfigRule, which moto lacks."""

from __future__ import annotations

from functools import wraps
from typing import Any

from localaws.behaviour import behaviour
from localaws.bridge import Caller
from localaws.config import evaluation
from localaws.config.state import state
from localaws.errors import AwsError
from localaws.lambda_.resources import find_function, require_permission

MAX_INPUT_PARAMETERS = 1024
"""Highest number of characters in InputParameters (AWS Config API, PutConfigRule)."""


def install() -> None:
    """Patch moto's backend."""
    from moto.config.models import ConfigBackend, Source
    from moto.config.responses import ConfigResponse

    if hasattr(ConfigBackend.put_config_rule, "__wrapped__"):
        return
    put, delete = ConfigBackend.put_config_rule, ConfigBackend.delete_config_rule
    make_source = Source.__init__

    @wraps(make_source)
    def init(
        self: Any, account_id: str, region: str, owner: str, source_identifier: str, **rest: Any
    ) -> None:
        """Look for the function in the account of its ARN; moto looks in the rule's account."""
        parts = source_identifier.split(":")
        if len(parts) > 4:
            account_id, region = parts[4], parts[3]
        make_source(self, account_id, region, owner, source_identifier, **rest)

    @wraps(put)
    def put_config_rule(self: Any, config_rule: dict[str, Any], tags: Any = None) -> str:
        _check(self, config_rule)
        answer = put(self, config_rule, tags)
        name = config_rule.get("ConfigRuleName")
        if name:
            state(self.account_id, self.region_name).status(name)
            if behaviour.evaluates_new_rules:
                caller = Caller(self.account_id, self.region_name, "")
                evaluation.evaluate_in_background(caller, self.config_rules[name])
        return answer

    @wraps(delete)
    def delete_config_rule(self: Any, rule_name: str) -> None:
        store = state(self.account_id, self.region_name)
        if rule_name in store.remediations:
            message = (
                f"The rule {rule_name} has a remediation action and cannot be deleted. Delete the "
                "remediation action associated with the rule before deleting the rule"
            )
            raise AwsError("ResourceInUseException", message)
        delete(self, rule_name)
        store.forget_rule(rule_name)

    def put_evaluations(self: Any) -> str:
        caller = Caller(self.current_account, self.region, self.access_key)
        return evaluation.put_evaluations(
            caller,
            self._get_param("Evaluations"),
            self._get_param("ResultToken"),
            bool(self._get_param("TestMode")),
        )

    Source.__init__ = init
    ConfigBackend.put_config_rule = put_config_rule  # type: ignore[method-assign]
    ConfigBackend.delete_config_rule = delete_config_rule  # type: ignore[method-assign]
    ConfigResponse.put_evaluations = put_evaluations  # type: ignore[method-assign]


def _check(backend: Any, rule: dict[str, Any]) -> None:
    from moto.config.exceptions import InvalidParameterValueException

    if not backend.recorders:
        message = (
            "Configuration recorder is not available to put config rule. "
            "Create one with PutConfigurationRecorder"
        )
        raise AwsError("NoAvailableConfigurationRecorderException", message)
    if len(rule.get("InputParameters") or "") > MAX_INPUT_PARAMETERS:
        raise InvalidParameterValueException(
            f"InputParameters must be at most {MAX_INPUT_PARAMETERS} characters"
        )
    source = rule.get("Source", {})
    identifier = source.get("SourceIdentifier", "")
    if source.get("Owner") == "CUSTOM_LAMBDA" and identifier.startswith("arn:"):
        message = (
            f"The AWS Lambda function {identifier} cannot be invoked. Check the specified "
            "function ARN, and check the function's permissions."
        )
        function = find_function(identifier)
        if function is None:
            raise AwsError("InsufficientPermissionsException", message)
        require_permission(function, "config.amazonaws.com", message)
