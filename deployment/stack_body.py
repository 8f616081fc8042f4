"""Build the body of a rule's stack as RDK 1.0.0 sends it, to know its size before deployment."""

import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import yaml

from deployment.errors import DeploymentError

MOST_BYTES = 51_200
"""Of a TemplateBody (CloudFormation API reference, CreateStack). RDK uses no TemplateURL."""
_RULE = "rdkConfigRule"


def stack_body(folder: Path) -> str:
    """Return RDK's template with the remediation of the built rule folder.

    Raises DeploymentError if RDK is not installed.
    """
    parameters = json.loads((folder / "parameters.json").read_text())["Parameters"]
    body = _template()
    name = "".join(letter for letter in parameters["RuleName"] if letter.isalnum())
    automation, remediation = parameters.get("SSMAutomation"), parameters.get("Remediation")
    if automation and remediation:
        action = f"{name}RemediationAction"
        role = {"StaticValue": {"Values": [{"Fn::GetAtt": [f"{name}Role", "Arn"]}]}}
        body["Resources"]["Remediation"] = {
            "Type": "AWS::Config::RemediationConfiguration",
            "DependsOn": [_RULE, action],
            "Properties": {
                **remediation,
                "TargetId": {"Ref": action},
                "Parameters": {**remediation["Parameters"], "AutomationAssumeRole": role},
            },
        }
        document = json.loads((folder.parent / automation["Document"]).read_text())
        body["Resources"] |= {
            action: {
                "Type": "AWS::SSM::Document",
                "Properties": {"DocumentType": "Automation", "Content": document},
            },
            f"{name}Role": _role(parameters["RuleName"]),
            f"{name}Policy": _policy(parameters["RuleName"], f"{name}Role", automation["IAM"]),
        }
    return json.dumps(body, indent=2)


def _template() -> Any:
    try:
        file = distribution("rdk").locate_file("rdk/template/configRule.yaml")
    except PackageNotFoundError:
        raise DeploymentError("rdk is not installed for this Python: run make setup") from None
    return yaml.safe_load(Path(str(file)).read_text())


def _role(rule: str) -> dict[str, Any]:
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "ssm.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "Description": f"IAM Role to Support Config Remediation for {rule}",
            "Path": "/rdk-remediation-role/",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        },
    }


def _policy(rule: str, role: str, actions: list[str]) -> dict[str, Any]:
    statement = {"Action": actions, "Effect": "Allow", "Resource": "*"}
    return {
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "PolicyDocument": {"Statement": [statement], "Version": "2012-10-17"},
            "PolicyName": {"Fn::Sub": f"{rule}-Remediation-Policy-${{AWS::Region}}"},
            "Roles": [{"Ref": role}],
        },
    }
