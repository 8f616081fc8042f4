"""Find what AWS Config would refuse in a conformance pack, before it is sent. Pure.

The limits are those of PutConformancePack, PutConfigRule and PutRemediationConfigurations in the
AWS Config API reference. cfn-lint does not check them.
"""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import yaml

from deployment.pack.references import conditions, references, resolved
from deployment.pack.yaml_text import from_yaml

MOST_BYTES = 307_200
"""Of a template in S3; one in the request has at most 51,200."""
MOST_PARAMETERS = 60
MOST_NAME = 128
SUFFIX = len("-conformance-pack-") + 9
"""The length of the suffix that AWS Config adds to the name of a pack's rule."""
MOST_DESCRIPTION = 256
MOST_INPUT = 1_024
MOST_REMEDIATION_PARAMETERS = 25
MOST_VALUE = 256
FREQUENCIES = ("One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours")
RULE = "AWS::Config::ConfigRule"
REMEDIATION = "AWS::Config::RemediationConfiguration"
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+")
_FUNCTION = re.compile(r"arn:[^:]+:lambda:[^:]+:[^:]+:function:[A-Za-z0-9_-]{1,64}")

Properties = Mapping[str, Any]


def pack_errors(body: str) -> tuple[str, ...]:
    """Return the errors of a pack's template, one line each."""
    return tuple(_errors(body))


def _errors(body: str) -> Iterator[str]:
    size = len(body.encode())
    if size > MOST_BYTES:
        yield f"the template has {size} bytes; at most {MOST_BYTES}"
    try:
        template = from_yaml(body)
    except yaml.YAMLError as error:
        yield f"the template is not valid YAML: {' '.join(str(error).split())}"
        return
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        yield "the template has no Resources"
        return
    parameters = template.get("Parameters", {})
    if len(parameters) > MOST_PARAMETERS:
        yield f"the template has {len(parameters)} parameters; at most {MOST_PARAMETERS}"
    yield from _dangling(template)
    rules = [
        resource.get("Properties", {}).get("ConfigRuleName")
        for resource in template["Resources"].values()
        if resource.get("Type") == RULE
    ]
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        errors: Iterator[str]
        match resource.get("Type"):
            case "AWS::Config::ConfigRule":
                # The name is not resolved, as it must be a literal.
                name_errors = _name(properties.get("ConfigRuleName"))
                errors = chain(name_errors, _rule(resolved(properties, template)))
            case "AWS::Config::RemediationConfiguration":
                errors = _remediation(properties, rules)
            case other:
                errors = iter([f"type is {other}; a pack may hold only {RULE} and {REMEDIATION}"])
        yield from (f"{name}: {error}" for error in errors)


def _dangling(template: Mapping[str, Any]) -> Iterator[str]:
    known = {*template.get("Parameters", {}), *template["Resources"]}
    used = set(references(template["Resources"])) | set(references(template.get("Conditions", {})))
    for name in sorted(used - known):
        yield f"'{name}' is referenced but not defined"
    for name in sorted(set(template.get("Parameters", {})) - used):
        yield f"parameter '{name}' is declared but not used"
    for name in sorted(
        set(conditions(template["Resources"])) - set(template.get("Conditions", {}))
    ):
        yield f"condition '{name}' is used but not defined"


def _rule(properties: Properties) -> Iterator[str]:
    description = properties.get("Description", "")
    if len(description) > MOST_DESCRIPTION:
        yield f"Description has {len(description)} characters; at most {MOST_DESCRIPTION}"
    text = json.dumps(properties.get("InputParameters", {}))
    if len(text) > MOST_INPUT:
        yield f"InputParameters has {len(text)} characters; at most {MOST_INPUT}"
    source = properties.get("Source", {})
    if source.get("Owner") != "CUSTOM_LAMBDA":
        yield f"Source.Owner is {source.get('Owner')!r}; expected 'CUSTOM_LAMBDA'"
    identifier = str(source.get("SourceIdentifier"))
    if not _FUNCTION.fullmatch(identifier):
        yield f"Source.SourceIdentifier is '{identifier}'; expected the ARN of a function"
    if not source.get("SourceDetails"):
        yield "Source.SourceDetails is missing; without it nothing starts the rule"
    for detail in source.get("SourceDetails", ()):
        yield from _detail(detail)


def _name(name: object) -> Iterator[str]:
    if not isinstance(name, str):
        yield f"ConfigRuleName is {name!r}; expected a literal name"
    elif not 1 <= len(name) <= MOST_NAME - SUFFIX:
        most = MOST_NAME - SUFFIX
        yield f"ConfigRuleName has {len(name)} characters; in a pack at most {most}"


def _detail(detail: Properties) -> Iterator[str]:
    expected = {"EventSource": "aws.config", "MessageType": "ScheduledNotification"}
    for key, value in expected.items():
        if detail.get(key) != value:
            yield f"SourceDetails.{key} is {detail.get(key)!r}; expected '{value}'"
    if detail.get("MaximumExecutionFrequency") not in FREQUENCIES:
        given = detail.get("MaximumExecutionFrequency")
        allowed = ", ".join(FREQUENCIES)
        yield f"MaximumExecutionFrequency is {given!r}; allowed: {allowed}"


def _remediation(properties: Properties, rules: list[Any]) -> Iterator[str]:
    if properties.get("ConfigRuleName") not in rules:
        yield f"ConfigRuleName {properties.get('ConfigRuleName')!r} is not a rule of the pack"
    if properties.get("TargetType") != "SSM_DOCUMENT" or not properties.get("TargetId"):
        yield "TargetType must be SSM_DOCUMENT, and TargetId the document's name"
    yield from _values(properties.get("Parameters", {}))
    if properties.get("Automatic") is True:
        for name, most in (("MaximumAutomaticAttempts", 25), ("RetryAttemptSeconds", 2_678_000)):
            number = properties.get(name)
            if not isinstance(number, int) or not 1 <= number <= most:
                yield f"{name} is {number!r}; automatic remediation needs 1 to {most}"


def _values(parameters: Properties) -> Iterator[str]:
    if len(parameters) > MOST_REMEDIATION_PARAMETERS:
        yield f"it has {len(parameters)} parameters; at most {MOST_REMEDIATION_PARAMETERS}"
    for name, value in parameters.items():
        for text in value.get("StaticValue", {}).get("Values", ()):
            if isinstance(text, str) and not 1 <= len(text) <= MOST_VALUE:
                yield f"Parameters.{name} has {len(text)} characters; expected 1 to {MOST_VALUE}"
    match parameters.get("AutomationAssumeRole"):
        case {"StaticValue": {"Values": [str(role)]}} if _ROLE.fullmatch(role):
            return
        case other:
            yield f"AutomationAssumeRole is {other!r}; expected the literal ARN of a role"
