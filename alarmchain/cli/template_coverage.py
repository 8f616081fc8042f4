"""`alarmchain coverage --template`: what the metric filters of each template cover together."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from alarmchain.cli.report_outputs import ReportOutput, write_reports
from alarmchain.cli.standard_streams import report_problem, write_error
from alarmchain.control import Control
from alarmchain.records.record_class import RecordClass
from alarmchain.report import template_coverage as plain
from alarmchain.report import template_junit, template_sarif
from alarmchain.report.template_findings import TemplateFindings
from alarmchain.template.coverage import InvalidFilterError, parse_patterns, template_coverage
from alarmchain.template.read_template import read_template
from alarmchain.template.template_filter import TemplateError

_RENDER: Mapping[str, Callable[[Sequence[TemplateFindings], Sequence[Control]], str]] = {
    "text": plain.render_text,
    "json": plain.render_json,
    "sarif": template_sarif.render,
    "junit": template_junit.render,
}


def write_template_coverages(
    files: Iterable[Path],
    parameters: Mapping[str, str],
    controls: Sequence[Control],
    rules: Mapping[str, Mapping[str, RecordClass]],
    outputs: Sequence[ReportOutput],
) -> int:
    """Write what each template covers of each rule's calls, and return the worst exit status.

    `parameters`: of the templates. `rules`: the classes that each of the `controls` requires. For
    a file that cannot be used, standard error has one line, and the other files are answered.
    """
    templates = [_findings(path, parameters, rules) for path in files]
    is_json = any(output.form == "json" for output in outputs)
    for each in templates:
        # The JSON answer has the error of an invalid pattern.
        if each.invalid is None and each.error:
            report_problem(each.error)
        elif each.invalid is not None and not is_json:
            explanation = each.invalid.error.explanation()
            write_error(f"alarmchain: {each.path}: {each.invalid.name}: {explanation}")
    checked = sum(not each.error for each in templates)
    covered = sum(each.exit_code == 0 for each in templates)
    summary = f"{checked} template{'' if checked == 1 else 's'}: {covered} covered"
    write_reports(lambda form, _: _RENDER[form](templates, controls), summary, outputs)
    return max(each.exit_code for each in templates)


def _findings(
    path: Path, parameters: Mapping[str, str], rules: Mapping[str, Mapping[str, RecordClass]]
) -> TemplateFindings:
    try:
        template = read_template(path, parameters)
    except TemplateError as error:
        return TemplateFindings(str(path), error=str(error))
    try:
        patterns = parse_patterns(template.filters)
    except InvalidFilterError as invalid:
        reason = f"{invalid.name}: not a filter pattern: {invalid.error}"
        return TemplateFindings(str(path), {}, template.filters, reason, invalid)
    coverages = {
        rule: template_coverage(template, patterns, calls) for rule, calls in rules.items()
    }
    return TemplateFindings(str(path), coverages, template.filters)
