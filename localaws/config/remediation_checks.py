"""The checks of PutRemediationConfigurations (AWS Config API, RemediationConfiguration)."""

from __future__ import annotations

from typing import Any

from localaws import accounts
from localaws.bridge import Caller
from localaws.config.state import State
from localaws.errors import AwsError

MAX_PARAMETERS = 25
MAX_VALUE = 256


def check_configuration(
    caller: Caller, rule: Any, configuration: dict[str, Any], store: State
) -> None:
    """Raise AWS's error for an invalid configuration."""
    name = rule.config_rule_name
    in_pack = any(name in pack.rules for pack in store.packs.values())
    if in_pack and accounts.principal_of(caller.access_key) != "cloudformation":
        message = f"{name} belongs to a conformance pack; its remediation is in the pack's template"
        raise AwsError("InsufficientPermissionsException", message)
    if configuration.get("TargetType") != "SSM_DOCUMENT":
        raise _invalid(f"TargetType is {configuration.get('TargetType')}; expected SSM_DOCUMENT")
    parameters = configuration.get("Parameters", {})
    if len(parameters) > MAX_PARAMETERS:
        raise _invalid(f"Parameters has {len(parameters)} entries; at most {MAX_PARAMETERS}")
    for key, value in parameters.items():
        _check_parameter(key, value)
    if configuration.get("Automatic"):
        _check_automatic(configuration)


def _check_parameter(key: str, value: dict[str, Any]) -> None:
    if value.get("ResourceValue"):
        if value["ResourceValue"].get("Value") != "RESOURCE_ID":
            raise _invalid(f"Parameters.{key}.ResourceValue: expected RESOURCE_ID")
        return
    values = value.get("StaticValue", {}).get("Values")
    if not values:
        raise _invalid(f"Parameters.{key}: expected ResourceValue or StaticValue.Values")
    for each in values:
        if not 1 <= len(each) <= MAX_VALUE:
            raise _invalid(
                f"Parameters.{key}.StaticValue has a value of {len(each)} characters; "
                f"expected 1 to {MAX_VALUE}"
            )


def _check_automatic(configuration: dict[str, Any]) -> None:
    if "AutomationAssumeRole" not in configuration.get("Parameters", {}):
        raise _invalid("AutomationAssumeRole is required for automatic remediation")
    for key, highest in (("MaximumAutomaticAttempts", 25), ("RetryAttemptSeconds", 2_678_000)):
        value = configuration.get(key)
        if value is None:
            raise _invalid(f"{key} is required for automatic remediation")
        if not 1 <= value <= highest:
            raise _invalid(f"{key} is {value}; expected 1 to {highest}")


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValueException", message)
