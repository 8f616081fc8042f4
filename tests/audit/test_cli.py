"""The group of commands: what it lists, how it ends, and what it refuses."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import click
import pytest

from alarmchain.audit import cli

Run = Callable[..., Any]


def test_help_lists_every_command(alarmchain: Run) -> None:
    """--help goes to standard output and names each command, which has help of its own."""
    ran = alarmchain("--help")
    assert (ran.status, ran.err) == (0, "")
    for name in ("audit", "collect", "coverage", "match"):
        assert f"  {name} " in ran.out
        own = alarmchain(name, "--help")
        assert (own.status, own.err) == (0, "")
        assert own.out.startswith(f"Usage: alarmchain {name} ")


def test_version(alarmchain: Run) -> None:
    """--version names the installed version."""
    assert version("alarmchain") in alarmchain("--version").out


def test_no_arguments(alarmchain: Run) -> None:
    """Without arguments the help goes to standard error, with status 2."""
    ran = alarmchain()
    assert (ran.status, ran.out) == (2, "")
    assert "Commands:" in ran.err


def test_an_unknown_command(alarmchain: Run) -> None:
    """An unknown command is one line on standard error, with status 2."""
    ran = alarmchain("nope")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "alarmchain: No such command 'nope'.\n"


def test_an_interruption(alarmchain: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends a command without a traceback."""

    def interrupted(_: click.Context) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.group, "invoke", interrupted)
    ran = alarmchain("coverage")
    assert (ran.status, ran.out, ran.err) == (130, "", "")
