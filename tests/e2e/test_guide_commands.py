"""The commands of docs/deploying.md for packs, run by the AWS CLI on the local AWS."""

import re
from pathlib import Path

import pytest

from demo.account import HOME, turn_on_config
from demo.steps import Run
from deployment.folders import CHECKOUT
from deployment.pack.__main__ import write
from deployment.pack.options import Options
from localaws.server import LocalAws
from tests.aws_cli import aws
from tests.e2e.packs import BUCKETS

GUIDE = (CHECKOUT / "docs" / "deploying.md").read_text()
CENTRAL, ORGANIZATION, BUCKET = "210987654321", "o-exampleorgid", "example-alarmchain"
"""What the guide has for the reader's own account, organization and bucket."""


@pytest.fixture
def run(local_aws: LocalAws, tmp_path: Path) -> Run:
    """A run in one region, whose account is filled."""
    run = Run(local_aws, tmp_path / "run", "one-region")
    run.make_account()
    return run


def commands(section: str) -> list[str]:
    """Return the `aws` commands of a section, up to its next heading."""
    text = GUIDE.split(f"\n## {section}\n")[1]
    text = re.split(r"\n##+ ", text)[0]
    return [line for line in text.splitlines() if line.startswith("aws ")]


def execute(run: Run, section: str, folder: Path, **replaced: str) -> None:
    """Run a section's commands in order, with the reader's own values."""
    for command in commands(section):
        for example, own in replaced.items():
            command = command.replace(
                {"central": CENTRAL, "organization": ORGANIZATION}[example], own
            )
        account = run.account
        if "central" in replaced and not command.startswith("aws organizations "):
            account = replaced["central"]
        aws(command.replace(BUCKET, BUCKETS), run.aws.child_environment(HOME, account), folder)
        if "code-bucket.yaml" in command:
            # The policy refuses unencrypted connections, and the local AWS has no others.
            s3 = run.aws.client("s3", HOME, account)
            s3.delete_bucket_policy(Bucket=f"{BUCKETS}-{HOME}")
    run.aws.settle()


def test_a_pack_in_one_account(run: Run, tmp_path: Path) -> None:
    """The four steps make the pack, which evaluates every rule."""
    write(run.work / "rules", tmp_path / "build" / "pack", Options())
    execute(run, "A conformance pack in one account", tmp_path)
    rules = run.client("config", HOME).describe_config_rules()["ConfigRules"]
    assert {rule["ConfigRuleName"].split("-")[0] for rule in rules} == set(run.rules)


def test_an_organization_pack(run: Run, tmp_path: Path) -> None:
    """The management account registers the administrator, whose pack is in both accounts."""
    client = run.client("organizations", HOME)
    organization = client.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    central = client.create_account(AccountName="central", Email="central@example.com")[
        "CreateAccountStatus"
    ]["AccountId"]
    turn_on_config(
        lambda service, region: run.aws.client(service, region, central), central, [HOME]
    )
    write(run.work / "rules", tmp_path / "build" / "pack", Options(central=central))
    execute(
        run,
        "An organization pack: the function in one account",
        tmp_path,
        central=central,
        organization=organization,
    )
    for account in (run.account, central):
        rules = run.aws.client("config", HOME, account).describe_config_rules()["ConfigRules"]
        assert {rule["ConfigRuleName"].split("-")[0] for rule in rules} == set(run.rules), account
