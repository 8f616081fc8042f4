"""The role of the Lambda functions is valid and allows exactly what the rules call."""

import json
import warnings
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from cfnlint.api import lint_file
from cfnlint.decode import decode

from alarmchain.snapshot.reads import ReadKind
from deployment.folders import CHECKOUT

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # parliament still uses pkg_resources
    import parliament

TEMPLATE = CHECKOUT / "iam" / "lambda-role.yaml"
# These actions are newer than parliament's list; a test checks them with botocore's model instead.
UNKNOWN_TO_PARLIAMENT = {"cloudwatch:ListAlarmMuteRules"}


def resolved(value: Any, parameters: dict[str, str]) -> Any:
    """Return the template's value as CloudFormation would resolve it with the parameters."""
    if isinstance(value, list):
        items = [resolved(item, parameters) for item in value]
        return [item for item in items if item is not None]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Ref": "AWS::NoValue"}:
            return None
        case {"Ref": name}:
            return parameters[name]
        case {"Fn::Sub": text}:
            return text.replace("${AWS::Partition}", "aws").replace(
                "${AWS::AccountId}", "123456789012"
            )
        case {"Fn::If": ["FollowsOrganizationTrail", yes, no]}:
            return resolved(yes if parameters["OrganizationTrailRoleArn"] else no, parameters)
    return {key: resolved(item, parameters) for key, item in value.items()}


def role(organization_role: str = "") -> dict[str, Any]:
    """Return the role's properties."""
    template, _ = decode(str(TEMPLATE))
    parameters = {"RoleName": "alarmchain-rules", "OrganizationTrailRoleArn": organization_role}
    properties: dict[str, Any] = resolved(template["Resources"]["Role"]["Properties"], parameters)
    return properties


def statements(organization_role: str = "") -> Iterator[dict[str, Any]]:
    """Yield every statement of every policy of the role."""
    for policy in role(organization_role)["Policies"]:
        yield from policy["PolicyDocument"]["Statement"]


def allowed_actions() -> set[str]:
    """Return the actions that the role allows without an organization trail's role."""
    return {
        action
        for statement in statements()
        for action in (
            statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        )
    }


def test_the_template_passes_cfn_lint() -> None:
    """cfn-lint reports no error and no warning."""
    assert lint_file(TEMPLATE) == []


@pytest.mark.parametrize("organization_role", ["", "arn:aws:iam::999988887777:role/read-trail"])
def test_the_policies_pass_parliament(organization_role: str) -> None:
    """parliament reports no finding in any policy."""
    for policy in role(organization_role)["Policies"]:
        analyzed = parliament.analyze_policy_string(json.dumps(policy["PolicyDocument"]))
        findings = [
            finding
            for finding in analyzed.findings
            if not any(action in str(finding.detail) for action in UNKNOWN_TO_PARLIAMENT)
        ]
        assert findings == []


@pytest.mark.parametrize("action", sorted(UNKNOWN_TO_PARLIAMENT))
def test_actions_that_parliament_does_not_know(action: str) -> None:
    """botocore's model has these operations."""
    service, operation = action.split(":")
    model = boto3.Session().client(service, region_name="us-east-1").meta.service_model
    assert operation in model.operation_names


def test_the_role_reads_what_the_core_reads() -> None:
    """The role allows the reads of the core, reporting and logging, and nothing else."""
    reports = {"config:PutEvaluations"} | {
        f"logs:{call}" for call in ("CreateLogGroup", "CreateLogStream", "PutLogEvents")
    }
    reads = {kind.value for kind in ReadKind if kind is not ReadKind.ASSUME_ROLE}
    assert allowed_actions() == reads | reports
    assert {action for action in reads if not action.split(":")[1].startswith(READ_VERBS)} == set()


READ_VERBS = ("Describe", "Get", "List")


def test_roles_of_other_accounts() -> None:
    """The role allows sts:AssumeRole only for the role that the parameter names."""
    arn = "arn:aws:iam::999988887777:role/read-trail"
    assert "sts:AssumeRole" not in allowed_actions()
    (assume,) = [item for item in statements(arn) if item["Action"] == "sts:AssumeRole"]
    assert assume["Resource"] == arn


def test_only_lambda_may_take_the_role() -> None:
    """The trust policy allows only the Lambda service to assume the role."""
    (trust,) = role()["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert (trust["Effect"], trust["Action"]) == ("Allow", "sts:AssumeRole")


def test_the_audits_role_reads_the_same() -> None:
    """iam/audit-role.yaml allows the same reads and DescribeRegions, and nothing else."""
    file = CHECKOUT / "iam" / "audit-role.yaml"
    assert lint_file(file) == []
    template, _ = decode(str(file))
    parameters = {"OrganizationTrailRoleArn": ""}
    policies = resolved(template["Resources"]["Role"]["Properties"]["Policies"], parameters)
    allowed = {
        (action, json.dumps(statement["Resource"]))
        for policy in policies
        for statement in policy["PolicyDocument"]["Statement"]
        for action in statement["Action"]
    }
    reads = {
        (action, json.dumps(statement["Resource"]))
        for statement in statements()
        if statement["Sid"].startswith("Read")
        for action in statement["Action"]
    }
    assert allowed == reads | {("ec2:DescribeRegions", json.dumps("*"))}
