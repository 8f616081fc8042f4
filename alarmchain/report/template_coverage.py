"""What the metric filters of a template cover, as JSON and as text."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from alarmchain.decision.routine_reads import Breadth
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.proof.prove import Proof, Verdict
from alarmchain.report import record
from alarmchain.report.escape_text import visible
from alarmchain.report.text_layout import listed, width, wrapped

if TYPE_CHECKING:
    from alarmchain.template.coverage import LogGroupCoverage

FORMAT = "alarmchain-template/1"


def as_json(template: str, coverages: Mapping[str, "LogGroupCoverage"]) -> dict[str, Any]:
    """Return the answer, with the coverage of each rule by its name."""
    return _document(template, None, [_rule(name, each) for name, each in coverages.items()])


def unusable(template: str, name: str, error: PatternSyntaxError) -> dict[str, Any]:
    """Return the answer for a template whose metric filter `name` has an invalid pattern."""
    return _document(template, f"{name}: not a filter pattern: {error}", [])


def _document(template: str, error: str | None, rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {"format": FORMAT, "template": template, "error": error, "rules": rules}


def _rule(rule: str, coverage: "LogGroupCoverage") -> dict[str, Any]:
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
                "reason": _reason(proof, coverage),
                "counterexample": proof.counterexample,
            }
            for name, proof in coverage.proofs.items()
        },
        "breadth": None if coverage.breadth is None else coverage.breadth.value,
        "left_out": [
            {"name": name, "condition": condition} for name, condition in coverage.left_out.items()
        ],
    }


def as_text(template: str, coverages: Mapping[str, "LogGroupCoverage"]) -> str:
    """Return a line for each call, below the rule that requires it."""
    columns = width()
    lines = [f"{template}: do its metric filters match every record of each call?"]
    for rule, coverage in coverages.items():
        lines += ["", *_rule_lines(rule, coverage, columns)]
    proofs = [proof for coverage in coverages.values() for proof in coverage.proofs.values()]
    if any(proof.counterexample for proof in proofs):
        lines += ["", "To see a record that escapes: --format json."]
    return visible("\n".join(lines))


def _rule_lines(rule: str, coverage: "LogGroupCoverage", columns: int) -> list[str]:
    proofs = coverage.proofs.values()
    covered = sum(proof.verdict is Verdict.COVERED for proof in proofs)
    lines = [f"{rule}: {covered} of {len(proofs)} calls covered"]
    rows = [(name, _reason(proof, coverage)) for name, proof in coverage.proofs.items()]
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


def _reason(proof: Proof, coverage: "LogGroupCoverage") -> str:
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
