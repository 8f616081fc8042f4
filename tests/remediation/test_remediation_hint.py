"""How reports describe the remediation of a finding, in every format."""

import csv
import io
import json
import shlex
import subprocess
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore import xform_name

from alarmchain.decision.assessment import Assessment
from alarmchain.remediation.remediation_hint import (
    in_one_line,
    remediation_command,
    remediation_commands,
    remediation_hint,
)
from alarmchain.report.findings import Findings
from alarmchain.report.formats import render
from tests.builders import account, alarm, denied, judged, topic, trail
from tests.report.findings_builder import REGIONS, example_account


def judgement(**changes: Any) -> Assessment:
    """Return the assessment of an account with these collections."""
    assessment: Assessment = judged(account(**changes))
    return assessment


@pytest.mark.parametrize(
    "changes",
    [
        {"metric_filters": []},
        {"metric_alarms": [alarm(Threshold=5.0)]},
        {"topics": [topic(subscriptions=[])]},
    ],
)
def test_what_remediation_heals(changes: dict[str, object]) -> None:
    """The hint points to the command, and to the one for accounts without the rule."""
    assessment = judgement(**changes)
    hint = remediation_hint(assessment)
    assert "the command below" in hint
    assert f"`alarmchain remedy --rule {assessment.rule}`" in hint


@pytest.mark.parametrize(
    "changes", [{}, {"trails": []}, {"trails": [trail(CloudWatchLogsLogGroupArn=None)]}]
)
def test_what_it_does_not(changes: dict[str, object]) -> None:
    """There is no hint if the chain is complete, or if a trail must be fixed first."""
    assert remediation_hint(judgement(**changes)) == ""


@pytest.mark.parametrize(
    ("changes", "action"),
    [
        ({"topics": []}, "sns:GetTopicAttributes"),
        ({"metric_alarms": None}, "cloudwatch:DescribeAlarms"),
    ],
)
def test_a_missing_permission(changes: dict[str, Any], action: str) -> None:
    """There is no hint if AWS denied a read: no resource is at fault."""
    refused = judgement(denied=[denied(action)], **changes)
    assert refused.remedy == f"allow {action}"
    assert remediation_hint(refused) == ""


def test_a_chain_of_another_account() -> None:
    """There is no hint for a chain of another account, where the document cannot work."""
    one = judgement(metric_filters=[])
    chain = tuple(replace(link, account="999988887777") for link in one.chain)
    assert remediation_hint(replace(one, chain=chain)) == ""


def run_by_a_shell(command: str) -> list[list[str]]:
    """Return the arguments of each call of the AWS CLI that the command makes."""
    text = f'aws() {{ printf "%s\\n" aws "$@"; }}\n{command}\n'
    out = subprocess.run(["/bin/sh", "-eu"], input=text, capture_output=True, text=True, check=True)
    return [["aws", *call.split("\n")[:-1]] for call in out.stdout.split("aws\n")[1:]]


ONE = judgement(metric_filters=[])
ELSEWHERE = ("eu-west-1", "eu-west-2")


def in_region(region: str, home: str = ONE.region, rule: str = ONE.rule) -> Assessment:
    """Return the finding in a region whose chain is in the region `home`."""
    chain = tuple(replace(link, region=home) for link in ONE.chain)
    return replace(ONE, region=region, rule=rule, chain=chain)


@pytest.mark.parametrize(
    ("findings", "starts"),
    [
        ([ONE], [(ONE.rule, ONE.region)]),
        ([in_region(each) for each in REGIONS], [(ONE.rule, ONE.region)]),
        ([in_region(each) for each in ELSEWHERE], [(ONE.rule, "eu-west-1")]),
        ([in_region(each, each) for each in ELSEWHERE], [(ONE.rule, each) for each in ELSEWHERE]),
        (
            [in_region(each, rule=rule) for each in REGIONS for rule in ("A", "B")],
            [("A", ONE.region), ("B", ONE.region)],
        ),
        ([in_region(each, each) for each in REGIONS], [(ONE.rule, each) for each in REGIONS]),
        ([judgement()], []),
    ],
    ids=["one", "shared", "not at home", "own chains", "rules", "many", "covered"],
)
def test_the_command(findings: list[Assessment], starts: list[tuple[str, str]]) -> None:
    """A shell starts each rule once for each chain; AWS's API has its options; it fits 80 columns.

    Regions that share a chain need one start, in the region of the chain if they have the rule.
    """
    command = remediation_commands(findings)
    calls = run_by_a_shell(command)
    assert [(call[6], call[4]) for call in calls] == starts
    assert all(len(line) <= 76 for line in command.splitlines())
    client = boto3.client("config", region_name="us-east-1")
    for _, service, operation, *options in calls:
        given = dict(zip(options[::2], options[1::2], strict=True))
        assert (service, operation) == ("configservice", "start-remediation-execution")
        given.pop("--region")
        model = client.meta.service_model.operation_model("StartRemediationExecution")
        assert given.keys() == {f"--{xform_name(name, '-')}" for name in model.input_shape.members}
        given.pop("--config-rule-name")
        key = dict(part.split("=") for part in given["--resource-keys"].split(","))
        assert key == {"resourceType": "AWS::::Account", "resourceId": ONE.account}
    if len(findings) == 1 and starts:
        assert shlex.split(in_one_line(command)) == calls[0]
        assert remediation_command(ONE) == command


def test_the_command_for_several_accounts() -> None:
    """The command takes the account from the credentials, so it works in each account."""
    chain = tuple(replace(link, account="999988887777") for link in ONE.chain)
    command = remediation_commands([ONE, replace(ONE, account="999988887777", chain=chain)])
    first, *others = command.splitlines()
    assert first == "account=$(aws sts get-caller-identity --query Account --output text)"
    assert "resourceId=$account" in others[-1]


HEALED = {"CloudTrailChanges", "SecurityGroupChanges", "CMKChanges"}
"""The rules that are not covered in docs/example-account.json."""
START = "start-remediation-execution --region us-east-1"


def test_the_text() -> None:
    """There is one command for each cause, whose regions share a chain."""
    assert render(example_account(), "text").count(START) == len(HEALED)
    here = example_account()
    everywhere = (replace(one, region=region) for one in here.results for region in REGIONS)
    report = render(Findings.of(everywhere, here.collected_at, here.controls), "text")
    assert report.count(START) == len(HEALED)


def test_other_formats() -> None:
    """Every format that shows a remedy shows the command as well."""
    findings = example_account()
    rows = csv.DictReader(io.StringIO(render(findings, "csv")))
    assert {row["rule"] for row in rows if START in row["remediation"]} == HEALED
    events = map(json.loads, render(findings, "ocsf").splitlines())
    descriptions = {
        event["compliance"]["control"]: event.get("remediation", {}).get("desc", "")
        for event in events
    }
    assert {rule for rule, text in descriptions.items() if START in text} == HEALED
    page = render(findings, "html")
    assert page.count(START) == len(HEALED)
    assert page.count("<strong>Remediation</strong>") == len(HEALED)
