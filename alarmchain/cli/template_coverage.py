"""`alarmchain coverage --template`: what the metric filters of a template cover together."""

import json
from collections.abc import Mapping
from pathlib import Path

import click

from alarmchain.records.record_class import RecordClass
from alarmchain.report.template_coverage import as_json, as_text, unusable
from alarmchain.template.coverage import InvalidFilterError, parse_patterns, template_coverage
from alarmchain.template.read_template import read_template
from alarmchain.template.template_filter import TemplateError

COVERED, NOT_COVERED, UNUSABLE = 0, 1, 2


def write_template_coverage(
    path: Path,
    parameters: Mapping[str, str],
    rules: Mapping[str, Mapping[str, RecordClass]],
    output: str,
) -> int:
    """Write what the template covers of each rule's calls, and return the exit status.

    `parameters`: of the template.

    Raises click.ClickException for a file that cannot be used.
    """
    try:
        template = read_template(path, parameters)
        patterns = parse_patterns(template.filters)
    except TemplateError as error:
        raise click.ClickException(str(error)) from None
    except InvalidFilterError as invalid:
        if output == "json":
            click.echo(json.dumps(unusable(str(path), invalid.name, invalid.error)))
        else:
            click.echo(
                f"alarmchain: {path}: {invalid.name}: {invalid.error.explanation()}", err=True
            )
        return UNUSABLE
    coverages = {
        rule: template_coverage(template, patterns, calls) for rule, calls in rules.items()
    }
    if output == "json":
        click.echo(json.dumps(as_json(str(path), coverages)))
    else:
        click.echo(as_text(str(path), coverages))
    covered = all(coverage.covered for coverage in coverages.values())
    return COVERED if covered else NOT_COVERED
