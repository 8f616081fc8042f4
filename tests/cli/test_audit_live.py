"""`alarmchain audit` of an account: credentials, regions, and reads that fail."""

import os
from pathlib import Path

import boto3
import pytest

from alarmchain.control import known_controls
from alarmchain.testing.account import REGION
from localaws.server import LocalAws
from tests.cli.audit_report import report
from tests.command_line import Run

CONTROLS = known_controls()
RULES = sorted(CONTROLS)
EACH = [rule for rule in RULES if CONTROLS[rule].region == "each"]
"""The rules that apply to every region."""
BARE = {"PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true"}


@pytest.mark.parametrize(
    ("arguments", "environment", "message"),
    [
        ((), {}, "no region: give --region or --all-regions, or set AWS_DEFAULT_REGION or"),
        (("--region", REGION), {}, "no usable AWS credentials: Unable to locate credentials"),
        (("--profile", "p", "--region", REGION), {}, "The config profile (p) could not be found"),
        (("--region", "mars"), {}, "region 'mars': expected a name such as us-east-1"),
        (("--region", REGION), {"AWS_PROFILE": "q"}, "The config profile (q) could not be found"),
    ],
)
def test_without_an_account(
    alarmchain: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    arguments: tuple[str, ...],
    environment: dict[str, str],
    message: str,
) -> None:
    """Standard error has one line about the credentials, the region or the profile."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in (BARE | environment | {"HOME": str(tmp_path)}).items():
        monkeypatch.setenv(name, value)
    completed = alarmchain("audit", *arguments)
    assert (completed.status, completed.out) == (2, "")
    (line,) = completed.err.splitlines()
    assert line.startswith(f"alarmchain: {message}")


@pytest.fixture
def aws(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    """Return an empty account."""
    for name, value in local_aws.environment(REGION).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return local_aws


def test_an_account_without_a_trail(aws: LocalAws, alarmchain: Run) -> None:
    """All rules share one read of each region, one of the organization and of the identity."""
    completed = alarmchain(
        "audit", "--region", "eu-west-1", "--region", REGION, "--region", REGION,
        "--format", "json",
    )  # fmt: skip
    assert (completed.status, completed.err) == (1, "")
    results = report(completed.out)["results"]
    assert [(result["rule"], result["region"]) for result in results] == [
        (rule, region) for rule in RULES for region in ("eu-west-1", REGION)
    ]
    for result in results:
        applies = result["region"] == REGION or result["rule"] in EACH
        assert result["verdict"] == ("not_covered" if applies else "not_applicable")
    assert "no trail records us-east-1" in results[1]["annotation"]
    assert aws.calls.actions() == [
        "sts:GetCallerIdentity",
        *["cloudtrail:DescribeTrails"] * 2,
        "organizations:DescribeOrganization",
    ]


def test_verbose_shows_each_call(aws: LocalAws, alarmchain: Run) -> None:
    """Standard error has a line for each call, with its region and, once known, its account."""
    aws.calls.clear()
    completed = alarmchain("audit", "-v", "--region", REGION)
    assert completed.status == 1
    lines = completed.err.splitlines()
    assert lines[0] == f"alarmchain: read sts:GetCallerIdentity in {REGION}"
    assert f"alarmchain: read cloudtrail:DescribeTrails in {REGION}" in lines
    assert len(lines) == len(aws.calls)


def test_calls_that_botocore_does_not_know_are_noted(aws: LocalAws, alarmchain: Run) -> None:
    """A call that botocore does not know may exist, so the audit only notes it."""
    calls = "ec2.amazonaws.com:NoSuchCall,kms.amazonaws.com:DisableKey,new.amazonaws.com:Call"
    completed = alarmchain(
        "audit", "--region", REGION, "--rule", "CMKChanges", "--format", "json",
        "--parameter", f"AdditionalCalls={calls}",
    )  # fmt: skip
    assert completed.status == 1
    assert "NoSuchCall" in report(completed.out)["results"][0]["calls"]
    assert completed.err == (
        "alarmchain: note: botocore does not know the operation NoSuchCall of ec2.amazonaws.com\n"
    )


def test_a_region_that_fails(aws: LocalAws, alarmchain: Run) -> None:
    """The rules of a failed region are errors, and the status is 2; other regions are reported."""
    aws.fail(
        "cloudtrail:DescribeTrails", "UnrecognizedClientException", 400, None, region="eu-west-1"
    )
    completed = alarmchain("audit", "--region", "eu-west-1", "--region", REGION, "--format", "json")
    document = report(completed.out)
    assert completed.status == 2
    judged = [each for each in document["results"] if each["verdict"] != "not_applicable"]
    assert [(result["rule"], result["region"]) for result in judged] == [
        (rule, REGION) for rule in RULES
    ]
    assert [(error["rule"], error["region"]) for error in document["errors"]] == [
        (rule, "eu-west-1") for rule in EACH
    ]
    assert "region eu-west-1 is not enabled for the account" in document["errors"][0]["error"]
    assert len(completed.err.splitlines()) == 1


def test_all_regions(aws: LocalAws, alarmchain: Run) -> None:
    """The audit covers every region that EC2 lists."""
    regions = boto3.client("ec2").describe_regions()["Regions"]
    enabled = {region["RegionName"] for region in regions}
    completed = alarmchain("audit", "--all-regions", "--rule", "CMKChanges", "--format", "json")
    assert {result["region"] for result in report(completed.out)["results"]} == enabled
    assert len(enabled) > 10


def test_credentials_that_expire(aws: LocalAws, alarmchain: Run) -> None:
    """During the audit, the report has what was read; before the audit, there is no report."""
    code = "ExpiredTokenException"
    aws.fail("cloudtrail:DescribeTrails", code, 400, None, region="eu-west-1")
    completed = alarmchain("audit", "--region", REGION, "--region", "eu-west-1", "--format", "json")
    elsewhere = len(RULES) - len(EACH)
    assert (completed.status, len(report(completed.out)["results"])) == (2, len(RULES) + elsewhere)
    renew = "the AWS credentials have expired; renew them"
    error = f"cloudtrail:DescribeTrails in eu-west-1 failed: {code}: {renew}"
    assert completed.err == f"alarmchain: every rule in eu-west-1 of 123456789012: {error}\n"
    aws.fail("sts:GetCallerIdentity", "ExpiredToken", 403, None)
    completed = alarmchain("audit", "--region", REGION)
    assert (completed.status, completed.out) == (2, "")
    error = f"sts:GetCallerIdentity in {REGION} failed: ExpiredToken: {renew}"
    assert completed.err == f"alarmchain: {error}\n"


@pytest.mark.parametrize("action", ["sts:GetCallerIdentity", "ec2:DescribeRegions"])
def test_an_account_that_cannot_be_read(aws: LocalAws, alarmchain: Run, action: str) -> None:
    """There is no report, and the message names the denied action."""
    aws.deny(action)
    completed = alarmchain("audit", "--all-regions")
    assert (completed.status, completed.out) == (2, "")
    (line,) = completed.err.splitlines()
    assert action in line
