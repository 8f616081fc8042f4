"""docs/ci.md, docs/reports.md and the examples: every command and every job runs."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from alarmchain.cli.main import group
from alarmchain.control import known_controls
from alarmchain.report.formats import FORMATS
from demo.account import HOME, make_account
from localaws.accounts import DEFAULT_ACCOUNT
from localaws.server import LocalAws
from tests.command_line import Run

CHECKOUT = Path(__file__).parents[2]
GUIDE = (CHECKOUT / "docs" / "ci.md").read_text(encoding="utf-8")
REPORTS = (CHECKOUT / "docs" / "reports.md").read_text(encoding="utf-8")
WORKFLOW = CHECKOUT / "examples" / "github-actions" / "alarmchain.yml"
TEMPLATE = "examples/templates/alarms.yaml"


def steps() -> Iterator[dict[str, Any]]:
    """Yield every step of the workflow's jobs."""
    for job in yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"].values():
        yield from job["steps"]


def commands() -> Iterator[list[str]]:
    """Yield the arguments of every `alarmchain` in the guide and in the workflow."""
    scripts = re.findall(r"```sh\n(.*?)```", GUIDE + REPORTS, re.DOTALL)
    scripts += [step["run"] for step in steps() if "run" in step]
    for script in scripts:
        for line in script.replace("\\\n", " ").splitlines():
            if line.strip().startswith("alarmchain "):
                command = re.split(r"\s+(?:\||\|\||&&)\s+", line.strip())[0]
                yield shlex.split(command)[1:]


@pytest.mark.parametrize("arguments", list(commands()), ids=" ".join)
def test_every_command_is_valid(arguments: list[str]) -> None:
    """The command line has its name and its options."""
    name, *rest = arguments
    command = group.get_command(click.Context(group), name)
    assert command is not None
    command.make_context(name, list(rest))


@pytest.mark.parametrize("rule", ["CloudTrailChanges", "CMKChanges"])
def test_the_example_template_covers_its_rules(alarmchain: Run, rule: str) -> None:
    """The example template is complete for the rules of the guide and the workflow."""
    completed = alarmchain("coverage", "--template", str(CHECKOUT / TEMPLATE), "--rule", rule)
    assert (completed.status, completed.err) == (0, "")


def test_the_guide_describes_every_format() -> None:
    """docs/reports.md has a row for each format."""
    rows = re.findall(r"^\| `(\w+)` \| [A-Za-z]", REPORTS.partition("\n## ")[0], re.MULTILINE)
    assert sorted(rows) == sorted(FORMATS)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_goes_to_a_file_with_a_summary(
    alarmchain: Run, tmp_path: Path, form: str
) -> None:
    """The file has the report, standard output one line, and the status is 1."""
    file = tmp_path / f"audit.{form}"
    snapshot = str(CHECKOUT / "docs" / "example-account.json")
    completed = alarmchain("audit", "--snapshot", snapshot, "--format", form, "--output", str(file))
    assert (completed.status, len(completed.out.splitlines())) == (1, 1)
    rules = len(known_controls())
    counts = f"{rules} results: 1 covered, {rules - 1} not covered, 0 unknown"
    assert completed.out.startswith(counts)
    assert "ConfigChanges" in file.read_text(encoding="utf-8")


def test_a_pipe_keeps_the_exit_status() -> None:
    """Steps with a pipe use GitHub's bash, which sets pipefail; the default shell does not."""
    piping = [step for step in steps() if re.search(r"[^|]\|[^|]", step.get("run", ""))]
    assert piping
    assert all(step["shell"] == "bash" for step in piping)


@pytest.fixture
def runner(local_aws: LocalAws, tmp_path: Path) -> Callable[[str], tuple[int, str]]:
    """Return a function that runs a job's scripts as GitHub's runner does, until one fails.

    Steps that install are left out. The function returns the last status and the job's summary.
    """
    make_account(local_aws.client, DEFAULT_ACCOUNT, [HOME], known_controls().values())
    (tmp_path / "infrastructure").mkdir()
    shutil.copy(CHECKOUT / TEMPLATE, tmp_path / "infrastructure")
    summary = tmp_path / "summary.md"
    summary.touch()
    environment = local_aws.child_environment(HOME) | {
        "GITHUB_STEP_SUMMARY": str(summary),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }

    def run(job: str) -> tuple[int, str]:
        status = 0
        for step in yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"][job]["steps"]:
            if "run" not in step or step["run"].startswith("pip install "):
                continue
            strict = ["--noprofile", "--norc", "-eo", "pipefail"] if "shell" in step else ["-e"]
            done = subprocess.run(
                ["bash", *strict, "-c", step["run"]], cwd=tmp_path, env=environment, check=False
            )
            status = done.returncode
            if status:
                break
        return status, summary.read_text()

    return run


def test_the_template_job(runner: Callable[[str], tuple[int, str]], tmp_path: Path) -> None:
    """The job succeeds with the example template, and fails if a filter misses a record."""
    status, summary = runner("template")
    assert status == 0
    assert "CloudTrailChanges: 5 of 5 calls covered" in summary
    assert "CMKChanges: 2 of 2 calls covered" in summary
    template = tmp_path / "infrastructure" / "alarms.yaml"
    template.write_text(template.read_text().replace("$.eventName = DisableKey ||", ""))
    status, summary = runner("template")
    assert status == 1
    assert "CMKChanges: 1 of 2 calls covered" in summary


def test_the_audit_job(runner: Callable[[str], tuple[int, str]], tmp_path: Path) -> None:
    """The job has the audit's status, and writes every file that it uploads."""
    status, summary = runner("audit")
    assert status == 1
    rules = len(known_controls())
    counts = f"{rules} results: {rules - 3} covered, 3 not covered, 0 unknown"
    assert counts in summary
    assert all(line.startswith("    ") for line in summary.splitlines())
    (kept,) = [step["with"]["path"] for step in steps() if "path" in step.get("with", {})]
    for name in kept.split():
        assert (tmp_path / name).stat().st_size > 0


def test_the_workflow_has_only_the_permissions_that_it_needs() -> None:
    """The workflow reads the repository, and requests an identity only to assume a role."""
    document = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    assert document["permissions"] == {"contents": "read"}
    assert document["jobs"]["audit"]["permissions"] == {"contents": "read", "id-token": "write"}
    assert "permissions" not in document["jobs"]["template"]
