"""Template files that can and cannot be read."""

import json
from pathlib import Path

import pytest

from tests.command_line import Run
from tests.template.template_builder import answer, metric_filter, plan, terraform_filter


def test_a_yaml_template(alarmchain: Run, tmp_path: Path) -> None:
    """A template in YAML, with short forms of functions, is read."""
    file = tmp_path / "template.yaml"
    file.write_text(
        """
Parameters:
  Source: {Type: String, Default: kms.amazonaws.com}
Resources:
  Keys:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !ImportValue trail-log-group
      FilterPattern: !Sub |
        { ($.eventSource = ${Source}) &&
          ($.eventName = DisableKey || $.eventName = ScheduleKeyDeletion) }
      MetricTransformations:
        - {MetricName: KeyChanges, MetricNamespace: Security, MetricValue: "1"}
"""
    )
    status, coverage = answer(alarmchain, str(file))
    assert status == 0
    assert [each["name"] for each in coverage["filters"]] == ["Keys"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "expected a CloudFormation template with Resources, or the output of terraform"),
        ("- a", "expected a CloudFormation template with Resources, or the output of terraform"),
        ("a: [", "not a template: while parsing a flow node"),
        (
            "Resources:\n  A: 1\n  A: 2\n",
            "not a template: key 'A' is already set in line 2 (line 3, column 3)",
        ),
        ("\x00", "not a template: unacceptable character"),
        ('{"format_version": "1.2", "values": 3}', "expected the output of terraform show -json"),
        (json.dumps({"Resources": {"F": {"Type": "AWS::Logs::MetricFilter"}}}), "F has no Filter"),
        (
            json.dumps({"Resources": {"F": metric_filter(None)}}),
            "FilterPattern of F is None; expected",
        ),
        (
            json.dumps({"Resources": {"F": metric_filter(["x"])}}),
            "FilterPattern of F is ['x']; expec",
        ),
        (
            json.dumps(
                {"values": {"root_module": {"resources": [terraform_filter("f", pattern=3)]}}}
            ),
            "pattern of f is 3; expected a text",
        ),
    ],
)
def test_a_file_that_cannot_be_used(alarmchain: Run, tmp_path: Path, text: str, error: str) -> None:
    """The exit status is 2, and one line names the file and the fault."""
    file = tmp_path / "template"
    file.write_text(text)
    completed = alarmchain("coverage", "--template", str(file))
    assert (completed.status, completed.out) == (2, "")
    assert len(completed.err.splitlines()) == 1
    assert f"{file}: {error}" in completed.err


def test_a_file_that_cannot_be_read(alarmchain: Run, tmp_path: Path) -> None:
    """The file is missing, or is not text."""
    completed = alarmchain("coverage", "--template", str(tmp_path / "none.yaml"))
    assert (
        completed.status,
        completed.err.splitlines()[0].endswith("No such file or directory"),
    ) == (2, True)
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    completed = alarmchain("coverage", "--template", str(tmp_path / "binary"))
    assert (completed.status, completed.err.strip().endswith("byte 0 is not UTF-8")) == (2, True)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("main.tf", b'resource "aws_s3_bucket" "b" {\n}\n'),
        ("main.tf", b""),
        ("main.txt", b'module "alarms" {\n  source = "./alarms"\n}\n'),
        ("main.tf.json", b'{"resource": {}}'),
        ("terraform.tfstate", b'{"version": 4, "resources": []}'),
        ("plan", b"PK\x03\x04\xff"),
    ],
)
def test_terraforms_own_files(alarmchain: Run, tmp_path: Path, name: str, content: bytes) -> None:
    """Terraform's own files are refused, and one line says what to pass."""
    file = tmp_path / name
    file.write_bytes(content)
    completed = alarmchain("coverage", "--template", str(file))
    assert (completed.status, completed.out) == (2, "")
    assert len(completed.err.splitlines()) == 1
    assert (
        "Pass a plan's JSON: terraform plan -out plan; terraform show -json plan" in completed.err
    )


def test_a_plan_has_no_template_parameters(alarmchain: Run, tmp_path: Path) -> None:
    """--template-parameter is refused for a plan, whose variables already have values."""
    file = plan(tmp_path, planned_values={"root_module": {}})
    completed = alarmchain("coverage", "--template", file, "--template-parameter", "A=b")
    assert completed.status == 2
    assert "--template-parameter is for CloudFormation" in completed.err
