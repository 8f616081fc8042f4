"""A terminal, a reader or a disk that goes away: nothing else is lost, and the status is right."""

import errno
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from alarmchain.cli import output_file
from alarmchain.cli.progress import Progress
from tests.cli.audit_report import RULES, report
from tests.command_line import Run

needs_full = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="this system has no /dev/full"
)


def run(redirection: str, *arguments: str) -> tuple[int, str]:
    """Return the status of `alarmchain ARGUMENTS... REDIRECTION`, and its standard error.

    Standard output is a pipe that nobody reads any more, unless it is redirected.
    """
    reader, writer = os.pipe()
    os.close(reader)
    command = ["bash", "-c", f'exec "$@" {redirection}', "bash", sys.executable, "-m", "alarmchain"]
    completed = subprocess.run(
        [*command, *arguments], stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    return completed.returncode, completed.stderr


@pytest.mark.parametrize(
    ("redirection", "status", "error"),
    [
        ("", 141, ""),
        pytest.param(
            ">/dev/full",
            2,
            "alarmchain: cannot write the report: No space left on device\n",
            marks=needs_full,
        ),
    ],
)
def test_a_lost_standard_output_loses_no_file(
    file: Path, tmp_path: Path, redirection: str, status: int, error: str
) -> None:
    """The report for standard output comes first; the file after it is still written."""
    path = tmp_path / "audit.json"
    arguments = ("--format", "text", "--output", "-", "--format", "json", "--output", str(path))
    assert run(redirection, "audit", "--snapshot", str(file), *arguments) == (status, error)
    assert len(report(path.read_text())["results"]) == len(RULES)


@pytest.mark.parametrize("name", ["/dev/stdout", "link"])
def test_the_file_of_standard_output_is_not_replaced(file: Path, tmp_path: Path, name: str) -> None:
    """A log to which standard output appends keeps its lines, also if --output names the log."""
    log = tmp_path / "log"
    log.write_text("before\n")
    (tmp_path / "link").symlink_to(log)
    # An absolute path replaces the folder.
    report_file = ("--format", "csv", "--output", str(tmp_path / name))
    audit = ("audit", "--snapshot", str(file), *report_file)
    assert run(f">>{log}", *audit) == (1, "")
    lines = log.read_text().splitlines()
    assert (lines[0], len(lines)) == ("before", 1 + 1 + len(RULES))
    twice = "alarmchain: standard output is given for two reports\n"
    assert run(f">>{log}", *audit, "--format", "json", "--output", "-") == (2, twice)


@needs_full
@pytest.mark.parametrize(
    ("arguments", "status"),
    [(("--parameter", "CallList=extended"), 1), (("--exceptions", "none"), 2)],
    ids=["a report", "a refused option"],
)
def test_a_lost_standard_error_keeps_the_status(
    file: Path, tmp_path: Path, arguments: tuple[str, ...], status: int
) -> None:
    """If standard error cannot be written, the status and the reports stay the same."""
    path = tmp_path / "audit.json"
    exceptions = tmp_path / "exceptions.toml"
    exceptions.write_text(
        '[[exception]]\naccount = "*"\nregion = "*"\nrule = "*"\nreason = "expired long ago"\n'
        'until = 2020-01-01\nwhy = "a note for standard error"\n'
    )
    notes = () if "--exceptions" in arguments else ("--exceptions", str(exceptions))
    outputs = ("--format", "json", "--output", str(path))
    options = ("--snapshot", str(file), *arguments, *notes, *outputs)
    assert run(">/dev/null 2>/dev/full", "audit", *options) == (status, "")
    assert path.exists() == (status == 1)


def test_each_unwritable_file_has_a_line(
    alarmchain: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both reports go to standard output, and the file that can be written is written."""
    full, good = [tmp_path / name for name in ("a", "b")], tmp_path / "c"
    replace = output_file._replace

    def write(path: Path, text: str) -> None:
        if path in full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace(path, text)

    monkeypatch.setattr(output_file, "_replace", write)
    outputs = [word for path in (*full, good) for word in ("--format", "json", "--output", path)]
    completed = alarmchain("audit", "--snapshot", str(file), *map(str, outputs))
    assert completed.status == 2
    assert completed.err == "".join(
        f"alarmchain: cannot write {path}: No space left on device;"
        " the report was written to standard output instead\n"
        for path in full
    )
    assert completed.out == good.read_text() * 2


@needs_full
def test_nothing_can_be_written(file: Path) -> None:
    """If neither the file nor standard output can be written, one line says so."""
    outputs = ("--format", "json", "--output", "/dev/full")
    status, error = run("", "audit", "--snapshot", str(file), *outputs)
    assert (status, error) == (
        2,
        "alarmchain: cannot write /dev/full: No space left on device;"
        " standard output cannot be written either\n",
    )


def test_a_terminal_that_goes_away_does_not_end_an_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The progress bar stops; the audit goes on."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with Progress(1) as progress:
            progress.account("111122223333", 2)
            os.close(ours)
            progress.region("111122223333", "us-east-1")
            progress.region("111122223333", "eu-west-1")
            progress.done("111122223333")
