"""The reports that --format and --output ask for: each a format and where it is written."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from alarmchain.cli import output_file
from alarmchain.cli.standard_streams import abandon, report_problem
from alarmchain.report.text_layout import use_color


@dataclass(frozen=True, slots=True)
class ReportOutput:
    """A format's name and the file of the report; None for standard output."""

    form: str
    path: Path | None


def report_outputs(
    forms: Sequence[str], paths: Sequence[Path], inputs: Iterable[Path | None] = ()
) -> tuple[ReportOutput, ...]:
    """Return the reports; the first --format belongs to the first --output, and so on.

    Without --output the one report goes to standard output, without --format it is text. `inputs`:
    the files that are read, which no report may replace. Raises click.ClickException if formats and
    files do not match, a file is named twice or is an input, or one cannot be written.
    """
    forms = forms or ("text",)
    files = [None if output_file.is_standard_output(path) else path for path in paths] or [None]
    if len(forms) != len(files):
        found = f"{len(forms)} --format and {len(paths)} --output"
        raise click.ClickException(f"{found}: give each --format its own --output")
    names = ["-" if path is None else str(path.resolve()) for path in files]
    for path, name in zip(files, names, strict=True):
        if names.count(name) > 1:
            target = "standard output" if path is None else str(path)
            raise click.ClickException(f"{target} is given for two reports")
    read = {path.resolve() for path in inputs if path is not None}
    for path in filter(None, files):
        if path.resolve() in read:
            raise click.ClickException(f"cannot write {path}: the command reads this file")
        output_file.check_writable(path)
    return tuple(ReportOutput(form, path) for form, path in zip(forms, files, strict=True))


def write_reports(
    render: Callable[[str, bool], str], summary: str, outputs: Sequence[ReportOutput]
) -> None:
    """Write each report, and to standard output the summary if no report goes there.

    `render` returns the report in a format, given whether it may be in colour. Raises, after all
    other reports were written, click.ClickException if a file cannot be written, else OSError if
    standard output cannot. Further failures are reported before.
    """
    reports = [(output, render(output.form, output.path is None)) for output in outputs]
    refusals: list[click.ClickException] = []
    failure: OSError | None = None
    for output, report in reports:
        try:
            _write(output, report)
        except click.ClickException as error:
            refusals.append(error)
        except OSError as error:
            failure = error
            abandon(sys.stdout)
    for refusal in refusals[:-1]:
        report_problem(refusal.format_message())
    if refusals:
        raise refusals[-1]
    if failure is not None:
        raise failure
    files = [str(output.path) for output in outputs if output.path is not None]
    if len(files) == len(outputs):
        click.echo(f"{summary}; see {', '.join(files)}")


def _write(output: ReportOutput, report: str) -> None:
    if output.path is None:
        click.echo(report, nl=False, color=use_color())  # without colours if not a terminal
    else:
        output_file.write(output.path, report)
