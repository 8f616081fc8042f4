"""What the metric filters of a template cover, as JSON and as text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alarmchain.decision.routine_reads import Breadth
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.proof.prove import Proof, Verdict
from alarmchain.report import record
from alarmchain.report.escape_text import visible
from alarmchain.report.text_layout import listed, width, wrapped

if TYPE_CHECKING:
    from alarmchain.template.template_filters import TemplateFilter

FORMAT = "alarmchain-template/1"


@dataclass(frozen=True, slots=True)
class Union:
    """What the filters of one log group cover together: a proof for each call by its name.

    `breadth`: of the broadest filter; None without any that is known.
    """

    log_group: str
    filters: tuple["TemplateFilter", ...]
    proofs: Mapping[str, Proof]
    breadth: Breadth | None


def as_json(template: str, found: Mapping[str, Union]) -> dict[str, Any]:
    """The answer for each rule."""
    return _document(template, None, [_rule(rule, union) for rule, union in found.items()])


def unusable(template: str, name: str, error: PatternSyntaxError) -> dict[str, Any]:
    """The answer for a template in which the filter of that name has no pattern."""
    return _document(template, f"{name}: not a filter pattern: {error}", [])


def _document(template: str, error: str | None, rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {"format": FORMAT, "template": template, "error": error, "rules": rules}


def _rule(rule: str, union: Union) -> dict[str, Any]:
    return {
        "rule": rule,
        "log_group": union.log_group,
        "filters": [
            {"name": one.name, "pattern": one.pattern, "unresolved": one.unresolved}
            for one in union.filters
        ],
        "calls": {
            name: {
                "verdict": proof.verdict.value,
                "reason": _reason(proof, union),
                "counterexample": proof.counterexample,
            }
            for name, proof in union.proofs.items()
        },
        "breadth": None if union.breadth is None else union.breadth.value,
    }


def as_text(template: str, found: Mapping[str, Union]) -> str:
    """A line for each call, under the rule that asks for it."""
    columns = width()
    lines = [f"{template}: do its metric filters match every record of each call?"]
    for rule, union in found.items():
        covered = sum(one.verdict is Verdict.COVERED for one in union.proofs.values())
        lines += ["", f"{rule}: {covered} of {len(union.proofs)} calls covered"]
        rows = [(name, _reason(proof, union)) for name, proof in union.proofs.items()]
        lines += [
            f"  {proof.verdict.value:<8} {row}"
            for proof, row in zip(
                union.proofs.values(), listed(rows, columns, before=11), strict=True
            )
        ]
        if union.filters:
            names = ", ".join(one.name for one in union.filters)
            on = f"on log group {union.log_group or '(unknown)'}"
            lines += wrapped("  by ", f"{names} {on}", columns)
        if union.breadth is Breadth.EVERY_RECORD:
            lines += ["  a filter matches every record there is; an alarm on it would never rest"]
    if any(proof.counterexample for union in found.values() for proof in union.proofs.values()):
        lines += ["", "Records that escape are in the answer with --format json."]
    return visible("\n".join(lines))


def _reason(proof: Proof, union: Union) -> str:
    if proof.verdict is Verdict.ESCAPES:
        if not union.filters:
            return "the template has no metric filter"
        facts = [record.described(name, proof.counterexample) for name in proof.deciding]
        return f"when {' and '.join(facts)}" if facts else "no filter matches it"
    return "; ".join(proof.doubts)
