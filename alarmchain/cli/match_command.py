"""`alarmchain match`: whether a filter pattern matches an event, or each event of a log file."""

import json

import click

from alarmchain.cli.event_file import read_events
from alarmchain.cli.json_input import JsonError, parse_json, standard_input
from alarmchain.cli.standard_streams import write_error
from alarmchain.filter_pattern.ast import Pattern
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.match.match import formula, match
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.deciding_fields import deciding_fields
from alarmchain.records.record_fields import Json
from alarmchain.report.match import (
    VERDICTS,
    Answer,
    as_json,
    records_as_json,
    write_records,
    write_text,
)

_MATCH, _NO_MATCH, _UNUSABLE = 0, 1, 2


@click.command("match", short_help="Decide whether a filter pattern matches an event.")
@click.argument("pattern", required=False)
@click.argument("event", metavar="EVENT.json", required=False)
@click.option(
    "--jsonl",
    is_flag=True,
    help='Read lines of {"pattern": ..., "event": ...} from standard input; write a line for each.',
)
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of the answer.",
)
def command(pattern: str | None, event: str | None, jsonl: bool, output: str) -> int:
    """Decide whether PATTERN matches the event in EVENT.json (- for standard input).

    The file may also be a log file of CloudTrail with its Records, compressed or not: each record
    then has its answer. The answer is that of CloudWatch Logs, as far as its behaviour is
    documented. With --jsonl each answer is an object: its `verdict` is match, no_match, unknown or
    invalid.

    Exit status: 0 if PATTERN matches the event, or one of the Records; 1 if it does not or if that
    is unknown; 2 if PATTERN or the event cannot be used. With --jsonl: 2 if a line cannot be used,
    otherwise 0.
    """
    if jsonl:
        if pattern is not None:
            raise click.UsageError("--jsonl cannot be used with PATTERN or EVENT.json")
        return _answer_lines()
    if pattern is None or event is None:
        raise click.UsageError("expected a PATTERN and EVENT.json, or --jsonl")
    try:
        tree = parse(pattern)
    except PatternSyntaxError as error:
        write_error(f"alarmchain: {error.explanation()}")
        return _UNUSABLE
    records, are_many = read_events(event)
    answers = [_answer(tree, record) for record in records]
    if output == "json":
        document = records_as_json(answers) if are_many else as_json(answers[0])
        click.echo(json.dumps(document))
    elif are_many:
        write_records(answers)
    else:
        write_text(answers[0])
    return _MATCH if any(answer.verdict.is_yes for answer in answers) else _NO_MATCH


def _answer(tree: Pattern, record: dict[str, Json]) -> Answer:
    verdict = match(tree, record)
    fields = deciding_fields(formula(tree), record) if verdict.is_no else ()
    return Answer(record, verdict, tuple(fields))


def _answer_lines() -> int:
    status = _MATCH
    for number, line in enumerate(iter(standard_input().readline, b""), 1):
        try:
            # Without the line's end: the position of an error is then in this line.
            pattern, event = _read_request(parse_json(line.rstrip(b"\r\n")))
        except (JsonError, ValueError) as error:
            status = _UNUSABLE
            answer = {"verdict": "invalid", "error": f"line {number} {error}"}
        else:
            answer = _answer_line(pattern, event)
        click.echo(json.dumps(answer))
    return status


def _read_request(request: Json) -> tuple[str, dict[str, Json]]:
    """Return the pattern and the event of a line. Raises ValueError."""
    if not isinstance(request, dict):
        raise ValueError('is not an object {"pattern": ..., "event": ...}')
    pattern, event = request.get("pattern"), request.get("event")
    if not isinstance(pattern, str):
        raise ValueError(f"has 'pattern' {json.dumps(pattern)}; expected a string")
    if not isinstance(event, dict):
        raise ValueError(f"has 'event' {json.dumps(event)[:80]}; expected an object")
    return pattern, event


def _answer_line(pattern: str, event: dict[str, Json]) -> dict[str, str]:
    try:
        tree = parse(pattern)
    except PatternSyntaxError as error:
        return {"verdict": "invalid", "error": str(error)}
    return {"verdict": VERDICTS[match(tree, event).level]}
