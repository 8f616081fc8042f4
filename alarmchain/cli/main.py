"""`alarmchain`: the group of commands, and the exit status of each.

A command's module is imported when the command is used, so that commands that do not read AWS start
without its libraries. Exit status 2 means that something could not be used; standard error has the
reason in one line.
"""

import importlib
import io
import os
import sys
from typing import Any

import click

from alarmchain.cli.standard_streams import abandon, report_problem, write_error

_COMMANDS = {
    "audit": "alarmchain.cli.audit_command",
    "collect": "alarmchain.cli.collect_command",
    "coverage": "alarmchain.cli.coverage_command",
    "match": "alarmchain.cli.match_command",
    "new-rule": "alarmchain.cli.new_rule_command",
    "remedy": "alarmchain.cli.remedy_command",
    "rules": "alarmchain.cli.rules_command",
}
"""The module of each command; the command is its `command`."""

_COMPLETION = "_ALARMCHAIN_COMPLETE"
"""The environment variable by which a shell asks for completion. click chose its name."""

_USAGE = 2
_INTERRUPTED = 130
_BROKEN_PIPE = 141


class LazyGroup(click.Group):
    """Imports a command's module when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _COMMANDS.get(cmd_name)
        if module is None:
            if ctx.resilient_parsing:  # a shell asks for completion
                return None
            known = ", ".join(_COMMANDS)
            raise click.UsageError(f"command '{cmd_name}' is unknown; known: {known}")
        command: click.Command = importlib.import_module(module).command
        return command


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="alarmchain")
def group() -> None:
    """Decide whether dangerous API calls in your AWS account would really reach a person."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit; `arguments` default to those of the process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A character that the terminal cannot show must not end in a traceback.
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_run(arguments))


def _run(arguments: list[str] | None) -> int:
    if sys.stdout is None:
        report_problem("standard output is closed")
        return _USAGE
    try:
        instruction = os.environ.get(_COMPLETION)
        if instruction:
            return _complete(instruction)
        # Not click's own main(): it ends a broken pipe with 1, which has another meaning here.
        words = sys.argv[1:] if arguments is None else arguments
        with group.make_context("alarmchain", list(words)) as context:
            status: Any = group.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        write_error(error.format_message())
        return _USAGE
    except click.ClickException as error:
        report_problem(error.format_message())
        return _USAGE
    except (click.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except BrokenPipeError:
        abandon(sys.stdout)
        return _BROKEN_PIPE
    except OSError as error:
        # The commands report errors of files; only writing the report to standard output is left.
        abandon(sys.stdout)
        report_problem(f"cannot write the report: {error.strerror or error}")
        return _USAGE
    return status if isinstance(status, int) else 0


def _complete(instruction: str) -> int:
    """Write the shell's completion script, or the words that it may offer. Return the status."""
    from click.shell_completion import shell_complete

    if shell_complete(group, {}, "alarmchain", _COMPLETION, instruction):
        expected = "expected bash_source, zsh_source or fish_source"
        raise click.UsageError(f"{_COMPLETION} is '{instruction}'; {expected}")
    return 0
