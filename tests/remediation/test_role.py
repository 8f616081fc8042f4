"""iam/remediation-role.yaml: the role of documents that no RDK stack or pack deploys."""

import ast
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cfnlint.api import lint_file

from alarmchain.remediation.document import ACTIONS
from alarmchain.remediation.role import CHANGES, text
from localaws.server import LocalAws
from tests.localaws.builders import VERDICTS, put_function, put_rule, start_recorder
from tests.remediation.account_setup import ACCOUNT
from tests.remediation.local_account import CONTROLS, ROLE, LocalAccount
from tests.remediation.scenario import (
    RULE,
    is_compliant,
    make_key,
    make_trail,
    subscribe_listener,
    succeeded,
)
from tests.remediation.test_permissions import findings, pack_statements

Json = dict[str, Any]


def statements(account: LocalAccount) -> list[Json]:
    """Return the statements of the role, as CloudFormation hands them to IAM."""
    account.role()
    answer = account.client("iam").get_role_policy(
        RoleName="alarmchain-remediation", PolicyName="make-what-is-missing"
    )
    # moto keeps the policy of a stack as Python's text of a dict.
    found: list[Json] = ast.literal_eval(answer["PolicyDocument"])["Statement"]
    return [
        statement | {key: value if isinstance(value, list) else [value]}
        for statement in found
        for key, value in [("Action", statement["Action"])]
    ]


def test_as_committed() -> None:
    """The role's template is what `make remediation` writes, and cfn-lint finds no fault."""
    assert ROLE.read_text() == text(CONTROLS.values())
    assert lint_file(ROLE) == []


def test_least_privilege(local_account: LocalAccount) -> None:
    """The role allows exactly the steps' actions; changes are limited to named resources.

    A pack's role names the same resources.
    """
    granted = statements(local_account)
    findings(granted, expected=set())
    assert sorted(name for one in granted for name in one["Action"]) == sorted(ACTIONS)
    assert {name for one in granted if one["Resource"] != "*" for name in one["Action"]} == CHANGES

    def resources(statement: Json) -> list[str]:
        value = statement["Resource"]
        return sorted(value if isinstance(value, list) else [value])

    packs = {name: resources(one) for one in pack_statements() for name in one["Action"]}
    assert packs == {name: resources(one) for one in granted for name in one["Action"]}


@pytest.fixture
def enforced(local_aws: LocalAws) -> Iterator[LocalAccount]:
    """Return an account in which scripts are processes with the role's permissions alone."""
    account = LocalAccount(local_aws)
    make_trail(account)
    account.role()
    local_aws.behaviour.enforces_iam = True
    local_aws.behaviour.limits_evaluations = True
    yield account
    local_aws.settle()


def test_a_run_with_the_role_alone(enforced: LocalAccount) -> None:
    """With permissions enforced, the role is enough for a run that makes everything."""
    key = make_key(enforced, lets_cloudwatch=True)
    start_recorder(enforced.aws)
    put_rule(enforced.aws, RULE, put_function(enforced.aws, VERDICTS))
    run = succeeded(enforced.remediate(RULE, NotificationEmail="a@example.com", KmsKeyId=key))
    assert len(run.result["Made"]) == 4
    assert run.result["Reevaluation"] == f"started for {RULE}"
    subscribe_listener(enforced)
    assert is_compliant(enforced)


def test_a_missing_permission(enforced: LocalAccount) -> None:
    """A refused run reports what it made and how to continue."""
    enforced.client("iam").put_role_policy(
        RoleName="alarmchain-remediation",
        PolicyName="no-alarms",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Deny",
                    "Action": "cloudwatch:PutMetricAlarm",
                    "Resource": "*",
                },
            }
        ),
    )
    run = enforced.remediate(RULE)
    assert run.status == "Failed"
    assert "PutMetricAlarm" in run.why
    assert "put metric filter AWSConfigChanges" in run.why
    assert "Run it again to finish" in run.why


def test_a_missing_role(account: LocalAccount) -> None:
    """Automation refuses the start, whether the role is not given or does not exist."""
    account.remediate(RULE, DryRun="true")  # makes the document
    ssm = account.client("ssm")
    missing = {"AutomationAssumeRole": [f"arn:aws:iam::{ACCOUNT}:role/missing"]}
    with pytest.raises(ClientError, match="AutomationAssumeRole"):
        ssm.start_automation_execution(DocumentName=RULE)
    with pytest.raises(ClientError, match="unable to be assumed"):
        ssm.start_automation_execution(DocumentName=RULE, Parameters=missing)
    assert account.resources()["filters"] == []
