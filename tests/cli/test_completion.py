"""Shell completion: the scripts for the shells, and the words that are offered."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from click.shell_completion import ShellComplete

from alarmchain.cli.main import group
from alarmchain.control import known_controls
from alarmchain.place import REGION_NAME
from alarmchain.report.formats import FORMATS
from alarmchain.rule_sets import rule_sets
from tests.command_line import Run

CHECKOUT = Path(__file__).parents[2]
SHELLS = ("bash", "zsh", "fish")
AT_THE_CURSOR = ""


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_of_a_shell(
    alarmchain: Run, monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    """The script completes `alarmchain`, and a shell that is installed accepts it."""
    monkeypatch.setenv("_ALARMCHAIN_COMPLETE", f"{shell}_source")
    completed = alarmchain()
    assert (completed.status, completed.err) == (0, "")
    assert f"_ALARMCHAIN_COMPLETE={shell}_complete" in completed.out
    if program := shutil.which(shell):
        subprocess.run([program, "-n"], input=completed.out, text=True, check=True)


def offered(*words: str) -> list[str]:
    """Return what a shell would offer for the last of the words after `alarmchain`."""
    shell = ShellComplete(group, {}, "alarmchain", "_ALARMCHAIN_COMPLETE")
    return [item.value for item in shell.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("coverage", "--rule"), sorted(known_controls())),
        (("audit", "--rule"), sorted(known_controls())),
        (("remedy", "--rule"), sorted(known_controls())),
        (("audit", "--rule-set"), sorted(rule_sets(known_controls().values()))),
        (("coverage", "--rule-set"), sorted(rule_sets(known_controls().values()))),
        (("audit", "--format"), list(FORMATS)),
        ((), ["audit", "collect", "coverage", "match", "new-rule", "remedy", "rules"]),
    ],
    ids=str,
)
def test_the_words_that_are_offered(words: tuple[str, ...], expected: list[str]) -> None:
    """Each option offers all values that it accepts."""
    assert offered(*words, AT_THE_CURSOR) == expected


@pytest.mark.parametrize("command", ["audit", "collect", "coverage", "remedy"])
def test_the_regions_that_are_offered(command: str) -> None:
    """--region offers the regions that botocore knows and that begin with the word."""
    regions = {*boto3.Session().get_available_regions("cloudtrail")}
    words = offered(command, "--region", "eu-")
    assert {name for name in regions if name.startswith("eu-")} <= set(words)
    assert all(REGION_NAME.fullmatch(name) and name.startswith("eu-") for name in words)


def test_names_separated_by_commas() -> None:
    """After a comma, the words are those of the last region or rule."""
    assert "us-east-1,eu-west-1" in offered("audit", "--region", "us-east-1,eu-w")
    assert offered("audit", "--rule", "VPCChanges,CMK") == ["VPCChanges,CMKChanges"]


def test_the_guide_has_a_line_for_each_shell() -> None:
    """docs/installing.md has the line that each shell runs at its start."""
    guide = (CHECKOUT / "docs" / "installing.md").read_text()
    assert tuple(re.findall(r"_ALARMCHAIN_COMPLETE=(\w+)_source alarmchain", guide)) == SHELLS


def test_an_unknown_command_offers_nothing_of_its_own() -> None:
    """An unknown command offers no words, and causes no error."""
    assert offered("nope", "--rule", "CMK") == []


def test_completion_loads_no_aws_library() -> None:
    """A shell waits for the answer, so completion does not import what is slow."""
    environment = {
        "PYTHONPATH": str(CHECKOUT),
        "_ALARMCHAIN_COMPLETE": "fish_complete",
        "COMP_WORDS": "alarmchain audit --region",
        "COMP_CWORD": "us-east-",
    }
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "alarmchain"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "plain,us-east-1" in done.stdout
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "alarmchain.cli.completion" in loaded
    assert loaded & {"boto3", "botocore", "rdklib"} == set()


def test_a_shell_that_is_not_known(alarmchain: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard error has one line, and the status is 2."""
    monkeypatch.setenv("_ALARMCHAIN_COMPLETE", "tcsh_source")
    completed = alarmchain("audit")
    assert (completed.status, completed.out) == (2, "")
    expected = "expected bash_source, zsh_source or fish_source"
    assert completed.err == f"alarmchain: _ALARMCHAIN_COMPLETE is 'tcsh_source'; {expected}\n"


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes(tmp_path: Path) -> None:
    """In bash, the script's function sets COMPREPLY to the rule that begins with the word."""
    program = tmp_path / "alarmchain"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m alarmchain "$@"\n')
    program.chmod(0o755)
    code = (
        'eval "$(_ALARMCHAIN_COMPLETE=bash_source alarmchain)"\n'
        "COMP_WORDS=(alarmchain audit --rule CMK); COMP_CWORD=3\n"
        "_alarmchain_completion alarmchain\n"
        'echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", code],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("CMKChanges\n", "")
