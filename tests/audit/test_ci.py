"""docs/ci.md and its examples: what they show can be run as it stands."""

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from alarmchain.audit.cli import group
from alarmchain.control import known_controls

CHECKOUT = Path(__file__).parents[2]
GUIDE = (CHECKOUT / "docs" / "ci.md").read_text(encoding="utf-8")
WORKFLOW = CHECKOUT / "examples" / "github-actions" / "alarmchain.yml"
TEMPLATE = "examples/templates/alarms.yaml"
Run = Callable[..., Any]


def steps() -> Iterator[dict[str, Any]]:
    """Every step of the workflow's jobs."""
    for job in yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"].values():
        yield from job["steps"]


def commands() -> Iterator[list[str]]:
    """The arguments of every `alarmchain` in the guide's blocks and in the workflow."""
    scripts = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    scripts += [step["run"] for step in steps() if "run" in step]
    for script in scripts:
        for line in script.replace("\\\n", " ").splitlines():
            if line.strip().startswith("alarmchain "):
                command = re.split(r"\s+(?:\||\|\||&&)\s+", line.strip())[0]
                yield shlex.split(command)[1:]


@pytest.mark.parametrize("arguments", list(commands()), ids=" ".join)
def test_every_command_shown_is_understood(arguments: list[str]) -> None:
    """Its name and its options are those of the command line."""
    name, *rest = arguments
    command = group.get_command(click.Context(group), name)
    assert command is not None
    command.make_context(name, list(rest))


@pytest.mark.parametrize("rule", ["CloudTrailChanges", "CMKChanges"])
def test_the_example_template_covers_its_rules(alarmchain: Run, rule: str) -> None:
    """As the guide and the workflow ask."""
    ran = alarmchain("coverage", "--template", str(CHECKOUT / TEMPLATE), "--rule", rule)
    assert (ran.status, ran.err) == (0, "")


@pytest.mark.parametrize("form", re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE))
def test_every_format_goes_to_a_file_with_a_summary(
    alarmchain: Run, tmp_path: Path, form: str
) -> None:
    """The report in the file, one line on standard output, status 1 for the broken chains."""
    file = tmp_path / f"audit.{form}"
    snapshot = str(CHECKOUT / "docs" / "example-account.json")
    ran = alarmchain("audit", "--snapshot", snapshot, "--format", form, "--output", str(file))
    assert (ran.status, len(ran.out.splitlines())) == (1, 1)
    rules = len(known_controls())
    counts = f"{rules} results: 1 covered, {rules - 1} not covered, 0 unknown"
    assert ran.out.startswith(counts)
    assert "ConfigChanges" in file.read_text(encoding="utf-8")


def test_a_pipe_does_not_swallow_the_exit_status() -> None:
    """Steps that pipe run in GitHub's bash, which sets pipefail; the default shell does not."""
    piping = [step for step in steps() if re.search(r"[^|]\|[^|]", step.get("run", ""))]
    assert piping
    assert all(step["shell"] == "bash" for step in piping)


def test_the_workflow_takes_no_more_rights_than_it_needs() -> None:
    """It reads the repository, and asks for an identity where it takes a role."""
    document = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    assert document["permissions"] == {"contents": "read"}
    assert document["jobs"]["audit"]["permissions"] == {"contents": "read", "id-token": "write"}
    assert "permissions" not in document["jobs"]["template"]
