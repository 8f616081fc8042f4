"""Build the templates for organizations: the roles, and one template for StackSets."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from deployment.pack.options import EACH_ACCOUNT, EACH_PARTITION, Options
from deployment.pack.resource_names import PACK
from deployment.pack.roles import central_role, member_role, trail_parameter
from deployment.pack.rules import PackRule
from deployment.pack.template import pack_template
from deployment.pack.yaml_text import to_yaml

Template = dict[str, Any]


def member_template(central: str) -> Template:
    """Return the template for each member account: the role that the functions assume there."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The role that alarmchain's central functions assume to read this account",
        **trail_parameter(),
        "Resources": {"MemberRole": member_role(central)},
    }


def central_template() -> Template:
    """Return the template with the functions' role, for one stack in their account."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The role of alarmchain's central functions",
        "Parameters": {
            "OrganizationId": {
                "Description": "The organization whose accounts are evaluated",
                "Type": "String",
                "AllowedPattern": "o-[a-z0-9]{10,32}",
            }
        },
        "Resources": {"RulesRole": central_role()},
    }


def stack_set_template(pack: str, template: Template) -> Template:
    """Return the template of the prerequisites with the pack in it, the same for every account.

    `pack`: what `pack_of_each_account` returns; `template`: the prerequisites of each account.
    """
    resources = template["Resources"]
    # Only one region's stack has the roles, so the pack cannot depend on them.
    before = [name for name, item in resources.items() if item["Type"] != "AWS::IAM::Role"]
    resource = {
        "Type": "AWS::Config::ConformancePack",
        "DependsOn": before,
        "Properties": {"ConformancePackName": PACK, "TemplateBody": {"Fn::Sub": pack}},
    }
    return {
        **template,
        "Description": "alarmchain's conformance pack and everything that it needs",
        "Resources": {**resources, "Pack": resource},
    }


def pack_of_each_account(rules: Iterable[PackRule], options: Options) -> str:
    """Return the pack's text, in which CloudFormation replaces the account.

    So AWS Config reads the remediations' role as a literal ARN.
    """
    # CloudFormation must not replace anything in given values.
    literal = {name: value.replace("${", "${!") for name, value in options.values.items()}
    return to_yaml(pack_template(rules, replace(of_each_account(options), values=literal)))


def of_each_account(options: Options) -> Options:
    """Return the options with placeholders for the account and the partition."""
    return replace(options, account=EACH_ACCOUNT, partition=EACH_PARTITION)
