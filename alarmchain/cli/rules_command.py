"""`alarmchain rules`: the rules, the records that they require and their controls."""

import json

import click

from alarmchain.cli.options import controls
from alarmchain.report.rule_list import as_json, as_text


@click.command("rules", short_help="List the rules, what they require, and their controls.")
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of the list.",
)
def command(output: str) -> int:
    """List the rules with the calls and classes of records that must reach a person.

    Each rule is listed with its controls of CIS, NIST and other frameworks. The calls under
    `extended` are required only with the parameter CallList=extended.
    """
    rules = controls().values()
    click.echo(json.dumps(as_json(rules), indent=2) if output == "json" else as_text(rules))
    return 0
