"""IAM enforcement, service-linked roles and quotas of the local AWS."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from localaws.calls import Call
from localaws.server import LocalAws
from localaws.throttling import Quota
from tests.localaws.builders import (
    VERDICTS,
    pack_template,
    put_function,
    put_stack,
    start_recorder,
    trust,
)


def allow(*actions: str, resource: str = "*", effect: str = "Allow") -> dict[str, Any]:
    """Return a policy statement."""
    return {"Effect": effect, "Action": list(actions), "Resource": resource}


def session_of_role(aws: LocalAws, *statements: dict[str, Any]) -> boto3.Session:
    """Create a role with an inline policy, and return a session of the role."""
    iam = aws.client("iam")
    role = iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=trust("lambda"))["Role"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    iam.put_role_policy(RoleName="deployer", PolicyName="p", PolicyDocument=policy)
    assumed = aws.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="test")
    keys = assumed["Credentials"]
    return boto3.Session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
        region_name="us-east-1",
    )


def client(aws: LocalAws, session: boto3.Session, service: str) -> Any:
    config = Config(retries={"total_max_attempts": 1})
    return session.client(service, endpoint_url=aws.endpoint, config=config)


ARN = "arn:aws:sns:us-east-1:123456789012:t"


@pytest.mark.parametrize(
    ("statements", "allowed"),
    [
        ([allow("sns:CreateTopic", resource=ARN)], True),
        ([allow("sns:Create*")], True),
        ([allow("SNS:*")], True),
        ([allow("sns:ListTopics")], False),
        ([allow("*"), allow("sns:CreateTopic", effect="Deny")], False),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], True),
        ([{"Effect": "Allow", "NotAction": "sns:*", "Resource": "*"}], False),
    ],
)
def test_policies_of_a_role(local_aws: LocalAws, statements: Any, allowed: bool) -> None:
    """A role needs an Allow for the action, and no Deny."""
    sns = client(local_aws, session_of_role(local_aws, *statements), "sns")
    local_aws.behaviour.enforces_iam = True
    if allowed:
        sns.create_topic(Name="t")
    else:
        with pytest.raises(ClientError, match="not authorized to perform: sns:CreateTopic"):
            sns.create_topic(Name="t")


def test_attached_policies_and_callers_without_policies(local_aws: LocalAws) -> None:
    """Managed policies count; the account's user may do everything; GetCallerIdentity is free."""
    session = session_of_role(local_aws, allow("s3:ListAllMyBuckets"))
    local_aws.behaviour.enforces_iam = True
    client(local_aws, session, "s3").list_buckets()
    client(local_aws, session, "sts").get_caller_identity()
    iam = client(local_aws, session, "iam")
    with pytest.raises(ClientError, match="iam:ListRoles"):
        iam.list_roles()
    local_aws.client("iam").attach_role_policy(
        RoleName="deployer", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"
    )
    assert iam.list_roles()["Roles"]


STACK = {
    "Resources": {
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": json.loads(trust("lambda"))},
        },
    }
}


@pytest.mark.parametrize("missing", ["sns:CreateTopic", "iam:CreateRole", None])
def test_cloudformation_uses_its_callers_permissions(
    local_aws: LocalAws, missing: str | None
) -> None:
    """A stack fails if its caller may not do what a resource needs."""
    needed = {"cloudformation:*", "sns:*", "iam:*"}
    deny = [allow(missing, effect="Deny")] if missing else []
    session = session_of_role(local_aws, allow(*needed), *deny)
    local_aws.behaviour.enforces_iam = True
    stack = put_stack(client(local_aws, session, "cloudformation"), STACK)
    if missing is None:
        assert stack["StackStatus"] == "CREATE_COMPLETE"
    else:
        assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
        assert missing in stack["StackStatusReason"]


@pytest.mark.parametrize("may_create", [True, False])
def test_conformance_pack_needs_its_service_linked_role(
    local_aws: LocalAws, may_create: bool
) -> None:
    """The first conformance pack creates AWSServiceRoleForConfigConforms."""
    start_recorder(local_aws)
    function = put_function(local_aws, VERDICTS)
    actions = ["config:*", *(["iam:CreateServiceLinkedRole"] if may_create else [])]
    config = client(local_aws, session_of_role(local_aws, allow(*actions)), "config")
    local_aws.behaviour.enforces_iam = True
    arguments = {"ConformancePackName": "p", "TemplateBody": pack_template(function)}
    if not may_create:
        with pytest.raises(ClientError, match="iam:CreateServiceLinkedRole"):
            config.put_conformance_pack(**arguments)
        return
    config.put_conformance_pack(**arguments)
    local_aws.settle()
    roles = local_aws.client("iam").list_roles(PathPrefix="/aws-service-role/")["Roles"]
    assert [role["Path"] for role in roles] == ["/aws-service-role/config-conforms.amazonaws.com/"]


@pytest.mark.parametrize(
    "missing", ["organizations:EnableAWSServiceAccess", "iam:CreateServiceLinkedRole", None]
)
def test_organization_rule_needs_organizations(local_aws: LocalAws, missing: str | None) -> None:
    """An organization rule enables AWS Config in the organization, with a service-linked role."""
    local_aws.client("organizations").create_organization(FeatureSet="ALL")
    start_recorder(local_aws)
    function = put_function(local_aws, VERDICTS)
    deny = [allow(missing, effect="Deny")] if missing else []
    session = session_of_role(local_aws, allow("config:*", "organizations:*", "iam:*"), *deny)
    config = client(local_aws, session, "config")
    local_aws.behaviour.enforces_iam = True
    rule = {
        "OrganizationConfigRuleName": "r",
        "OrganizationCustomRuleMetadata": {
            "LambdaFunctionArn": function,
            "OrganizationConfigRuleTriggerTypes": ["ScheduledNotification"],
        },
    }
    if missing:
        with pytest.raises(ClientError, match=missing):
            config.put_organization_config_rule(**rule)
        return
    config.put_organization_config_rule(**rule)
    roles = local_aws.client("iam").list_roles(PathPrefix="/aws-service-role/")["Roles"]
    assert [role["Path"].split("/")[2] for role in roles] == [
        "config-multiaccountsetup.amazonaws.com"
    ]


def test_throttling(local_aws: LocalAws) -> None:
    """Calls above the rate of an operation are throttled; other operations are not."""
    local_aws.throttle("logs:DescribeMetricFilters", 0.01)
    logs = client(local_aws, local_aws.session("us-east-1"), "logs")
    logs.describe_metric_filters()
    with pytest.raises(ClientError, match="ThrottlingException"):
        logs.describe_metric_filters()
    logs.describe_log_groups()
    local_aws.reset()
    logs.describe_metric_filters()


def test_quota_refills() -> None:
    """A bucket holds the calls of one second and refills with time, by region."""
    now = 0.0
    quota = Quota("logs:*", 2, lambda: now)
    call = Call("logs", "DescribeMetricFilters", "us-east-1", "1", "key", "user")
    other = Call("logs", "DescribeMetricFilters", "eu-west-1", "1", "key", "user")
    assert [quota.accepts(call) for _ in range(3)] == [True, True, False]
    assert quota.accepts(other)
    now = 0.5
    assert [quota.accepts(call) for _ in range(2)] == [True, False]
