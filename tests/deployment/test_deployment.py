"""Region sets, RDK as a child process, the states of stacks, and refused arguments."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deployment.errors import DeploymentError
from deployment.folders import CHECKOUT
from deployment.rdk import first_then_rest, rdk
from deployment.regions import regions_of
from deployment.stacks import Stack


@pytest.fixture
def fake_rdk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install a fake `rdk` for this Python; return its file, which the test writes."""
    program = tmp_path / "bin" / "rdk"
    program.parent.mkdir()
    program.touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(program.with_name("python")))
    return program


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ('{"a": ["us-east-1"]}', "b", "no region set 'b' in sets.json; there are a"),
        ('["us-east-1"]', "a", "no region set 'a' in sets.json; there are none"),
        ('{"a": []}', "a", "region set 'a' in sets.json names no region"),
        ('{"a": "us-east-1"}', "a", "region set 'a' in sets.json names no region"),
        ('{"a": ["useast1"]}', "a", "has 'useast1'; expected a region, such as us-east-1"),
        ('{"a": [1]}', "a", "has 1; expected a region, such as us-east-1"),
        ("{", "a", "cannot be read"),
        (None, "a", "cannot be read"),
    ],
)
def test_unusable_region_sets(tmp_path: Path, text: str | None, name: str, expected: str) -> None:
    """The error names the set, the file and what is wrong with it."""
    file = tmp_path / "sets.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(DeploymentError) as problem:
        regions_of(name, file)
    assert expected in str(problem.value)
    assert "\n" not in str(problem.value)


@pytest.mark.parametrize(
    ("regions", "expected"),
    [
        (["us-east-1"], ("us-east-1",)),
        (["eu-west-1", "us-gov-west-1", "eu-west-1"], ("eu-west-1", "us-gov-west-1")),
        (["ap-southeast-5", "cn-north-1", "us-iso-east-1"], None),
    ],
)
def test_region_sets(tmp_path: Path, regions: list[str], expected: tuple[str, ...] | None) -> None:
    """The regions have the file's order, without duplicates."""
    file = tmp_path / "sets.json"
    file.write_text(json.dumps({"mine": regions}))
    assert regions_of("mine", file) == (expected or tuple(regions))


def test_rdk_runs_in_its_folder_for_its_region(fake_rdk: Path, tmp_path: Path) -> None:
    """RDK gets the region as option and variable, and a temporary folder that is removed later."""
    fake_rdk.write_text(
        '#!/bin/sh\necho "$@"; pwd; echo $AWS_REGION $AWS_DEFAULT_REGION; echo "$TMPDIR"\n'
        'test -d "$TMPDIR" && echo oops >&2; exit 3\n'
    )
    folder = tmp_path / "staged"
    folder.mkdir()
    received: list[str] = []
    run = rdk(
        "eu-west-1", ["deploy", "--all"], folder, received.append, {"PATH": os.environ["PATH"]}
    )
    scratch = run.lines[3]
    assert run.lines[:3] == ("--region eu-west-1 deploy --all", str(folder), "eu-west-1 eu-west-1")
    assert Path(scratch).parent == tmp_path
    assert not Path(scratch).exists()
    assert (run.status, run.last_line, tuple(received)) == (3, "oops", run.lines)


def test_rdk_is_not_installed(fake_rdk: Path, tmp_path: Path) -> None:
    """Without RDK, the error says which command installs it."""
    fake_rdk.unlink()
    with pytest.raises(
        DeploymentError, match="rdk is not installed for this Python: run make setup"
    ):
        rdk("eu-west-1", ["deploy"], tmp_path)


def test_the_first_region_runs_alone(fake_rdk: Path, tmp_path: Path) -> None:
    """The first region ends before any other begins; the results have the regions' order."""
    log = tmp_path / "log"
    fake_rdk.write_text(f"#!/bin/sh\necho begin $2 >> {log}; sleep 0.1; echo end $2 >> {log}\n")
    (tmp_path / "staged").mkdir()
    regions = ("us-east-1", "eu-west-1", "eu-north-1")
    runs = first_then_rest(regions, lambda region: rdk(region, [], tmp_path / "staged"))
    assert tuple(run.region for run in runs) == regions
    assert log.read_text().splitlines()[:2] == ["begin us-east-1", "end us-east-1"]


@pytest.mark.parametrize(
    ("status", "deployed"),
    [
        ("CREATE_COMPLETE", True),
        ("UPDATE_COMPLETE", True),
        ("UPDATE_ROLLBACK_COMPLETE", False),
        ("ROLLBACK_COMPLETE", False),
        ("CREATE_IN_PROGRESS", False),
        ("DELETE_FAILED", False),
        (None, False),
    ],
)
def test_which_stacks_are_deployed(status: str | None, deployed: bool) -> None:
    """Only a complete stack counts, not one that was rolled back."""
    stack = Stack("eu-west-1", "ConfigChanges", status)
    assert stack.deployed is deployed
    assert str(stack).startswith("ConfigChanges in eu-west-1: ")
    assert (status or "no stack") in str(stack)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["deploy", "--region-set", "nowhere"], "no region set 'nowhere' in rdk-config.json"),
        (["undeploy", "--region-set", "nowhere"], "no region set 'nowhere' in rdk-config.json"),
        (["deploy", "NoRule"], "no rule 'NoRule' in rules/; there are CMKChanges,"),
        (["build", "NoRule"], "no rule 'NoRule' in rules/; there are CMKChanges,"),
        (["deploy"], "no usable AWS credentials: Unable to locate credentials"),
        (["undeploy"], "no usable AWS credentials: Unable to locate credentials"),
        (["deploy", "--build", "--region-set", "nowhere"], "no region set 'nowhere'"),
        (["deploy", "--build", "--remediation", "maybe"], "REMEDIATION is 'maybe'; allowed: none"),
        (
            ["deploy", "--lambda-role-name", "arn:aws:iam::123456789012:role/x"],
            "Invalid value for '--lambda-role-name': 'arn:aws:iam::123456789012:role/x'; expected",
        ),
        (["redeploy"], "command 'redeploy' is unknown; expected: build, deploy, undeploy"),
    ],
)
def test_refused_arguments(arguments: list[str], expected: str, tmp_path: Path) -> None:
    """The command ends with the reason and status 2, and stages nothing."""
    staging = (
        [] if arguments[0] in ("build", "redeploy") else ["--staging", str(tmp_path / "staging")]
    )
    run = subprocess.run(
        [sys.executable, "-m", "deployment", *arguments, *staging],
        cwd=CHECKOUT,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "AWS_EC2_METADATA_DISABLED": "true",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert run.stderr.splitlines()[-1].startswith(f"Error: {expected}")
    assert "Traceback" not in run.stderr
    assert run.stdout == ""
    assert not (tmp_path / "staging").exists()
