"""Build the stack that the pack needs: functions, permissions, roles, SSM documents."""

from collections.abc import Iterable, Mapping
from typing import Any

from deployment.pack.code import Code
from deployment.pack.options import Options
from deployment.pack.remediation import remediation_role
from deployment.pack.resource_names import RULES_ROLE, document_name, function_name
from deployment.pack.roles import rules_role, trail_parameter
from deployment.pack.rules import PackRule

HERE = "RolesAreMadeHere"
MEMORY = 256  # MB, the same as RDK's
TIMEOUT = 60  # seconds, the same as RDK's

Template = dict[str, Any]


def prerequisites(
    rules: Iterable[PackRule], codes: Mapping[str, Code], options: Options
) -> Template:
    """Return the template for each region; `codes` is by rule.

    The role of central functions is in another stack. Raises DeploymentError.
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
    for rule in rules:
        resources[f"{rule.name}Function"] = _function(rule, codes[rule.name], options)
        resources[f"{rule.name}Permission"] = _permission(rule, options)
        if options.remediates:
            resources[f"{rule.name}Document"] = _document(rule)
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


def _function(rule: PackRule, code: Code, options: Options) -> Template:
    arn = f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{RULES_ROLE}"
    role: Template = {"Fn::Sub": arn}
    if not options.central:
        role = {"Fn::If": [HERE, {"Fn::GetAtt": ["RulesRole", "Arn"]}, role]}
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": function_name(rule.name),
            "Description": f"AWS Config rule {rule.name}",
            "Runtime": rule.runtime,
            "Handler": f"{rule.name}.lambda_handler",
            "MemorySize": MEMORY,
            "Timeout": TIMEOUT,
            "Role": role,
            "Code": {
                "S3Bucket": {"Fn::Sub": "${CodeBucketPrefix}-${AWS::Region}"},
                "S3Key": code.key,
            },
        },
    }


def _permission(rule: PackRule, options: Options) -> Template:
    properties: Template = {
        "FunctionName": {"Fn::GetAtt": [f"{rule.name}Function", "Arn"]},
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
