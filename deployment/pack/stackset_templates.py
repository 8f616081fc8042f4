"""The other templates: the roles of an organization, and all in one for StackSets."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from deployment.pack.code import Code
from deployment.pack.options import EACH_ACCOUNT, EACH_PARTITION, Options
from deployment.pack.prerequisites import prerequisites
from deployment.pack.resource_names import PACK
from deployment.pack.roles import central_role, member_role, trail_parameter
from deployment.pack.rules import PackRule
from deployment.pack.template import pack_template
from deployment.pack.yaml_text import written

Template = dict[str, Any]


def member_template(central: str) -> Template:
    """The stack of each account of the organization: the role that the functions take there."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The role with which alarmchain's central functions read this account",
        **trail_parameter(),
        "Resources": {"MemberRole": member_role(central)},
    }


def central_template() -> Template:
    """The stack, once in the functions' account, with their role."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The role of alarmchain's central functions",
        "Parameters": {
            "OrganizationId": {
                "Description": "The organization whose accounts are looked at",
                "Type": "String",
                "AllowedPattern": "o-[a-z0-9]{10,32}",
            }
        },
        "Resources": {"RulesRole": central_role()},
    }


def stack_set(rules: Iterable[PackRule], codes: Mapping[str, Code], options: Options) -> Template:
    """The prerequisites and the pack in one stack: the same template for every account.

    Here CloudFormation fills the account into the pack's text, so that even the remediations' role
    is a literal ARN by the time that AWS Config reads it.
    """
    rules = tuple(rules)
    everywhere = replace(options, account=EACH_ACCOUNT, partition=EACH_PARTITION)
    template = prerequisites(rules, codes, everywhere)
    template["Description"] = "alarmchain's conformance pack with all that it needs"
    resources = template["Resources"]
    # Roles stand in one region's stack alone; what is depended on must be in this one.
    before = [name for name, one in resources.items() if one["Type"] != "AWS::IAM::Role"]
    # What is given as it stands is not filled in.
    literal = {name: value.replace("${", "${!") for name, value in options.values.items()}
    pack = pack_template(rules, replace(everywhere, values=literal))
    resources["Pack"] = {
        "Type": "AWS::Config::ConformancePack",
        "DependsOn": before,
        "Properties": {
            "ConformancePackName": PACK,
            "TemplateBody": {"Fn::Sub": written(pack)},
        },
    }
    return template
