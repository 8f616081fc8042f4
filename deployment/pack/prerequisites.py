"""The stack that stands before the pack: functions, permissions, roles, SSM documents."""

from collections.abc import Iterable, Mapping
from typing import Any

from deployment.pack.code import Code
from deployment.pack.names import (
    BUCKET_PREFIX,
    RULES_ROLE,
    document_name,
    function_name,
)
from deployment.pack.options import Options
from deployment.pack.remediation import remediation_role
from deployment.pack.roles import central_role, rules_role, trail_parameter
from deployment.pack.rules import PackRule

HERE = "RolesAreMadeHere"
MEMORY = 256  # MB, as RDK's
TIMEOUT = 60  # seconds, as RDK's

Template = dict[str, Any]


def prerequisites(
    rules: Iterable[PackRule], codes: Mapping[str, Code], options: Options
) -> Template:
    """The template, for each region; `codes` by rule. Raises ProblemError."""
    rules = tuple(rules)
    template: Template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "What alarmchain's conformance pack needs before it can be deployed",
        "Parameters": _parameters(),
        "Conditions": _conditions(),
        "Resources": {},
    }
    resources: Template = template["Resources"]
    resources["RulesRole"] = _made_here(central_role() if options.central else rules_role())
    if options.central:
        template["Parameters"]["OrganizationId"] = {
            "Description": "The organization whose accounts are looked at",
            "Type": "String",
            "AllowedPattern": "o-[a-z0-9]{10,32}",
        }
    else:
        for section, entries in trail_parameter().items():
            template[section] |= entries
    for rule in rules:
        resources[f"{rule.name}Function"] = _function(rule, codes[rule.name])
        resources[f"{rule.name}Permission"] = _permission(rule, options)
    if options.remediates:
        resources["RemediationRole"] = _made_here(remediation_role(rules))
        for rule in rules:
            resources[f"{rule.name}Document"] = _document(rule)
    return template


def _parameters() -> Template:
    return {
        "CodeBucketPrefix": {
            "Description": "The code is in the bucket of this name, a hyphen and the region",
            "Type": "String",
            "Default": BUCKET_PREFIX,
            "AllowedPattern": "[a-z0-9][a-z0-9-]{1,46}",
        },
        "RolesRegion": {
            "Description": "The region whose stack makes the account's roles; empty: this one",
            "Type": "String",
            "Default": "",
            "AllowedPattern": "([a-z]{2,}(-[a-z]+)+-[0-9]+)?",
        },
    }


def _conditions() -> Template:
    """Roles are the account's, and a stack is a region's: one of them makes the roles."""
    region = {"Ref": "RolesRegion"}
    here = [{"Fn::Equals": [region, ""]}, {"Fn::Equals": [region, {"Ref": "AWS::Region"}]}]
    return {HERE: {"Fn::Or": here}}


def _made_here(role: Template) -> Template:
    return {**role, "Condition": HERE}


def _function(rule: PackRule, code: Code) -> Template:
    role = f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{RULES_ROLE}"
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": function_name(rule.name),
            "Description": f"AWS Config rule {rule.name}",
            "Runtime": rule.runtime,
            "Handler": f"{rule.name}.lambda_handler",
            "MemorySize": MEMORY,
            "Timeout": TIMEOUT,
            "Role": {"Fn::If": [HERE, {"Fn::GetAtt": ["RulesRole", "Arn"]}, {"Fn::Sub": role}]},
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
        # AWS Config in the members invokes a central function, and nothing names them all here.
        properties["SourceAccount"] = {"Ref": "AWS::AccountId"}
    return {"Type": "AWS::Lambda::Permission", "Properties": properties}


def _document(rule: PackRule) -> Template:
    assert rule.remediation is not None  # noqa: S101 - the pack's template refused it before
    return {
        "Type": "AWS::SSM::Document",
        "Properties": {
            "Name": document_name(rule.name),
            "DocumentType": "Automation",
            "DocumentFormat": "JSON",
            # With a name of its own the document can't be replaced by another.
            "UpdateMethod": "NewVersion",
            "Content": rule.remediation.document,
        },
    }
