"""Organization rules and packs in every member account, with one function."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.server import LocalAws
from tests.localaws.builders import ACCOUNT, VERDICTS, put_function, start_recorder

CENTRAL = """
import json
import boto3

def handler(event, context):
    account = event["accountId"]
    keys = boto3.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/reporter", RoleSessionName="rule"
    )["Credentials"]
    boto3.client(
        "config",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    ).put_evaluations(
        ResultToken=event["resultToken"],
        Evaluations=[{
            "ComplianceResourceType": "AWS::::Account",
            "ComplianceResourceId": account,
            "ComplianceType": "COMPLIANT",
            "OrderingTimestamp": json.loads(event["invokingEvent"])["notificationCreationTime"],
        }],
    )
"""


@pytest.fixture
def members(local_aws: LocalAws) -> Any:
    """Create an organization of three accounts, each with a recorder."""
    organizations = local_aws.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    accounts = [
        organizations.create_account(AccountName=name, Email=f"{name}@example.com")[
            "CreateAccountStatus"
        ]["AccountId"]
        for name in ("one", "two")
    ]
    for account in (ACCOUNT, *accounts):
        start_recorder(local_aws, account=account)
    return accounts


def test_who_may_list_the_accounts(local_aws: LocalAws, members: Any) -> None:
    """The management account and a delegated administrator may; others get an error."""
    member, administrator = members
    local_aws.client("organizations").register_delegated_administrator(
        AccountId=administrator, ServicePrincipal="config-multiaccountsetup.amazonaws.com"
    )
    for account in (ACCOUNT, administrator):
        client = local_aws.client("organizations", "us-east-1", account)
        listed = {each["Id"] for each in client.list_accounts()["Accounts"]}
        assert listed == {ACCOUNT, *members}
    for account, code in (
        (member, "AccessDeniedException"),
        ("999988887777", "AWSOrganizationsNotInUseException"),
    ):
        with pytest.raises(ClientError) as caught:
            local_aws.client("organizations", "us-east-1", account).list_accounts()
        assert caught.value.response["Error"]["Code"] == code


def put(local_aws: LocalAws, function: str, **more: Any) -> None:
    """Create the organization rule ``r``."""
    local_aws.client("config").put_organization_config_rule(
        OrganizationConfigRuleName="r",
        OrganizationCustomRuleMetadata={
            "LambdaFunctionArn": function,
            "OrganizationConfigRuleTriggerTypes": ["ScheduledNotification"],
        },
        **more,
    )


def rules(local_aws: LocalAws, account: str) -> list[str]:
    """Return the names of an account's rules."""
    response = local_aws.client("config", "us-east-1", account).describe_config_rules()
    return [rule["ConfigRuleName"] for rule in response["ConfigRules"]]


def test_rule_in_every_member(local_aws: LocalAws, members: Any) -> None:
    """Every account gets the rule; a central function reports for a member."""
    put(local_aws, put_function(local_aws, CENTRAL))
    config = local_aws.client("config")
    status = config.describe_organization_config_rule_statuses()["OrganizationConfigRuleStatuses"]
    assert [each["OrganizationRuleStatus"] for each in status] == ["CREATE_SUCCESSFUL"]
    (name,) = rules(local_aws, members[0])
    assert name.startswith("OrgConfigRule-r-")
    member = local_aws.client("config", "us-east-1", members[0])
    member.start_config_rules_evaluation(ConfigRuleNames=[name])
    local_aws.settle()
    response = member.describe_compliance_by_config_rule()["ComplianceByConfigRules"]
    assert response[0]["Compliance"]["ComplianceType"] == "COMPLIANT"
    config.delete_organization_config_rule(OrganizationConfigRuleName="r")
    assert [rules(local_aws, account) for account in (ACCOUNT, *members)] == [[], [], []]


def test_excluded_accounts(local_aws: LocalAws, members: Any) -> None:
    """An excluded account does not get the rule, or loses it."""
    function = put_function(local_aws, CENTRAL)
    put(local_aws, function)
    put(local_aws, function, ExcludedAccounts=[members[1]])
    assert [len(rules(local_aws, account)) for account in (ACCOUNT, *members)] == [1, 1, 0]


def test_member_without_recorder(local_aws: LocalAws, members: Any) -> None:
    """An account that cannot have the rule fails alone, with its reason."""
    local_aws.client("config", "us-east-1", members[0]).delete_configuration_recorder(
        ConfigurationRecorderName="default"
    )
    put(local_aws, put_function(local_aws, CENTRAL))
    response = local_aws.client("config").get_organization_config_rule_detailed_status(
        OrganizationConfigRuleName="r"
    )["OrganizationConfigRuleDetailedStatus"]
    statuses = {each["AccountId"]: each for each in response}
    assert statuses[members[0]]["MemberAccountRuleStatus"] == "CREATE_FAILED"
    assert statuses[members[0]]["ErrorCode"] == "NoAvailableConfigurationRecorderException"
    assert statuses[members[1]]["MemberAccountRuleStatus"] == "CREATE_SUCCESSFUL"


def test_member_may_not(local_aws: LocalAws, members: Any) -> None:
    """Only the management account and a delegated administrator can create the rule."""
    member = local_aws.client("config", "us-east-1", members[0])
    arguments = {
        "OrganizationConfigRuleName": "r",
        "OrganizationCustomRuleMetadata": {
            "LambdaFunctionArn": put_function(local_aws, CENTRAL, account=members[0]),
            "OrganizationConfigRuleTriggerTypes": ["ScheduledNotification"],
        },
    }
    with pytest.raises(ClientError, match="OrganizationAccessDeniedException"):
        member.put_organization_config_rule(**arguments)
    organizations = local_aws.client("organizations")
    with pytest.raises(ClientError, match="InvalidInputException"):
        organizations.register_delegated_administrator(
            AccountId=members[0], ServicePrincipal="config.amazonaws.com"
        )
    organizations.register_delegated_administrator(
        AccountId=members[0], ServicePrincipal="config-multiaccountsetup.amazonaws.com"
    )
    member.put_organization_config_rule(**arguments)
    assert len(rules(local_aws, members[1])) == 1


def test_no_organization(local_aws: LocalAws) -> None:
    """An organization rule needs an organization."""
    with pytest.raises(ClientError, match="NoAvailableOrganizationException"):
        put(local_aws, put_function(local_aws, VERDICTS))


def test_stack(local_aws: LocalAws, members: Any) -> None:
    """`rdk deploy-organization` makes the rule with CloudFormation."""
    properties = {
        "OrganizationConfigRuleName": "r",
        "OrganizationCustomRuleMetadata": {
            "LambdaFunctionArn": put_function(local_aws, CENTRAL),
            "OrganizationConfigRuleTriggerTypes": ["ScheduledNotification"],
        },
    }
    resource = {"Type": "AWS::Config::OrganizationConfigRule", "Properties": properties}
    stacks = local_aws.client("cloudformation")
    stacks.create_stack(StackName="s", TemplateBody=json.dumps({"Resources": {"R": resource}}))
    assert [len(rules(local_aws, account)) for account in (ACCOUNT, *members)] == [1, 1, 1]
    stacks.delete_stack(StackName="s")
    assert [len(rules(local_aws, account)) for account in (ACCOUNT, *members)] == [0, 0, 0]


def test_pack_in_every_member(local_aws: LocalAws, members: Any) -> None:
    """An organization pack creates and deletes a pack with its rule in every account."""
    rule = {
        "Type": "AWS::Config::ConfigRule",
        "Properties": {
            "ConfigRuleName": "r",
            "Source": {
                "Owner": "CUSTOM_LAMBDA",
                "SourceIdentifier": put_function(local_aws, CENTRAL),
                "SourceDetails": [
                    {"EventSource": "aws.config", "MessageType": "ScheduledNotification"}
                ],
            },
        },
    }
    config = local_aws.client("config")
    config.put_organization_conformance_pack(
        OrganizationConformancePackName="p",
        TemplateBody=json.dumps({"Resources": {"R": rule}}),
    )
    local_aws.settle()
    (status,) = config.describe_organization_conformance_pack_statuses()[
        "OrganizationConformancePackStatuses"
    ]
    assert status["Status"] == "CREATE_SUCCESSFUL"
    detailed = config.get_organization_conformance_pack_detailed_status(
        OrganizationConformancePackName="p"
    )["OrganizationConformancePackDetailedStatuses"]
    assert {each["AccountId"] for each in detailed} == {ACCOUNT, *members}
    for account in (ACCOUNT, *members):
        (name,) = rules(local_aws, account)
        assert name.startswith("r-conformance-pack-")
    config.delete_organization_conformance_pack(OrganizationConformancePackName="p")
    local_aws.settle()
    assert [rules(local_aws, account) for account in (ACCOUNT, *members)] == [[], [], []]
