"""`alarmchain match`: one filter pattern on one event."""

import json
from pathlib import Path

import click

from alarmchain.cli.json_input import no_number, standard_input
from alarmchain.cli.words import one_line
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.match.match import formula, match
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.deciding_fields import deciding_fields
from alarmchain.records.record_fields import Json
from alarmchain.report.match import as_json, write_text

_MATCH, _NO_MATCH, _UNUSABLE = 0, 1, 2


@click.command("match", short_help="Tell whether a filter pattern matches one event.")
@click.argument("pattern")
@click.argument("event", metavar="EVENT.json")
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to write the answer.",
)
def command(pattern: str, event: str, output: str) -> int:
    """Tell whether CloudWatch Logs counts the event in EVENT.json (- for standard input).

    Exit status: 0 if the event matches PATTERN, 1 if it does not or that is not known, 2 if
    PATTERN or the event can't be used.
    """
    try:
        tree = parse(pattern)
    except PatternSyntaxError as error:
        click.echo(f"alarmchain: {error.explanation()}", err=True)
        return _UNUSABLE
    record = _read(event)
    found = match(tree, record)
    fields = deciding_fields(formula(tree), record) if found.is_no else ()
    if output == "json":
        click.echo(json.dumps(as_json(found, fields)))
    else:
        write_text(found, fields, record)
    return _MATCH if found.is_yes else _NO_MATCH


def _read(event: str) -> Json:
    """The event, a JSON object. Raises click.ClickException."""
    if not event:
        raise click.ClickException("EVENT.json is empty; expected the path of a file, or -")
    name = "standard input" if event == "-" else event
    try:
        text = standard_input().read() if event == "-" else Path(event).read_bytes()
        record = json.loads(text, parse_constant=no_number)
    except OSError as error:
        raise click.ClickException(f"cannot read {name}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise click.ClickException(f"{name}: not UTF-8") from None
    except RecursionError:
        raise click.ClickException(f"{name}: the JSON nests too deep") from None
    except ValueError as error:
        raise click.ClickException(f"{name}: not JSON: {one_line(str(error))}") from None
    if not isinstance(record, dict):
        raise click.ClickException(f"{name}: expected one event, a JSON object")
    if isinstance(record.get("Records"), list) and "eventName" not in record:
        raise click.ClickException(f"{name}: a file of Records; expected one event out of it")
    return record
