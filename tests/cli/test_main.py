"""The group of commands: help, exit statuses and refused input."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click
import pytest

from alarmchain.cli import main
from tests.command_line import Run


def test_help_lists_every_command(alarmchain: Run) -> None:
    """--help goes to standard output and lists each command, which has its own help."""
    completed = alarmchain("--help")
    assert (completed.status, completed.err) == (0, "")
    for name in ("audit", "collect", "coverage", "match", "new-rule", "remedy", "rules"):
        assert f"  {name} " in completed.out
        assert "..." not in completed.out.split("Commands:")[1], "a summary is truncated"
        own = alarmchain(name, "--help")
        assert (own.status, own.err) == (0, "")
        assert own.out.startswith(f"Usage: alarmchain {name} ")


def test_version(alarmchain: Run) -> None:
    """--version names the installed version."""
    assert version("alarmchain") in alarmchain("--version").out


def test_the_module_is_the_command() -> None:
    """`python -m alarmchain` has the same name and help as `alarmchain`."""
    done = {
        first: subprocess.run(
            [*command, "coverage", "--help"], capture_output=True, text=True, check=True
        ).stdout
        for first, *command in (
            ("module", sys.executable, "-m", "alarmchain"),
            ("script", str(Path(sys.executable).with_name("alarmchain"))),
        )
    }
    assert done["module"] == done["script"]
    assert done["module"].startswith("Usage: alarmchain coverage ")


def test_no_arguments(alarmchain: Run) -> None:
    """Without arguments the help goes to standard error, with status 2."""
    completed = alarmchain()
    assert (completed.status, completed.out) == (2, "")
    assert "Commands:" in completed.err


def test_an_unknown_command(alarmchain: Run) -> None:
    """Standard error has one line, and the status is 2."""
    completed = alarmchain("nope")
    assert (completed.status, completed.out) == (2, "")
    known = "audit, collect, coverage, match, new-rule, remedy, rules"
    assert completed.err == f"alarmchain: command 'nope' is unknown; known: {known}\n"


STREAMS = [
    # arguments, the shell's redirection, text on standard error
    ("coverage --jsonl", "<&-", "standard input is closed"),
    ("match x -", "<&-", "standard input is closed"),
    ("coverage --rule CMKChanges x", ">&-", "standard output is closed"),
    ("coverage --rule CMKChanges x", ">/dev/full", "cannot write the report: No space left"),
]


@pytest.mark.parametrize(("arguments", "streams", "words"), STREAMS)
def test_streams_that_cannot_be_used(arguments: str, streams: str, words: str) -> None:
    """For a closed stream or a full disk, standard error has one line, and the status is 2."""
    if "/dev/full" in streams and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    command = f"exec {sys.executable} -m alarmchain {arguments} {streams}"
    completed = subprocess.run(
        ["sh", "-c", command], stderr=subprocess.PIPE, text=True, check=False
    )
    (line,) = completed.stderr.splitlines()
    assert (completed.returncode, line.startswith(f"alarmchain: {words}")) == (2, True)


def test_an_interruption(alarmchain: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends a command without a traceback."""

    def interrupted(_: click.Context) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(main.group, "invoke", interrupted)
    completed = alarmchain("coverage")
    assert (completed.status, completed.out, completed.err) == (130, "", "")
