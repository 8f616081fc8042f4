"""What the metric filters of templates cover, as JUnit XML: a suite for each file, a case for each
rule."""

from collections.abc import Sequence

from alarmchain.control import Control
from alarmchain.proof.prove import Verdict
from alarmchain.report.junit import Case, Suite, document
from alarmchain.report.template_coverage import coverage_reason
from alarmchain.report.template_findings import TemplateFindings
from alarmchain.template.coverage import LogGroupCoverage


def render(templates: Sequence[TemplateFindings], controls: Sequence[Control]) -> str:
    """Return the document. A rule that is not covered is a failure, an unusable file an error."""
    return document(_suite(template) for template in templates)


def _suite(template: TemplateFindings) -> Suite:
    if template.error:
        error = Case("template", "alarmchain.template", "error", "not checked", template.error)
        return Suite(template.path, (error,))
    cases = [_case(rule, coverage) for rule, coverage in template.coverages.items()]
    return Suite(template.path, tuple(cases))


def _case(rule: str, coverage: LogGroupCoverage) -> Case:
    filters = ", ".join(each.name for each in coverage.filters)
    output = f"metric filters: {filters}" if filters else ""
    if coverage.covered:
        return Case(rule, "alarmchain.template", output=output)
    lines = [
        f"{name}: {proof.verdict.value}: {coverage_reason(proof, coverage)}"
        for name, proof in coverage.proofs.items()
        if proof.verdict is not Verdict.COVERED
    ]
    escapes = any(proof.verdict is Verdict.ESCAPES for proof in coverage.proofs.values())
    kind = "not_covered" if escapes else "unknown"
    message = f"{len(lines)} of {len(coverage.proofs)} calls are not covered"
    return Case(rule, "alarmchain.template", "failure", kind, message, "\n".join(lines), output)
