"""A deployment of the current version replaces that of an earlier version."""

import io
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from demo import config
from demo.account import FAULTS, HOME, NO_FAULT
from demo.steps import Run
from deployment.folders import CHECKOUT
from deployment.pack.__main__ import write
from deployment.pack.options import Options
from localaws.server import LocalAws
from tests.e2e.packs import (
    BUCKETS,
    deploy_stack,
    make_code_bucket,
    put_pack,
    template,
    upload_code,
    upload_template,
)

DOCUMENT_IN_RULE = "60c63138ccbce18b067d32f178f77f5765529fa3"
"""A commit whose `make deploy` put the document into the rule's stack."""
FUNCTION_FOR_EACH_RULE = "5531cf2b2a1d0e33930e1b3dfc918bf3275e0407"
"""A commit whose `make pack` made a function for each rule of the pack."""
RULE = "ConfigChanges"


def checkout(commit: str, folder: Path) -> Path:
    """Write the files of an earlier version to the folder, and return it."""
    archive = subprocess.run(
        ["git", "archive", commit], cwd=CHECKOUT, capture_output=True, check=False
    )
    if archive.returncode:
        pytest.skip(f"this clone does not have commit {commit[:7]}, whose deployment is upgraded")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder


def resource_types(run: Run, stack: str) -> list[str]:
    """Return the types of a stack's resources."""
    answer = run.client("cloudformation", HOME).describe_stack_resources(StackName=stack)
    return sorted(resource["ResourceType"] for resource in answer["StackResources"])


def test_upgrade(local_aws: LocalAws, tmp_path: Path) -> None:
    """The rule stays the same; document, role and remediation move to a stack of their own."""
    earlier = checkout(DOCUMENT_IN_RULE, tmp_path / "earlier")
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


def earlier_pack(run: Run, tmp_path: Path) -> Path:
    """Return the files of an earlier version's `make pack` for the run's rules."""
    earlier = checkout(FUNCTION_FOR_EACH_RULE, tmp_path / "earlier")
    for rule in run.rules:
        shutil.copytree(earlier / "rules" / rule, tmp_path / "earlier-rules" / rule)
    folder = tmp_path / "earlier-pack"
    subprocess.run(
        [
            *(sys.executable, "-m", "deployment.pack"),
            *("--rules-root", tmp_path / "earlier-rules", "--output", folder),
            *("--remediation", "manual", "--account", run.account),
        ],
        cwd=earlier,
        env={**os.environ, "PYTHONPATH": str(earlier)},
        check=True,
        capture_output=True,
    )
    return folder


def deploy_pack(run: Run, folder: Path) -> None:
    """Follow the guide's steps for a pack in one account, from the code's upload on."""
    s3, bucket = run.client("s3", HOME), f"{BUCKETS}-{HOME}"
    upload_code(s3, bucket, folder)
    body = upload_template(s3, bucket, template(folder, "prerequisites.yaml"))
    stacks = run.client("cloudformation", HOME)
    deploy_stack(
        stacks, "alarmchain-prerequisites", body, CodeBucketPrefix=BUCKETS, RolesRegion=HOME
    )
    put_pack(run, HOME, template(folder, "conformance-pack.yaml"))


def deploy_stack_set(run: Run, folder: Path) -> None:
    """Make or update the stack that the StackSet has in each account."""
    s3, bucket = run.client("s3", HOME), f"{BUCKETS}-{HOME}"
    upload_code(s3, bucket, folder)
    body = upload_template(s3, bucket, template(folder, "stack-set.yaml"))
    deploy_stack(run.client("cloudformation", HOME), "alarmchain", body, CodeBucketPrefix=BUCKETS)


@pytest.mark.long
@pytest.mark.parametrize("deploy", [deploy_pack, deploy_stack_set])
def test_upgrade_of_a_pack(run: Run, tmp_path: Path, deploy: Callable[[Run, Path], None]) -> None:
    """The same commands bring one function in the place of each rule's; the rules stay the same."""
    run.make_account()
    earlier, current = earlier_pack(run, tmp_path), tmp_path / "pack"
    write(run.work / "rules", current, Options("manual", account=run.account))
    make_code_bucket(run.client("cloudformation", HOME), run.client("s3", HOME), HOME, earlier)
    deploy(run, earlier)
    assert functions(run) == {f"alarmchain-{rule}" for rule in run.rules}
    client = run.client("config", HOME)
    arns = {rule["ConfigRuleArn"] for rule in client.describe_config_rules()["ConfigRules"]}

    deploy(run, current)
    assert functions(run) == {"alarmchain-rules"}
    rules = client.describe_config_rules()["ConfigRules"]
    assert {rule["ConfigRuleArn"] for rule in rules} == arns
    run.aws.settle()
    names = [rule["ConfigRuleName"] for rule in rules]
    for verdict in config.evaluate(client, names, HOME):
        fault = FAULTS.get(verdict.rule.partition("-conformance-pack-")[0], NO_FAULT)
        assert (verdict.compliance == "COMPLIANT") is (fault.description is None), verdict
        assert fault.named in verdict.annotation


def functions(run: Run) -> set[str]:
    """Return the names of the account's functions."""
    found = run.client("lambda", HOME).list_functions()["Functions"]
    return {function["FunctionName"] for function in found}
