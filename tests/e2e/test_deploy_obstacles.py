"""`make deploy` after an obstacle: one line names it, and a second deployment works."""

import json
from pathlib import Path
from typing import Any

import pytest

from demo import config
from demo.account import HOME
from demo.errors import DiffersError
from demo.steps import Run
from localaws.server import LocalAws
from tests.aws_cli import aws

RULE = "ConfigChanges"
REMEDIATION = f"{RULE}-Remediation"
CENTRAL_ACCOUNT = "999988887777"
BUCKET = "config-logs-of-the-organization"


@pytest.fixture
def run(local_aws: LocalAws, tmp_path: Path) -> Run:
    """Return a run in one region, whose account has the demo's resources."""
    run = Run(local_aws, tmp_path / "run", "one-region")
    run.make_account()
    return run


def stacks(run: Run) -> dict[str, str]:
    """Return the status of each stack that was not deleted."""
    described = run.client("cloudformation", HOME).describe_stacks()["Stacks"]
    return {stack["StackName"]: stack["StackStatus"] for stack in described}


def code_buckets(run: Run) -> list[str]:
    """Return the names of RDK's buckets."""
    buckets = run.client("s3", HOME).list_buckets()["Buckets"]
    return [bucket["Name"] for bucket in buckets if "rule-code" in bucket["Name"]]


def test_the_config_bucket_of_another_account(run: Run) -> None:
    """RDK does not change the bucket, and the printed commands show the verdict."""
    run.aws.client("s3", HOME, CENTRAL_ACCOUNT).create_bucket(Bucket=BUCKET)
    channel = {"name": "default", "s3BucketName": BUCKET}
    run.client("config", HOME).put_delivery_channel(DeliveryChannel=channel)
    lines = run.deploy(RULE)
    assert (
        f"{HOME}: AWS Config delivers to bucket {BUCKET} of another account,"
        " so rdk init does not create it"
    ) in lines
    start, look = (line.strip() for line in lines if line.startswith("  aws "))
    environment = run.aws.child_environment(HOME, run.account)
    aws(start, environment)
    run.aws.settle()
    assert aws(look, environment).startswith("COMPLIANT\tAll 4 calls covered")
    assert lines[-1].strip() == look


@pytest.mark.parametrize(
    "action",
    [
        pytest.param("config:DescribeDeliveryChannels", marks=pytest.mark.long),
        pytest.param("s3:ListAllMyBuckets", marks=pytest.mark.long),
        "cloudformation:ListStacks",
    ],
)
def test_a_denied_read(run: Run, action: str) -> None:
    """The message names the obstacle, and nothing is created."""
    run.aws.deny(action.replace("ListAllMyBuckets", "ListBuckets"), times=1)
    with pytest.raises(DiffersError, match=rf"deploy failed: Error: .*{action}.*nothing was chang"):
        run.deploy(RULE)
    assert (stacks(run), code_buckets(run)) == ({}, [])


@pytest.mark.long
def test_a_denied_creation(run: Run) -> None:
    """The remediation's stack is named; the rule is complete, and a second try adds the rest."""
    run.aws.fail(
        "cloudformation:CreateStack", "AccessDenied", 403, times=1, principal="*", message="no"
    )
    with pytest.raises(DiffersError, match=RULE):
        run.deploy(RULE)
    run.deploy(RULE)
    assert stacks(run) == {RULE: "CREATE_COMPLETE", REMEDIATION: "CREATE_COMPLETE"}


def broken() -> str:
    """Return a template whose creation fails and is rolled back."""
    document: dict[str, Any] = {"DocumentType": "Automation", "Content": {"schemaVersion": "9"}}
    return json.dumps(
        {"Resources": {"Bad": {"Type": "AWS::SSM::Document", "Properties": document}}}
    )


def test_half_made_stacks(run: Run) -> None:
    """Stacks that were rolled back are deleted first, which the output says."""
    cloudformation = run.client("cloudformation", HOME)
    for name in (RULE, REMEDIATION):
        cloudformation.create_stack(StackName=name, TemplateBody=broken())
    assert set(stacks(run).values()) == {"ROLLBACK_COMPLETE"}
    lines = run.deploy(RULE)
    for name in (RULE, REMEDIATION):
        (line,) = [line for line in lines if line.startswith(f"{name} in {HOME}: stack is ROLL")]
        assert line.endswith(": it cannot be updated, so it is deleted first")
    assert stacks(run) == {RULE: "CREATE_COMPLETE", REMEDIATION: "CREATE_COMPLETE"}


@pytest.mark.long
def test_evaluation_after_changes(run: Run) -> None:
    """`TRIGGER=changes` adds types of resources to the daily evaluation; `daily` removes them."""
    with pytest.raises(DiffersError, match="TRIGGER is 'often'; allowed: daily, changes"):
        run.deploy("--trigger", "often", RULE)
    run.deploy("--trigger", "changes", RULE)
    client = run.client("config", HOME)
    (rule,) = client.describe_config_rules(ConfigRuleNames=[RULE])["ConfigRules"]
    assert {detail["MessageType"] for detail in rule["Source"]["SourceDetails"]} == {
        "ConfigurationItemChangeNotification",
        "OversizedConfigurationItemChangeNotification",
        "ScheduledNotification",
    }
    assert set(rule["Scope"]["ComplianceResourceTypes"]) == {
        "AWS::CloudTrail::Trail",
        "AWS::CloudWatch::Alarm",
        "AWS::SNS::Topic",
    }
    (verdict,) = config.evaluate(client, [RULE], HOME)
    assert verdict.compliance == "COMPLIANT"
    run.deploy("--skip-init", RULE)
    (rule,) = client.describe_config_rules(ConfigRuleNames=[RULE])["ConfigRules"]
    assert [detail["MessageType"] for detail in rule["Source"]["SourceDetails"]] == [
        "ScheduledNotification"
    ]


@pytest.mark.long
def test_the_remediation_can_be_left_out_later(run: Run) -> None:
    """`REMEDIATION=none` removes the remediation's stack, and the rule stays."""
    run.deploy(RULE)
    run.deploy("--skip-init", "--remediation", "none", RULE)
    assert list(stacks(run)) == [RULE]
    answer = run.client("config", HOME).describe_remediation_configurations(ConfigRuleNames=[RULE])
    assert answer["RemediationConfigurations"] == []
