"""The checks of a template that CloudFormation makes before it creates anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from localaws.cloudformation.references import in_order, references

PSEUDO_PARAMETERS = {
    "AWS::AccountId", "AWS::NoValue", "AWS::NotificationARNs", "AWS::Partition", "AWS::Region",
    "AWS::StackId", "AWS::StackName", "AWS::URLSuffix",
}  # fmt: skip


def problem(
    template: Mapping[str, Any], values: Mapping[str, Any], known_types: set[str]
) -> str | None:
    """Return AWS's message on the first fault of a template or its parameters; None if valid."""
    resources = template.get("Resources", {})
    parameters = template.get("Parameters", {})
    types = {str(each.get("Type")) for each in resources.values()}
    missing = sorted(types - known_types)
    missing = [name for name in missing if not name.startswith("Custom::")]
    if missing:
        return f"the local AWS does not implement resource types {missing}"
    defined = PSEUDO_PARAMETERS | set(resources) | set(parameters)
    undefined = sorted(set(references([dict(each) for each in resources.values()])) - defined)
    if undefined:
        listed = ", ".join(undefined)
        return (
            f"Template format error: Unresolved resource dependencies [{listed}] "
            "in the Resources block of the template"
        )
    try:
        in_order(resources)
    except ValueError as circle:
        return f"Circular dependency between resources: [{circle}]"
    unknown = sorted(set(values) - set(parameters))
    if unknown:
        return f"Parameters: [{', '.join(unknown)}] do not exist in the template"
    return _parameter_problem(parameters, values)


def _parameter_problem(parameters: Mapping[str, Any], values: Mapping[str, Any]) -> str | None:
    for name, slot in parameters.items():
        value = values.get(name, slot.get("Default"))
        if value is None:
            continue
        text = str(value)
        if "AllowedValues" in slot and text not in [str(each) for each in slot["AllowedValues"]]:
            allowed = ", ".join(map(str, slot["AllowedValues"]))
            return f"Parameter '{name}' must be one of AllowedValues: [{allowed}]"
        if len(text) < int(slot.get("MinLength", 0)):
            return f"Parameter '{name}' must contain at least {slot['MinLength']} characters"
        if len(text) > int(slot.get("MaxLength", len(text))):
            return f"Parameter '{name}' must contain at most {slot['MaxLength']} characters"
        pattern = slot.get("AllowedPattern")
        if pattern and not re.fullmatch(pattern, text):
            return f"Parameter '{name}' must match pattern {pattern}"
    return None
