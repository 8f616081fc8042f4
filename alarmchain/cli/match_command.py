"""`alarmchain match`: whether a filter pattern matches one event."""

import json
from pathlib import Path

import click

from alarmchain.cli.json_input import JsonError, parse_json, standard_input
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.match.match import formula, match
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.deciding_fields import deciding_fields
from alarmchain.records.record_fields import Json
from alarmchain.report.match import as_json, write_text

_MATCH, _NO_MATCH, _UNUSABLE = 0, 1, 2


@click.command("match", short_help="Decide whether a filter pattern matches one event.")
@click.argument("pattern")
@click.argument("event", metavar="EVENT.json")
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of the answer.",
)
def command(pattern: str, event: str, output: str) -> int:
    """Decide whether PATTERN matches the event in EVENT.json (- for standard input).

    The answer is that of CloudWatch Logs, as far as its behaviour is documented.

    Exit status: 0 if PATTERN matches the event, 1 if it does not or if that is unknown, 2 if
    PATTERN or the event cannot be used.
    """
    try:
        tree = parse(pattern)
    except PatternSyntaxError as error:
        click.echo(f"alarmchain: {error.explanation()}", err=True)
        return _UNUSABLE
    record = _read_event(event)
    verdict = match(tree, record)
    fields = deciding_fields(formula(tree), record) if verdict.is_no else ()
    if output == "json":
        click.echo(json.dumps(as_json(verdict, fields)))
    else:
        write_text(verdict, fields, record)
    return _MATCH if verdict.is_yes else _NO_MATCH


def _read_event(file: str) -> Json:
    """Return the event, a JSON object. Raises click.ClickException."""
    if not file:
        raise click.ClickException("EVENT.json is empty; expected the path of a file, or -")
    name = "standard input" if file == "-" else file
    try:
        record = parse_json(standard_input().read() if file == "-" else Path(file).read_bytes())
    except OSError as error:
        raise click.ClickException(f"cannot read {name}: {error.strerror or error}") from None
    except JsonError as error:
        raise click.ClickException(f"{name} {error}") from None
    if not isinstance(record, dict):
        raise click.ClickException(f"{name}: expected one event, a JSON object")
    if isinstance(record.get("Records"), list) and "eventName" not in record:
        raise click.ClickException(f"{name} holds a list of Records; expected one of its records")
    return record
