"""`alarmchain new-rule`: writes the folder of a new rule into a checkout."""

import shlex
from collections.abc import Callable
from pathlib import Path

import click

from alarmchain.control import MOST_DESCRIPTION, REGIONS, Call, Control
from alarmchain.new_rule import folder as rule_folder
from alarmchain.new_rule.errors import NewRuleError
from alarmchain.new_rule.requirement import (
    MOST_TITLE,
    SEVERITIES,
    check_name,
    check_pattern,
    new_control,
    read_calls,
)
from alarmchain.printable import printable

_MOST_RATIONALE = 1024
_RATIONALE = (
    "The owner of the account wants to know of these events, and nobody notices them unless an"
    " alarm notifies a person."
)


def _text(most: int) -> Callable[[click.Context, click.Parameter, str | None], str]:
    """Return a callback that checks a text of one line, of at most `most` characters."""

    def checked(_: click.Context, __: click.Parameter, value: str | None) -> str:
        if value is None:
            return ""
        text = value.strip()
        if not 0 < len(text) <= most or not text.isprintable():
            shown = printable(text) if len(text) <= 80 else f"{printable(text[:77])}..."
            raise click.BadParameter(
                f"'{shown}' has {len(text)} characters; expected 1 to {most}, all of them printable"
                " and in one line"
            )
        return text

    return checked


@click.command("new-rule", short_help="Write the folder of a new rule into a checkout.")
@click.argument("name")
@click.option(
    "--calls",
    metavar="CALL,...",
    help="API calls of which a person must be notified, each SERVICE:EventName.",
)
@click.option(
    "--pattern",
    metavar="PATTERN",
    help="Instead of --calls: a filter pattern that matches the records of the events.",
)
@click.option("--title", callback=_text(MOST_TITLE), help="Title in reports.")
@click.option(
    "--description",
    callback=_text(MOST_DESCRIPTION),
    help="Description that AWS Config shows.",
)
@click.option(
    "--rationale",
    callback=_text(_MOST_RATIONALE),
    default=_RATIONALE,
    help="Why a person must be notified.",
)
@click.option(
    "--severity",
    type=click.Choice(SEVERITIES),
    default="Medium",
    show_default=True,
    help="Severity of a finding.",
)
@click.option(
    "--region",
    type=click.Choice(REGIONS),
    default="each",
    show_default=True,
    help="Which regions record the events. Leader: only us-east-1, or another partition's.",
)
@click.option(
    "--events",
    type=click.IntRange(1, 100),
    metavar="N",
    help="With --pattern: N events within a period must raise the alarm. Default: 1.",
)
def command(
    name: str,
    calls: str | None,
    pattern: str | None,
    title: str,
    description: str,
    rationale: str,
    severity: str,
    region: str,
    events: int | None,
) -> int:
    """Write the folder rules/NAME of a new rule, of API calls or of events that a pattern matches.

    The checkout is the current folder or the nearest one above it that has the folders alarmchain/
    and rules/. The folder is complete, or nothing is written.

    A call is an eventSource and an eventName of CloudTrail, such as ec2.amazonaws.com:RunInstances;
    ec2:RunInstances is short for it.
    """
    if (calls is None) == (pattern is None):
        raise click.ClickException("expected either --calls or --pattern")
    if events is not None and pattern is None:
        raise click.ClickException(
            "--events needs --pattern; for calls, set the rule's parameter EventsBeforeAlarm"
        )
    try:
        check_name(name)
        checkout = rule_folder.find_checkout()
        rule_folder.check_free(checkout, name)
        listed = () if calls is None else read_calls(calls)
        if pattern is not None:
            check_pattern(pattern)
        control = new_control(
            name,
            calls=listed,
            pattern=(pattern or "").strip(),
            title=title,
            description=description,
            severity=severity,
            region=region,
            events=events or 1,
        )
        rule_folder.check_names(checkout, control)
        _note(listed)
        written = rule_folder.write(checkout, control, rationale)
    except NewRuleError as error:
        raise click.ClickException(printable(str(error))) from None
    _say_next(checkout, written, control)
    return 0


def _note(calls: tuple[Call, ...]) -> None:
    """Write a note for each call that botocore does not know, in case it is misspelled."""
    if not calls:
        return
    from alarmchain.cli.call_notes import call_notes  # botocore is slow to import

    for note in call_notes(calls):
        click.echo(f"alarmchain: note: {note}", err=True)


def _say_next(checkout: Path, folder: Path, control: Control) -> None:
    files = ", ".join(sorted(file.name for file in folder.iterdir()))
    click.echo(f"wrote {folder.relative_to(checkout)}: {files}")
    where = "" if checkout == Path.cwd() else f" in {shlex.quote(str(checkout))}"
    click.echo(f"next{where}:")
    for line in (
        "make remediation docs",
        f".venv/bin/python -m pytest -q rules/{control.name}",
        f".venv/bin/alarmchain audit --rule {control.name}",
        f"make deploy RULES={control.name}",
    ):
        click.echo(f"  {line}")
