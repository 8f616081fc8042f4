"""Runs the command line in this process."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from alarmchain.cli.main import main


@dataclass(frozen=True, slots=True)
class CompletedCommand:
    """The exit status and the output of a command."""

    status: int
    out: str
    err: str


Run = Callable[..., CompletedCommand]


@pytest.fixture
def alarmchain(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs `alarmchain ARGUMENTS...` with `stdin` as standard input."""

    def run(*arguments: str, stdin: bytes = b"") -> CompletedCommand:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        status = ended.value.code
        assert isinstance(status, int)
        written = capsys.readouterr()
        return CompletedCommand(status, written.out, written.err)

    return run
