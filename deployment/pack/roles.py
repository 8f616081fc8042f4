"""Build the roles of a pack from the policies of iam/lambda-role.yaml."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from deployment.folders import CHECKOUT
from deployment.pack.resource_names import FUNCTION, MEMBER_ROLE, RULES_ROLE

LAMBDA_ROLE = CHECKOUT / "iam" / "lambda-role.yaml"
READS = "read-the-chain"
REPORTS = "report-the-verdict"
FOLLOWS = "follow-the-organization-trail"
FOLLOWS_PARAMETER = "OrganizationTrailRoleArn"
FOLLOWS_CONDITION = "FollowsOrganizationTrail"

Template = dict[str, Any]


def trail_parameter() -> Template:
    """Return the Parameters and Conditions that the policies refer to."""
    source = _source()
    return {
        "Parameters": {FOLLOWS_PARAMETER: source["Parameters"][FOLLOWS_PARAMETER]},
        "Conditions": {FOLLOWS_CONDITION: source["Conditions"][FOLLOWS_CONDITION]},
    }


def rules_role() -> Template:
    """Return the functions' role in an account that has its own functions."""
    return _role(
        RULES_ROLE,
        "Allows alarmchain's AWS Config rules to read the chain from a trail to a subscriber",
        {"Service": "lambda.amazonaws.com"},
        [_policy(READS), _reports(), _policy(FOLLOWS)],
    )


def central_role() -> Template:
    """Return the role of central functions, which assume a role in the organization's accounts.

    It may also report on its own account, in case the member role cannot be assumed.
    """
    statement = {
        "Sid": "TakeTheMembersRole",
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Resource": {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::*:role/{MEMBER_ROLE}"},
        "Condition": {"StringEquals": {"aws:ResourceOrgID": {"Ref": "OrganizationId"}}},
    }
    return _role(
        RULES_ROLE,
        "Allows alarmchain's AWS Config rules to assume the role that reads a member account",
        {"Service": "lambda.amazonaws.com"},
        [_named("read-a-member", [statement]), _reports()],
    )


def member_role(central: str) -> Template:
    """Return the role in each member account, for the functions in account `central`."""
    role = _role(
        MEMBER_ROLE,
        "Allows alarmchain's central functions to read this account and report on it",
        # The account, not its role, as a trust policy can only name a role that exists.
        {"AWS": {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::{central}:root"}},
        [_policy(READS), _reports(own_log=False), _policy(FOLLOWS)],
    )
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    caller = {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::{central}:role/{RULES_ROLE}"}
    trust["Condition"] = {"ArnEquals": {"aws:PrincipalArn": caller}}
    return role


def named_role(
    name: str, description: str, principal: Any, statements: Iterable[Mapping[str, Any]]
) -> Template:
    """Return a role with one policy of the same name, for a service acting for this account."""
    role = _role(name, description, principal, [_named(name, list(statements))])
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    trust["Condition"] = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    return role


def _role(name: str, description: str, principal: Any, policies: list[Any]) -> Template:
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": name,
            "Description": description,
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
                ],
            },
            "Policies": policies,
        },
    }


def _named(name: str, statements: list[Any]) -> Template:
    return {
        "PolicyName": name,
        "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
    }


def _policy(name: str) -> Template:
    """Return a policy of iam/lambda-role.yaml, with its condition."""
    for item in _source()["Resources"]["Role"]["Properties"]["Policies"]:
        policy = item["Fn::If"][1] if "Fn::If" in item else item
        if policy["PolicyName"] == name:
            copied: Template = json.loads(json.dumps(item))
            return copied
    raise LookupError(f"{LAMBDA_ROLE.name} has no policy {name}")


def _reports(*, own_log: bool = True) -> Template:
    """Return the policy for PutEvaluations and, for a function's role, for its logs."""
    policy = _policy(REPORTS)
    document = policy["PolicyDocument"]
    (log,) = [item for item in document["Statement"] if item["Sid"] == "WriteOwnLog"]
    if own_log:
        group = f"log-group:/aws/lambda/{FUNCTION}*"
        arn = f"arn:${{AWS::Partition}}:logs:*:${{AWS::AccountId}}:{group}"
        log["Resource"].append({"Fn::Sub": arn})
    else:
        document["Statement"].remove(log)
    return policy


@cache
def _source() -> Template:
    from cfnlint.decode import decode  # slow to import, and most that import this need no role

    template, problems = decode(str(LAMBDA_ROLE))
    if template is None:
        raise LookupError(f"{LAMBDA_ROLE.name} can't be read: {problems}")
    found: Template = json.loads(json.dumps(template))
    return found
