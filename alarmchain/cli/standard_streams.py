"""Standard output and standard error, which may go away while a command works.

A closed terminal or a reader that ended must not end the work: a line that nobody can read
is left out, and the status is still that of the work.
"""

import os
import sys
from typing import TextIO

import click

from alarmchain.cli.json_input import one_line
from alarmchain.report.escape_text import visible


def report_problem(text: str) -> None:
    """Write `alarmchain: text` to standard error, in one line and without invisible characters."""
    write_error(f"alarmchain: {visible(one_line(text))}")


def write_error(text: str) -> None:
    """Write the lines to standard error; nothing if it is closed."""
    try:
        click.echo(text, err=True)
    except OSError:
        abandon(sys.stderr)


def abandon(stream: TextIO) -> None:
    """Redirect a stream to /dev/null, so that the interpreter's last flush does not fail."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)
