"""What the metric filters of templates cover, as SARIF 2.1.0: a result for each uncovered rule.

A result's location is the file and the line of a filter pattern, with the filter's logical ID or
its Terraform address.
"""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from alarmchain.control import Control
from alarmchain.proof.prove import Verdict
from alarmchain.report import sarif
from alarmchain.report.template_coverage import coverage_reason
from alarmchain.report.template_findings import TemplateFindings
from alarmchain.template.coverage import LogGroupCoverage
from alarmchain.template.template_filter import TemplateFilter


def render(templates: Sequence[TemplateFindings], controls: Sequence[Control]) -> str:
    """Return the log. A file that cannot be used is a notification of its invocation."""
    indexes = {control.name: index for index, control in enumerate(controls)}
    results = [
        _result(template, rule, coverage, indexes[rule])
        for template in templates
        for rule, coverage in template.coverages.items()
        if not coverage.covered
    ]
    notifications = [
        sarif.notification(template.error, _error_location(template))
        for template in templates
        if template.error
    ]
    return sarif.log(controls, results, notifications)


def _result(
    template: TemplateFindings, rule: str, coverage: LogGroupCoverage, index: int
) -> dict[str, Any]:
    proofs = {
        name: proof
        for name, proof in coverage.proofs.items()
        if proof.verdict is not Verdict.COVERED
    }
    escapes = any(proof.verdict is Verdict.ESCAPES for proof in proofs.values())
    by_reason: dict[str, list[str]] = {}
    for name, proof in proofs.items():
        by_reason.setdefault(coverage_reason(proof, coverage), []).append(name)
    reasons = "; ".join(f"{', '.join(names)} ({why})" for why, names in by_reason.items())
    verdict = "not covered" if escapes else "not known to be covered"
    first, *others = coverage.partial or coverage.filters or (None,)
    result = {
        "ruleId": rule,
        "ruleIndex": index,
        "level": "error" if escapes else "warning",
        "kind": "fail",
        "message": sarif.message(f"{rule}: {len(proofs)} of its calls {verdict}: {reasons}"),
        "locations": [_location(template.path, first)],
        "partialFingerprints": {"alarmchain/v1": f"{rule}/{first.name if first else ''}"},
    }
    if others:
        result["relatedLocations"] = [
            {"id": number, **_location(template.path, each)}
            for number, each in enumerate(others, 1)
        ]
    return result


def _error_location(template: TemplateFindings) -> dict[str, Any]:
    name = template.invalid.name if template.invalid else ""
    culprit = next((each for each in template.filters if each.name == name), None)
    return _location(template.path, culprit)


def _location(path: str, template_filter: TemplateFilter | None) -> dict[str, Any]:
    """Return the location of the filter, or of the file if the filter is None."""
    pure = PurePath(path)
    uri = pure.as_uri() if pure.is_absolute() else sarif.relative_uri(pure)
    line = template_filter.line if template_filter else 0
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": uri},
            "region": {"startLine": line or 1},
        }
    }
    if template_filter is not None:
        name = template_filter.name
        location["logicalLocations"] = [
            {"name": name, "fullyQualifiedName": name, "kind": "resource"}
        ]
    return location
