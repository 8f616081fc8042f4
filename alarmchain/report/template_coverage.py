"""What the metric filters of templates cover, as JSON and as text."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from alarmchain.control import Control
from alarmchain.decision.routine_reads import Breadth
from alarmchain.proof.prove import Proof, Verdict
from alarmchain.report import record
from alarmchain.report.escape_text import visible
from alarmchain.report.template_findings import TemplateFindings
from alarmchain.report.text_layout import listed, width, wrapped
from alarmchain.template.coverage import LogGroupCoverage

FORMAT = "alarmchain-template/1"


def render_json(templates: Sequence[TemplateFindings], controls: Sequence[Control]) -> str:
    """Return a JSON object on a line for each template that can be read."""
    return "".join(
        json.dumps(_document(each)) + "\n"
        for each in templates
        if not each.error or each.invalid is not None
    )


def render_text(templates: Sequence[TemplateFindings], controls: Sequence[Control]) -> str:
    """Return for each template a line for each call, below the rule that requires it."""
    texts = [_text(each.path, each.coverages) for each in templates if not each.error]
    return "\n".join(f"{text}\n" for text in texts)


def _document(template: TemplateFindings) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "template": template.path,
        "error": template.error or None,
        "rules": [_rule(name, each) for name, each in template.coverages.items()],
    }


def _rule(rule: str, coverage: LogGroupCoverage) -> dict[str, Any]:
    return {
        "rule": rule,
        "log_group": coverage.log_group,
        "filters": [
            {"name": each.name, "pattern": each.pattern, "unresolved": each.unresolved}
            for each in coverage.filters
        ],
        "calls": {
            name: {
                "verdict": proof.verdict.value,
                "reason": coverage_reason(proof, coverage),
                "counterexample": proof.counterexample,
            }
            for name, proof in coverage.proofs.items()
        },
        "breadth": None if coverage.breadth is None else coverage.breadth.value,
        "left_out": [
            {"name": name, "condition": condition} for name, condition in coverage.left_out.items()
        ],
    }


def _text(template: str, coverages: Mapping[str, LogGroupCoverage]) -> str:
    columns = width()
    lines = [f"{template}: do its metric filters match every record of each call?"]
    for rule, coverage in coverages.items():
        lines += ["", *_rule_lines(rule, coverage, columns)]
    proofs = [proof for coverage in coverages.values() for proof in coverage.proofs.values()]
    if any(proof.counterexample for proof in proofs):
        lines += ["", "To see a record that escapes: --format json."]
    return visible("\n".join(lines))


def _rule_lines(rule: str, coverage: LogGroupCoverage, columns: int) -> list[str]:
    proofs = coverage.proofs.values()
    covered = sum(proof.verdict is Verdict.COVERED for proof in proofs)
    calls = "call" if len(proofs) == 1 else "calls"
    lines = [f"{rule}: {covered} of {len(proofs)} {calls} covered"]
    rows = [(name, coverage_reason(proof, coverage)) for name, proof in coverage.proofs.items()]
    lines += [
        f"  {proof.verdict.value:<8} {row}"
        for proof, row in zip(proofs, listed(rows, columns, before=11), strict=True)
    ]
    names = ", ".join(each.name for each in coverage.filters if each.pattern is not None)
    if names:
        log_group = coverage.log_group or "(unknown)"
        lines += wrapped("  by ", f"{names} on log group {log_group}", columns)
    if coverage.left_out and covered < len(proofs):
        conditions = (f"{name} ({condition})" for name, condition in coverage.left_out.items())
        left_out = f"{', '.join(conditions)}; --template-parameter NAME=VALUE sets a parameter"
        lines += wrapped("  not made, since their condition is false: ", left_out, columns)
    if coverage.breadth is Breadth.EVERY_RECORD:
        lines += ["  a filter matches every record, so its alarm stays in ALARM"]
    return lines


def coverage_reason(proof: Proof, coverage: LogGroupCoverage) -> str:
    """Return why the call is not covered, "" if it is."""
    if proof.verdict is Verdict.ESCAPES:
        if coverage.empty:
            return (
                "each metric filter has a condition that is false"
                if coverage.left_out
                else "the template has no metric filter"
            )
        facts = [record.described(name, proof.counterexample) for name in proof.deciding]
        return f"when {' and '.join(facts)}" if facts else "no filter matches it"
    return "; ".join(proof.doubts)
