"""What PutRemediationConfigurations refuses (API reference, RemediationConfiguration)."""

from __future__ import annotations

from typing import Any

from localaws import accounts
from localaws.bridge import Caller
from localaws.config.state import State
from localaws.errors import AwsError

MAX_PARAMETERS = 25
MAX_VALUE = 256


def check_configuration(caller: Caller, rule: Any, given: dict[str, Any], mine: State) -> None:
    """Raise AWS's error for a configuration that it would refuse."""
    name = rule.config_rule_name
    packed = any(name in pack.rules for pack in mine.packs.values())
    if packed and accounts.principal_of(caller.access_key) != "cloudformation":
        message = f"{name} belongs to a conformance pack; its remediation is in the pack's template"
        raise AwsError("InsufficientPermissionsException", message)
    if given.get("TargetType") != "SSM_DOCUMENT":
        raise _invalid(f"TargetType is {given.get('TargetType')}; expected SSM_DOCUMENT")
    parameters = given.get("Parameters", {})
    if len(parameters) > MAX_PARAMETERS:
        raise _invalid(f"Parameters has {len(parameters)} entries; at most {MAX_PARAMETERS}")
    for key, value in parameters.items():
        _check_parameter(key, value)
    if given.get("Automatic"):
        _check_automatic(given)


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


def _check_automatic(given: dict[str, Any]) -> None:
    if "AutomationAssumeRole" not in given.get("Parameters", {}):
        raise _invalid("AutomationAssumeRole is required for automatic remediation")
    for key, highest in (("MaximumAutomaticAttempts", 25), ("RetryAttemptSeconds", 2_678_000)):
        value = given.get(key)
        if value is None:
            raise _invalid(f"{key} is required for automatic remediation")
        if not 1 <= value <= highest:
            raise _invalid(f"{key} is {value}; expected 1 to {highest}")


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValueException", message)
