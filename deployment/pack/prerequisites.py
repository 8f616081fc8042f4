"""Build the stack that the pack needs: its function, the permission, roles, SSM documents."""

from collections.abc import Iterable
from typing import Any

from deployment.errors import DeploymentError
from deployment.pack.code import HANDLER, Code
from deployment.pack.options import Options
from deployment.pack.remediation import remediation_role
from deployment.pack.resource_names import FUNCTION, RULES_ROLE, document_name
from deployment.pack.roles import rules_role, trail_parameter
from deployment.pack.rules import PackRule

HERE = "RolesAreMadeHere"
MEMORY = 256  # MB, the same as RDK's
TIMEOUT = 60  # seconds, the same as RDK's

Template = dict[str, Any]


def prerequisites(rules: Iterable[PackRule], code: Code, options: Options) -> Template:
    """Return the template for each region. The role of a central function is in another stack.

    Raises DeploymentError.
    """
    rules = tuple(rules)
    template: Template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "What alarmchain's conformance pack needs before it can be deployed",
        "Parameters": {"CodeBucketPrefix": _BUCKET},
        "Resources": {},
    }
    if not options.central:
        template |= _with_roles(rules, options)
    resources: Template = template["Resources"]
    resources["Function"] = _function(rules, code, options)
    resources["Permission"] = _permission(options)
    if options.remediates:
        resources |= {f"{rule.name}Document": _document(rule) for rule in rules}
    return template


_BUCKET = {
    "Description": "The code is in the bucket PREFIX-REGION; this is its PREFIX",
    "Type": "String",
    "AllowedPattern": "[a-z0-9][a-z0-9-]{1,46}",
}
"""No default: bucket names are global, and the owner of such a bucket would supply the code."""
_ROLES_REGION = {
    "Description": "The region whose stack makes the account's roles; empty: this region",
    "Type": "String",
    "Default": "",
    "AllowedPattern": "([a-z]{2,}(-[a-z]+)+-[0-9]+)?",
}


def _with_roles(rules: tuple[PackRule, ...], options: Options) -> Template:
    """Return the template's parts for roles. One region's stack makes them for all regions."""
    region = {"Ref": "RolesRegion"}
    here = [{"Fn::Equals": [region, ""]}, {"Fn::Equals": [region, {"Ref": "AWS::Region"}]}]
    trail = trail_parameter()
    roles = {"RulesRole": _made_here(rules_role())}
    if options.remediates:
        roles["RemediationRole"] = _made_here(remediation_role(rules, options))
    return {
        "Parameters": {
            "CodeBucketPrefix": _BUCKET,
            "RolesRegion": _ROLES_REGION,
            **trail["Parameters"],
        },
        "Conditions": {HERE: {"Fn::Or": here}, **trail["Conditions"]},
        "Resources": roles,
    }


def _made_here(role: Template) -> Template:
    return {**role, "Condition": HERE}


def _function(rules: tuple[PackRule, ...], code: Code, options: Options) -> Template:
    arn = f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{RULES_ROLE}"
    role: Template = {"Fn::Sub": arn}
    if not options.central:
        role = {"Fn::If": [HERE, {"Fn::GetAtt": ["RulesRole", "Arn"]}, role]}
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": FUNCTION,
            "Description": "All AWS Config rules of alarmchain's conformance pack",
            "Runtime": _runtime(rules),
            "Handler": HANDLER,
            "MemorySize": MEMORY,
            "Timeout": TIMEOUT,
            "Role": role,
            "Code": {
                "S3Bucket": {"Fn::Sub": "${CodeBucketPrefix}-${AWS::Region}"},
                "S3Key": code.key,
            },
        },
    }


def _runtime(rules: tuple[PackRule, ...]) -> str:
    """Return the runtime of all rules. Raises DeploymentError if they have several."""
    by_runtime = {rule.runtime: rule.name for rule in rules}
    if len(by_runtime) > 1:
        runtimes = ", ".join(f"{name} has {runtime}" for runtime, name in by_runtime.items())
        raise DeploymentError(
            f"the rules of a pack share one function, so SourceRuntime must be the same: {runtimes}"
        )
    return next(iter(by_runtime))


def _permission(options: Options) -> Template:
    properties: Template = {
        "FunctionName": {"Fn::GetAtt": ["Function", "Arn"]},
        "Action": "lambda:InvokeFunction",
        "Principal": "config.amazonaws.com",
    }
    if not options.central:
        # AWS Config of every member account invokes a central function.
        properties["SourceAccount"] = {"Ref": "AWS::AccountId"}
    return {"Type": "AWS::Lambda::Permission", "Properties": properties}


def _document(rule: PackRule) -> Template:
    return {
        "Type": "AWS::SSM::Document",
        "Properties": {
            "Name": document_name(rule.name),
            "DocumentType": "Automation",
            "DocumentFormat": "JSON",
            # CloudFormation cannot replace a document that has a fixed name.
            "UpdateMethod": "NewVersion",
            "Content": rule.document,
        },
    }
