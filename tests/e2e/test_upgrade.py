"""A deployment of the current version replaces that of an earlier version."""

import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from demo import config
from demo.account import HOME
from demo.steps import Run
from deployment.folders import CHECKOUT
from localaws.server import LocalAws

EARLIER = "60c63138ccbce18b067d32f178f77f5765529fa3"
"""A commit whose `make deploy` put the document into the rule's stack."""
RULE = "ConfigChanges"


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """Return a checkout of the earlier version."""
    archive = subprocess.run(
        ["git", "archive", EARLIER], cwd=CHECKOUT, capture_output=True, check=False
    )
    if archive.returncode:
        pytest.skip(f"this clone does not have commit {EARLIER[:7]}, whose deployment is upgraded")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(tmp_path / "earlier", filter="data")
    return tmp_path / "earlier"


def resource_types(run: Run, stack: str) -> list[str]:
    """Return the types of a stack's resources."""
    answer = run.client("cloudformation", HOME).describe_stack_resources(StackName=stack)
    return sorted(resource["ResourceType"] for resource in answer["StackResources"])


def test_upgrade(local_aws: LocalAws, tmp_path: Path, earlier: Path) -> None:
    """The rule stays the same; document, role and remediation move to a stack of their own."""
    run = Run(local_aws, tmp_path / "run", "one-region")
    run.make_account()
    subprocess.run(
        [
            *(sys.executable, "-m", "deployment", "deploy", "--build"),
            *("--region-set", "one-region", RULE),
        ],
        cwd=earlier,
        env={
            **os.environ,
            **run.aws.child_environment(HOME, run.account),
            "PYTHONPATH": str(earlier),
            "TMPDIR": str(run.temporary),
        },
        check=True,
        capture_output=True,
    )
    client = run.client("config", HOME)
    (old,) = client.describe_config_rules(ConfigRuleNames=[RULE])["ConfigRules"]
    assert "AWS::SSM::Document" in resource_types(run, RULE)

    run.deploy(RULE)
    assert resource_types(run, f"{RULE}-Remediation") == [
        "AWS::Config::RemediationConfiguration",
        "AWS::IAM::Role",
        "AWS::SSM::Document",
    ]
    assert resource_types(run, RULE) == [
        "AWS::Config::ConfigRule",
        "AWS::IAM::Role",
        "AWS::Lambda::Function",
        "AWS::Lambda::Permission",
    ]
    (new,) = client.describe_config_rules(ConfigRuleNames=[RULE])["ConfigRules"]
    assert new["ConfigRuleArn"] == old["ConfigRuleArn"]
    (remediation,) = client.describe_remediation_configurations(ConfigRuleNames=[RULE])[
        "RemediationConfigurations"
    ]
    documents = run.client("ssm", HOME).list_documents(
        Filters=[{"Key": "Owner", "Values": ["Self"]}]
    )["DocumentIdentifiers"]
    assert [document["Name"] for document in documents] == [remediation["TargetId"]]
    (verdict,) = config.evaluate(client, [RULE], HOME)
    assert verdict.compliance == "COMPLIANT"
