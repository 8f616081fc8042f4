"""Build the stack of a rule's remediation: the document, its role and AWS Config's remediation.

It is a stack of its own because RDK sends a rule's stack with at most 51,200 bytes, of which the
document alone takes more than half. docs/decisions.md has the reasons.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alarmchain.remediation.parameters import value_error
from deployment.errors import DeploymentError
from deployment.pack.options import EACH_ACCOUNT, REMEDIATION_PREFIX, Options, check_remediation
from deployment.pack.remediation import ATTEMPTS, ATTEMPTS_PERIOD, remediation_role
from deployment.pack.rules import PackRule
from deployment.rule_values import given_values
from deployment.static_value_check import check_static_value


@dataclass(frozen=True, slots=True)
class RemediationChoice:
    """`kind` is one of REMEDIATIONS; `values` are the document's, by REMEDIATION_PREFIX + name."""

    kind: str = "manual"
    values: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise DeploymentError if the values are not for remediations, or do not fit the kind."""
        for name in self.values:
            if not name.startswith(REMEDIATION_PREFIX):
                raise DeploymentError(
                    f"parameter '{name}' is unknown; a remediation's parameter begins with"
                    f" {REMEDIATION_PREFIX}"
                )
        by_parameter = {
            name.removeprefix(REMEDIATION_PREFIX): value for name, value in self.values.items()
        }
        check_remediation(self.kind, by_parameter)


def stack_name(rule: str) -> str:
    """Return the name of the stack of the rule's remediation."""
    return f"{rule}-Remediation"


def remediation_body(folder: Path, choice: RemediationChoice) -> str:
    """Return the body of the stack of a rule folder's remediation.

    The kind of the choice is manual or automatic. Raises DeploymentError for a value that cannot
    be used.
    """
    rule = PackRule.read(folder)
    given = given_values(folder)
    document = json.loads(json.dumps(rule.document))
    declared = document["parameters"]
    # The values are defaults, so that they also apply to a start by hand. A list of
    # calls may also be longer than a static value.
    for name, value in _rule_values(rule.name, given, declared).items():
        declared[name]["default"] = value
    resources = {
        "Document": {
            "Type": "AWS::SSM::Document",
            "Properties": {"DocumentType": "Automation", "Content": document},
        },
        "Role": _role(rule, choice, given),
        "Remediation": _remediation(rule.name, choice, declared),
    }
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"The remediation of AWS Config rule {rule.name}",
        "Resources": resources,
        "Outputs": {
            "Document": {"Value": {"Ref": "Document"}},
            "Role": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}},
        },
    }
    return json.dumps(template, separators=(",", ":"))


def _role(rule: PackRule, choice: RemediationChoice, given: Mapping[str, str]) -> dict[str, Any]:
    """Return the role of the document's steps: that of the packs, without a fixed name."""
    own_alarm = {f"{rule.name}AlarmName": given["AlarmName"]} if "AlarmName" in given else {}
    values = {**choice.values, **own_alarm}
    role = remediation_role([rule], Options(choice.kind, EACH_ACCOUNT, values=values))
    del role["Properties"]["RoleName"]
    role["Properties"]["Path"] = "/alarmchain-remediation/"
    return role


def _remediation(
    rule: str, choice: RemediationChoice, declared: Mapping[str, Any]
) -> dict[str, Any]:
    automatic = choice.kind == "automatic"
    limits = {"MaximumAutomaticAttempts": ATTEMPTS, "RetryAttemptSeconds": ATTEMPTS_PERIOD}
    values: dict[str, Any] = {
        "AutomationAssumeRole": {"Fn::GetAtt": ["Role", "Arn"]},
        **_remediation_values(rule, declared, choice),
    }
    return {
        "Type": "AWS::Config::RemediationConfiguration",
        "Properties": {
            "ConfigRuleName": rule,
            "TargetType": "SSM_DOCUMENT",
            "TargetId": {"Ref": "Document"},
            "Automatic": automatic,
            **(limits if automatic else {}),
            "Parameters": {
                name: {"StaticValue": {"Values": [value]}} for name, value in values.items()
            },
        },
    }


def _rule_values(
    rule: str, given: Mapping[str, str], declared: Mapping[str, Any]
) -> dict[str, str]:
    """Return the values of the rule's parameters that its document has as well."""
    values = {name: value for name, value in given.items() if name in declared}
    for name, value in values.items():
        if error := value_error(name, value, declared[name]):
            raise DeploymentError(f"the remediation of {rule} refuses {error}")
    return values


def _remediation_values(
    rule: str, declared: Mapping[str, Any], choice: RemediationChoice
) -> dict[str, str]:
    """Return the values that are chosen for the remediation only."""
    known = [name for name in declared if name != "AutomationAssumeRole"]
    values = {}
    for name, value in choice.values.items():
        parameter = name.removeprefix(REMEDIATION_PREFIX)
        if parameter not in known:
            names = ", ".join(REMEDIATION_PREFIX + known_name for known_name in known)
            raise DeploymentError(f"{rule} has no parameter '{name}'; it has {names}")
        check_static_value(rule, name, value, declared[parameter])
        values[parameter] = value
    return values
