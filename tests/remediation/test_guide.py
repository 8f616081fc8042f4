"""docs/remediation.md: what it says of parameters, steps and commands holds."""

import re
import shlex
from pathlib import Path

import boto3
import pytest
from botocore import xform_name

from alarmchain.remediation.document import document
from deployment.folders import CHECKOUT
from tests.remediation.conftest import CONTROLS

GUIDE = (CHECKOUT / "docs" / "remediation.md").read_text()
COMMANDS = [line for line in GUIDE.splitlines() if re.match(r"(aws|make) ", line)]


def test_parameters_and_steps() -> None:
    """All are told, and no other."""
    content = document(CONTROLS["ConfigChanges"])
    section = GUIDE.split("## Parameters")[1].split("## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    told = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(told) == sorted(content["parameters"])
    steps = re.findall(r"^\| `(\w+)` \| ", GUIDE.split("## Parameters")[0], re.MULTILINE)
    assert steps == [step["name"] for step in content["mainSteps"]]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda text: " ".join(text.split()[:3]))
def test_commands(command: str) -> None:
    """Each is one of the AWS CLI's, with options that its operation has; or a target of make."""
    words = shlex.split(command)
    if words[0] == "make":
        makefile = Path(CHECKOUT / "Makefile").read_text()
        assert f"\n{words[1]}:" in makefile
        assert all(f"{word.partition('=')[0]}" in makefile for word in words[2:])
        return
    service, operation = words[1], words[2]
    if (service, operation) == ("cloudformation", "deploy"):
        return
    name = {"configservice": "config"}.get(service, service)
    client = boto3.client(name, region_name="us-east-1")
    (api,) = [one for one in client.meta.service_model.operation_names if _cli(one) == operation]
    known = {
        _cli(one) for one in client.meta.service_model.operation_model(api).input_shape.members
    }
    # What the CLI adds or calls otherwise.
    known |= {"region", "query", "actions-enabled", "notification-endpoint"}
    assert {word[2:] for word in words[3:] if word.startswith("--")} <= known


def _cli(name: str) -> str:
    return xform_name(name, "-")


def test_the_table_of_faults_is_near() -> None:
    """The page that it links to is there."""
    assert (CHECKOUT / "docs" / "remediation-faults.md").exists()
    assert "(remediation-faults.md)" in GUIDE
