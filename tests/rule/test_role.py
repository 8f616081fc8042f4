"""The account and the role with which the handler reads and reports."""

from collections.abc import Mapping
from typing import Any

import boto3
import pytest

from alarmchain.rule import handler
from alarmchain.testing.account import ACCOUNT
from tests.rule.fake_lambda import FOLDER, OTHER, Aws, context, event, run


def test_each_invocation_reads_anew(aws: Aws) -> None:
    """A warm Lambda function remembers nothing of the account."""
    warm = handler(str(FOLDER / "ConfigChanges.py"))
    warm(event(), context())
    aws.account["trails"][0]["Status"]["IsLogging"] = False
    warm(event(), context())
    assert [evaluation["ComplianceType"] for evaluation in aws.reported] == [
        "COMPLIANT",
        "NON_COMPLIANT",
    ]


@pytest.mark.parametrize(
    ("parameters", "role"),
    [
        ({"ExecutionRoleName": "audit/reader"}, f"arn:aws:iam::{ACCOUNT}:role/audit/reader"),
        (
            {"ExecutionRoleName": "reader", "AssumeRoleMode": "true"},
            f"arn:aws:iam::{ACCOUNT}:role/reader",
        ),
        ({"AssumeRoleMode": "true"}, f"arn:aws:iam::{ACCOUNT}:role/config"),
    ],
)
def test_a_role_is_assumed_once(aws: Aws, parameters: dict[str, str], role: str) -> None:
    """A central Lambda function assumes the role that the parameters name, and reports with it."""
    aws.assume()
    run(event(parameters), context(account=OTHER))
    assert aws.verdict()[0] == "COMPLIANT"
    assert aws.operations.count("AssumeRole") == 1
    assert aws.requests[aws.operations.index("AssumeRole")]["RoleArn"] == role


@pytest.mark.parametrize(
    "parameters",
    [{}, {"AssumeRoleMode": "false"}, {"AssumeRoleMode": "false", "ExecutionRoleName": "reader"}],
)
def test_no_role_is_assumed_by_default(aws: Aws, parameters: dict[str, str]) -> None:
    """rdklib would assume AWS Config's own role, which can rarely be assumed."""
    run(event(parameters))
    assert aws.verdict()[0] == "COMPLIANT"
    assert "AssumeRole" not in aws.operations


def test_a_role_that_is_refused(aws: Aws) -> None:
    """The function reports it with its own role, and reads nothing with that role."""
    aws.fail("AssumeRole", "AccessDenied", 403)
    run(event({"AssumeRoleMode": "true"}))
    compliance, annotation = aws.verdict()
    assert compliance == "NON_COMPLIANT"
    assert annotation.startswith("UNKNOWN: sts:AssumeRole in us-east-1 failed: AccessDenied")
    assert set(aws.operations) == {"AssumeRole", "PutEvaluations"}


def test_another_accounts_rule_is_not_judged_by_this_account(aws: Aws) -> None:
    """A central Lambda function without a role would read its own account."""
    run(event(), context(account=OTHER))
    assert aws.verdict() == (
        "NON_COMPLIANT",
        f"UNKNOWN: the function runs in account {OTHER}; set ExecutionRoleName to a role of"
        f" {ACCOUNT}",
    )
    assert aws.operations == ["PutEvaluations"]


def test_the_default_session_is_left_as_it_was(aws: Aws) -> None:
    """The time-outs apply to rdklib's clients and to no others."""
    before = boto3.DEFAULT_SESSION
    bounds: list[tuple[float, float]] = []
    original = aws.call

    def call(client: Any, operation: str, request: Mapping[str, Any]) -> Any:
        bounds.append((client.meta.config.connect_timeout, client.meta.config.read_timeout))
        return original(client, operation, request)

    aws.call = call  # type: ignore[method-assign]
    run(event())
    assert set(bounds) == {(5, 10)}
    assert boto3.DEFAULT_SESSION is before
