"""README.md is correct: every command runs, the tables and the samples are those of the code."""

import json
import os
import re
import shlex
from pathlib import Path

import pytest

from alarmchain.cli.snapshot_file import audit_snapshot, load
from alarmchain.control import known_controls
from alarmchain.decision.assessment import Assessment
from alarmchain.parameters import CHOICES, NAMES, Parameters
from demo.account import HOME, make_account, turn_on_config
from deployment.folders import CHECKOUT
from localaws.accounts import DEFAULT_ACCOUNT
from localaws.server import LocalAws
from tests.builders import SERVING
from tests.clone import run

README = (CHECKOUT / "README.md").read_text()
COMMANDS = [
    line.split("    #")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]
AUDITS = [command for command in COMMANDS if re.search("alarmchain (audit|collect)", command)]
PATTERNS = {
    command: kind[1]
    for command in COMMANDS
    if (kind := re.search("alarmchain (coverage|match)", command))
}
DEPLOYMENTS = [
    command
    for command in COMMANDS
    if re.match(r"make (deploy|undeploy|build)|cd rules|aws cloudformation", command)
]
TESTED_BELOW = {"make demo", "make test"}


def deploy_template(command: str, aws: LocalAws, folder: Path) -> None:
    """Do what `aws cloudformation deploy` does with these arguments; it is not installed here."""
    words = shlex.split(command)[3:]
    options = dict(zip(words[::2], words[1::2], strict=True))
    client = aws.client("cloudformation", "us-east-1")
    client.create_stack(
        StackName=options.pop("--stack-name"),
        TemplateBody=(folder / options.pop("--template-file")).read_text(),
        Capabilities=[options.pop("--capabilities")],
    )
    assert options == {}


def test_every_command_is_tested() -> None:
    """Every command of the README has a test in this file."""
    assert set(COMMANDS) == {*AUDITS, *PATTERNS, *DEPLOYMENTS, *TESTED_BELOW}
    assert (len(AUDITS), len(PATTERNS), len(DEPLOYMENTS)) == (4, 2, 7)


def test_the_first_screen() -> None:
    """The first 45 lines say what alarmchain is and for whom, with two commands and an output."""
    screen = "\n".join(README.splitlines()[:45])
    for text in (
        "would really reach a person",
        "It is for people",
        "make demo",
        "alarmchain audit",
    ):
        assert text in screen
    assert screen.index("```text") > screen.index("alarmchain audit")


def test_the_example_audit(tmp_path: Path) -> None:
    """The audit of the example account prints the rows and the cause that the README shows,
    without AWS."""
    (command,) = [command for command in AUDITS if "docs/example-account.json" in command]
    result = run(command, CHECKOUT, {"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
    (block,) = re.findall(r"```text\n(.*?)```", README, re.DOTALL)
    table, cause = block.split("\n\n")
    rows = table.splitlines()
    assert [line for line in result.stdout.splitlines() if line in rows] == rows
    assert f"\n\n{cause}" in result.stdout
    assert result.returncode == 1


def test_the_example_annotation() -> None:
    """The annotation in the table of verdicts is one of the example account's."""
    snapshot = load(CHECKOUT / "docs" / "example-account.json")
    (assessment,) = audit_snapshot(
        snapshot, [known_controls()["CloudTrailChanges"]], (), Parameters()
    )
    assert isinstance(assessment, Assessment)
    assert f"`{assessment.annotation}`" in README


def test_audits_of_an_account(checkout: Path, local_aws: LocalAws) -> None:
    """A live audit, a collection and an audit of the collected file find the account's faults."""
    make_account(local_aws.client, DEFAULT_ACCOUNT, [HOME], known_controls().values())
    environment = local_aws.child_environment(HOME)
    done = {
        command: run(command, checkout, environment)
        for command in AUDITS
        if "docs/example-account.json" not in command
    }
    live, collected, audited = done.values()
    assert (live.returncode, collected.returncode, audited.returncode) == (1, 0, 1), done
    assert all(name in live.stdout for name in known_controls())
    (result,) = json.loads(audited.stdout)["results"]
    assert (result["rule"], result["compliance"]) == ("CMKChanges", "NON_COMPLIANT")


@pytest.mark.parametrize(("command", "kind"), PATTERNS.items())
def test_patterns(command: str, kind: str, tmp_path: Path) -> None:
    """The first pattern covers one call of five; the second matches the record."""
    done = run(command, CHECKOUT, {"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
    expected = {"coverage": (1, "1 of 5 calls covered"), "match": (0, "match")}[kind]
    assert done.returncode == expected[0], done.stderr
    assert expected[1] in done.stdout


@pytest.mark.long
def test_deployments(checkout: Path, local_aws: LocalAws) -> None:
    """The commands of the Deploy chapter work, in their order."""
    regions = ("us-east-1", "eu-west-1")
    turn_on_config(local_aws.client, DEFAULT_ACCOUNT, regions)
    environment = local_aws.child_environment("us-east-1")
    for command in DEPLOYMENTS:
        if command.startswith("aws "):
            deploy_template(command, local_aws, checkout)
        else:
            done = run(command, checkout, environment)
            assert done.returncode == 0, (command, done.stdout, done.stderr)
    for region in regions:
        functions = local_aws.client("lambda", region).list_functions()["Functions"]
        assert {item["FunctionName"] for item in functions} == {
            f"RDK-Rule-Function-{rule}" for rule in known_controls()
        }
        roles = {item["Role"].rsplit("/", 1)[1] for item in functions}
        assert roles == {"alarmchain-rules"}


@pytest.mark.long
def test_the_demo(checkout: Path) -> None:
    """`make demo` succeeds, says so last, and leaves nothing outside of build/."""
    before = set(checkout.iterdir())
    home = checkout.parent / "home"
    home.mkdir()
    environment = {**os.environ, "HOME": str(home), "TMPDIR": str(home)}
    done = run("make demo", checkout, environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Next, with the credentials of your account:" in done.stdout
    assert "made: put metric filter" in done.stdout
    assert "left alone: alarm" in done.stdout
    assert set(checkout.iterdir()) - before == {checkout / "build"}
    assert list(home.iterdir()) == []


def test_make_test_runs_the_linters_and_every_test() -> None:
    """`make test` runs ruff, the import contracts, mypy, then the tests that pytest finds."""
    planned = run("make -n test", CHECKOUT, dict(os.environ)).stdout
    order = [
        planned.index(tool)
        for tool in ("ruff check", "ruff format", "lint-imports", "mypy", "pytest")
    ]
    assert order == sorted(order)


def test_the_rules_table_is_the_controls() -> None:
    """Each rule that serves a control has a row with the severity of its control.toml."""
    lines = re.findall(r"^\| `(\w+)` \| .* \| (\w+) \|$", README, re.MULTILINE)
    assert dict(lines) == {name: control.severity for name, control in SERVING.items()}


def test_the_parameters_table_is_the_cores() -> None:
    """Each parameter has a row with the values that the core allows, the default first."""
    table = README.split("### Parameters")[1].split("\n## ")[0]
    rows = [line.split("|")[1:3] for line in table.splitlines() if line.startswith("| `")]
    documented = {name: cell for names, cell in rows for name in re.findall(r"`(\w+)`", names)}
    assert set(documented) == set(NAMES)
    for name, values in CHOICES.items():
        assert re.findall(r"`(\w+)`", documented[name])[: len(values)] == list(values)


def test_files_that_it_names() -> None:
    """Every file that the README names exists, or exists in each rule folder."""
    for path in re.findall(r"[`(]([\w./-]+\.(?:json|md|toml|yaml))[`)]", README):
        assert (CHECKOUT / path).exists() or all(
            (CHECKOUT / "rules" / name / path).exists() for name in known_controls()
        ), path
