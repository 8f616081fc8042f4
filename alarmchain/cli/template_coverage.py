"""`alarmchain coverage --template`: what the metric filters of each template cover together."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from alarmchain.cli.standard_streams import report_problem, write_error
from alarmchain.records.record_class import RecordClass
from alarmchain.report.template_coverage import as_json, as_text, unusable
from alarmchain.template.coverage import InvalidFilterError, parse_patterns, template_coverage
from alarmchain.template.read_template import read_template
from alarmchain.template.template_filter import TemplateError

COVERED, NOT_COVERED, UNUSABLE = 0, 1, 2


def write_template_coverages(
    files: Iterable[Path],
    parameters: Mapping[str, str],
    rules: Mapping[str, Mapping[str, RecordClass]],
    output: str,
) -> int:
    """Write what each template covers of each rule's calls, and return the worst exit status.

    `parameters`: of the templates. `output`: text, or json for one object on a line for each file.
    For a file that cannot be used, standard error has one line, and the other files are answered.
    """
    statuses = [COVERED]
    for number, path in enumerate(files):
        if number and output == "text":
            click.echo()
        try:
            statuses.append(_write(path, parameters, rules, output))
        except TemplateError as error:
            report_problem(str(error))
            statuses.append(UNUSABLE)
    return max(statuses)


def _write(
    path: Path,
    parameters: Mapping[str, str],
    rules: Mapping[str, Mapping[str, RecordClass]],
    output: str,
) -> int:
    template = read_template(path, parameters)
    try:
        patterns = parse_patterns(template.filters)
    except InvalidFilterError as invalid:
        if output == "json":
            click.echo(json.dumps(unusable(str(path), invalid.name, invalid.error)))
        else:
            write_error(f"alarmchain: {path}: {invalid.name}: {invalid.error.explanation()}")
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
