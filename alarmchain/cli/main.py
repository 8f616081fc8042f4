"""`alarmchain`: the group of commands, and how any of them ends.

A command's module is imported when it is used, so that those that need no AWS start without its
libraries. Exit status 2 means that something could not be used; its reason is one line on
standard error.
"""

import importlib
import io
import os
import sys
from typing import Any

import click

from alarmchain.cli.words import one_line

_COMMANDS = {
    "audit": "alarmchain.cli.audit_command",
    "collect": "alarmchain.cli.collect_command",
    "coverage": "alarmchain.cli.coverage_command",
    "match": "alarmchain.cli.match_command",
}
"""The module of each command, which holds it as `command`."""

_USAGE = 2
_INTERRUPTED = 130
_BROKEN_PIPE = 141


class LazyGroup(click.Group):
    """Imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        module = _COMMANDS.get(cmd_name)
        if module is None:
            known = ", ".join(_COMMANDS)
            raise click.UsageError(f"command '{cmd_name}' is unknown; known: {known}")
        command: click.Command = importlib.import_module(module).command
        return command


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="alarmchain")
def group() -> None:
    """Would a dangerous API call in your AWS account really reach a person?"""


def main(arguments: list[str] | None = None) -> None:
    """Runs the command line and exits; `arguments` default to those of the process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What a terminal cannot show must not end in a traceback.
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_run(arguments))


def _run(arguments: list[str] | None) -> int:
    if sys.stdout is None:
        click.echo("alarmchain: standard output is closed", err=True)
        return _USAGE
    try:
        # Not click's own main(): it would end a broken pipe with 1, which means something else.
        given = sys.argv[1:] if arguments is None else arguments
        with group.make_context("alarmchain", list(given)) as context:
            status: Any = group.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return _USAGE
    except click.ClickException as error:
        click.echo(f"alarmchain: {one_line(error.format_message())}", err=True)
        return _USAGE
    except (click.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except BrokenPipeError:
        _abandon_output()
        return _BROKEN_PIPE
    except OSError as error:
        # Files are the commands' own to tell of; what is left is the report on its way out.
        _abandon_output()
        click.echo(f"alarmchain: cannot write the report: {error.strerror or error}", err=True)
        return _USAGE
    return status if isinstance(status, int) else 0


def _abandon_output() -> None:
    """Nothing more may be flushed into what takes nothing, at exit least of all."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
