"""Conformance pack templates: AWS's checks, and the names that the rules get. Pure."""

from __future__ import annotations

import copy
import json
from typing import Any

from localaws.errors import AwsError

MAX_BODY = 51_200
"""Highest number of bytes in a TemplateBody."""
MAX_IN_S3 = 307_200
"""Highest number of bytes at a TemplateS3Uri."""
MAX_PARAMETERS = 60
ALLOWED_TYPES = {"AWS::Config::ConfigRule", "AWS::Config::RemediationConfiguration"}


def parse(body: str, source: str = "TemplateBody") -> dict[str, Any]:
    """Return a template from its JSON or YAML text.

    source is the parameter that gives it: TemplateBody or TemplateS3Uri. Raises
    InvalidParameterValueException if it is too long, and ConformancePackTemplateValidationException
    if it is not a template.
    """
    from moto.cloudformation.models import Stack
    from yaml import YAMLError

    most = MAX_BODY if source == "TemplateBody" else MAX_IN_S3
    if len(body.encode()) > most:
        message = f"{source} has {len(body.encode())} bytes; at most {most}"
        raise AwsError("InvalidParameterValueException", message)
    try:
        template = Stack.parse_template(body)
    except (ValueError, YAMLError) as error:
        raise _refused(f"not a template: {str(error).splitlines()[0]}") from None
    if not isinstance(template, dict) or not template.get("Resources"):
        raise _refused("At least one Resources member must be defined.")
    return template


def check_template(template: dict[str, Any], values: dict[str, str]) -> None:
    """Raise ConformancePackTemplateValidationException for a template that AWS refuses."""
    for name, resource in template["Resources"].items():
        if resource.get("Type") not in ALLOWED_TYPES:
            raise _refused(f"resource {name} has type {resource.get('Type')}; {_allowed()}")
    parameters = template.get("Parameters", {})
    if len(parameters) > MAX_PARAMETERS:
        raise _refused(f"{len(parameters)} parameters; at most {MAX_PARAMETERS}")
    unknown = sorted(set(values) - set(parameters))
    if unknown:
        raise _refused(f"input parameters {unknown} are not in the template")
    for name, resource in template["Resources"].items():
        if "ConfigRuleName" not in resource.get("Properties", {}):
            raise _refused(f"resource {name} has no ConfigRuleName")


def _allowed() -> str:
    return f"allowed are {' and '.join(sorted(ALLOWED_TYPES))}"


def _refused(message: str) -> AwsError:
    return AwsError("ConformancePackTemplateValidationException", message)


def suffixed(template: dict[str, Any], identifier: str) -> str:
    """Return the template as JSON, with AWS Config's ``-<identifier>`` after each rule's name."""
    changed = copy.deepcopy(template)
    for resource in changed["Resources"].values():
        properties = resource["Properties"]
        name = properties["ConfigRuleName"]
        if isinstance(name, str):
            properties["ConfigRuleName"] = f"{name}-{identifier}"
        elif resource["Type"] == "AWS::Config::ConfigRule":
            properties["ConfigRuleName"] = {"Fn::Join": ["-", [name, identifier]]}
    return json.dumps(changed)


def rule_names(body: str) -> tuple[str, ...]:
    """Return the literal names of the rules in a suffixed template."""
    resources = json.loads(body)["Resources"].values()
    return tuple(
        resource["Properties"]["ConfigRuleName"]
        for resource in resources
        if resource["Type"] == "AWS::Config::ConfigRule"
        and isinstance(resource["Properties"]["ConfigRuleName"], str)
    )
