"""How reports describe the remediation of a finding, in every format."""

import csv
import io
import json
import re
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
    remediation_hint,
)
from alarmchain.report.findings import Findings
from alarmchain.report.formats import render
from tests.builders import account, alarm, judged, topic, trail
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


def test_a_chain_of_another_account() -> None:
    """The document works only in its own account."""
    one = judgement(metric_filters=[])
    chain = tuple(replace(link, account="999988887777") for link in one.chain)
    assert remediation_hint(replace(one, chain=chain)) == ""


def run_by_a_shell(command: str) -> list[list[str]]:
    """Return the arguments of each call of the AWS CLI that the command makes."""
    text = f'aws() {{ printf "%s\\n" aws "$@"; }}\n{command}\n'
    out = subprocess.run(["/bin/sh", "-eu"], input=text, capture_output=True, text=True, check=True)
    return [["aws", *call.split("\n")[:-1]] for call in out.stdout.split("aws\n")[1:]]


@pytest.mark.parametrize("regions", [(), ("eu-west-1",), ("eu-west-1", "us-east-1"), REGIONS])
def test_the_command(regions: tuple[str, ...]) -> None:
    """A shell runs it once for each region; AWS's API has its options; it fits 80 columns."""
    one = judgement(metric_filters=[])
    command = remediation_command(one, regions)
    calls = run_by_a_shell(command)
    assert [call[4] for call in calls] == list(regions or [one.region])
    assert max(map(len, command.splitlines())) <= 76
    client = boto3.client("config", region_name="us-east-1")
    for _, service, operation, *options in calls:
        given = dict(zip(options[::2], options[1::2], strict=True))
        assert (service, operation) == ("configservice", "start-remediation-execution")
        given.pop("--region")
        model = client.meta.service_model.operation_model("StartRemediationExecution")
        assert given.keys() == {f"--{xform_name(name, '-')}" for name in model.input_shape.members}
        assert given["--config-rule-name"] == one.rule
        key = dict(part.split("=") for part in given["--resource-keys"].split(","))
        assert key == {"resourceType": "AWS::::Account", "resourceId": one.account}
    if len(regions) < 2:
        assert shlex.split(in_one_line(command)) == calls[0]


HEALED = {"CloudTrailChanges", "SecurityGroupChanges", "CMKChanges"}
"""The rules that are not covered in docs/example-account.json."""
START = "start-remediation-execution --region us-east-1"


def test_the_text() -> None:
    """There is one command for each finding, and one for all regions with the same finding."""
    assert render(example_account(), "text").count(START) == len(HEALED)
    here = example_account()
    everywhere = (replace(one, region=region) for one in here.results for region in REGIONS)
    report = render(Findings.of(everywhere, here.collected_at, here.controls), "text")
    loop = re.search(r"    for region in .*?\n    done\n", report, re.DOTALL)
    assert loop
    assert [call[4] for call in run_by_a_shell(loop[0])] == list(REGIONS)


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
