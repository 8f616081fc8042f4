"""`alarmchain remedy` on a snapshot: its output, options and exit status."""

import json
import re
from pathlib import Path

import pytest

from tests.command_line import Run

EXAMPLE = Path(__file__).parents[2] / "docs" / "example-account.json"


@pytest.mark.parametrize(
    ("rule", "commands"),
    [
        ("CMKChanges", ["aws sns subscribe"]),
        ("CloudTrailChanges", ["aws cloudwatch put-metric-alarm"]),
        ("SecurityGroupChanges", ["aws logs put-metric-filter"]),
        ("ConfigChanges", []),
    ],
)
def test_the_example(alarmchain: Run, rule: str, commands: list[str]) -> None:
    """Each fault of the example needs one command, with a comment that says why."""
    completed = alarmchain("remedy", "--snapshot", str(EXAMPLE), "--rule", rule)
    lines = completed.out.splitlines()
    printed = [number for number, line in enumerate(lines) if line.startswith("aws ")]
    assert [" ".join(lines[number].split()[:3]) for number in printed] == commands
    assert all(lines[number - 1].startswith("# ") for number in printed)
    assert (completed.status, completed.err) == (int(bool(commands)), "")
    assert lines[0].startswith(f"# {rule} in us-east-1: ")


def test_an_address(alarmchain: Run, tmp_path: Path) -> None:
    """The command has the address of --email; without it, a word to replace."""
    account = json.loads(EXAMPLE.read_text())
    for topic in account["Regions"]["us-east-1"]["topics"]:
        topic["Subscriptions"] = []
    file = tmp_path / "account.json"
    file.write_text(json.dumps(account))
    words = ("remedy", "--snapshot", str(file), "--rule", "ConfigChanges")
    completed = alarmchain(*words, "--email", "me@example.com")
    assert "--notification-endpoint me@example.com" in completed.out
    assert "the owner of me@example.com must confirm" in completed.out
    completed = alarmchain(*words)
    assert "--notification-endpoint ADDRESS" in completed.out
    assert "Replace ADDRESS, or give --email." in completed.out


def test_regions_share_what_is_made(alarmchain: Run, tmp_path: Path) -> None:
    """A command that serves two regions is printed once."""
    account = json.loads(EXAMPLE.read_text())
    account["Regions"]["eu-west-1"] = {name: [] for name in account["Regions"]["us-east-1"]}
    file = tmp_path / "account.json"
    file.write_text(json.dumps(account))
    completed = alarmchain("remedy", "--snapshot", str(file), "--rule", "CloudTrailChanges")
    assert len(re.findall("^aws ", completed.out, re.MULTILINE)) == 1
    assert "# CloudTrailChanges in eu-west-1: nothing is missing." in completed.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "Missing option '--rule'"),
        (("--rule", "Other"), "rule 'Other' is unknown; known: "),
        (("--rule", "CMKChanges", "--email", "me"), "--email 'me': expected an e-mail address"),
        (("--rule", "CMKChanges", "--region", "eu-west-1"), "has no region 'eu-west-1'"),
        (("--rule", "CMKChanges", "--profile", "x"), "--profile cannot be used with --snapshot"),
        (("--rule", "CMKChanges", "--parameter", "CallList=x"), "CallList"),
    ],
)
def test_wrong_options(alarmchain: Run, options: tuple[str, ...], message: str) -> None:
    """Wrong options end with status 2 and a message in one line."""
    completed = alarmchain("remedy", "--snapshot", str(EXAMPLE), *options)
    assert (completed.status, completed.out) == (2, "")
    assert message in completed.err
    assert completed.err.count("\n") == 1


def test_names_are_quoted(alarmchain: Run, tmp_path: Path) -> None:
    """A name from the account cannot start another command."""
    name = "x'; touch /tmp/pwned; '$(id)\n# `id`"
    account = json.loads(EXAMPLE.read_text())
    region = account["Regions"]["us-east-1"]
    for item in region["metric_filters"]:
        item["metricTransformations"][0]["metricName"] = name
    region["metric_alarms"] = []
    file = tmp_path / "account.json"
    file.write_text(json.dumps(account))
    completed = alarmchain("remedy", "--snapshot", str(file), "--rule", "ConfigChanges")
    assert "--metric-name 'x'\"'\"'; touch /tmp/pwned; '\"'\"'$(id)\n# `id`'" in completed.out
