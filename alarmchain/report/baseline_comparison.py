"""Compare the findings of an audit with its baseline.

What is not covered now counts as new unless the baseline has the same fault. What is missing now
was not assessed; it is never called fixed.
"""

from dataclasses import replace

from alarmchain.decision.assessment import Assessment, Outcome
from alarmchain.json_document import DocumentError, iso
from alarmchain.report.baseline import Baseline, BaselineResult
from alarmchain.report.comparison import Change, Comparison, several_names
from alarmchain.report.findings import OPEN, Findings
from alarmchain.report.lasting_reason import lasting_reason
from alarmchain.report.result_key import result_key

_RANK = {
    Outcome.NOT_APPLICABLE: 0,
    Outcome.COVERED: 0,
    Outcome.UNKNOWN: 1,
    Outcome.NOT_COVERED: 2,
}
"""How bad an outcome is. A proven gap is worse than a doubt."""


def with_baseline(findings: Findings, baseline: Baseline) -> Findings:
    """Return the findings with the comparison; exceptions must have been applied before.

    Raises DocumentError if they have no account in common.
    """
    audited = set(findings.accounts)
    if not audited & baseline.accounts:
        theirs, ours = several_names(sorted(baseline.accounts)), several_names(findings.accounts)
        raise DocumentError(f"it is of account {theirs}, but account {ours} was audited")
    changes = {}
    compared = set()
    for result in findings.results:
        key = result_key(result)
        change = _change(result, baseline.results.get(key), findings)
        if change is not None:
            changes[key] = change
        if result.outcome is not Outcome.NOT_APPLICABLE:
            compared.add(key)
    missing = [
        key
        for key, result in baseline.results.items()
        if key.account in audited
        and key not in compared
        and result.outcome is not Outcome.NOT_APPLICABLE
    ]
    comparison = Comparison(
        baseline.version,
        tuple(map(iso, baseline.collected_at)),
        changes,
        tuple(sorted(missing)),
        tuple(sorted(baseline.accounts - audited)),
        is_later=min(baseline.collected_at, default=0) > findings.collected_at,
    )
    return replace(findings, comparison=comparison)


def _change(
    result: Assessment, earlier: BaselineResult | None, findings: Findings
) -> Change | None:
    was_open = earlier is not None and earlier.outcome in OPEN
    if result.outcome is Outcome.COVERED:
        return Change.FIXED if was_open else None
    if result.outcome not in OPEN:
        return None
    if earlier is None or not was_open or _is_worse(result, earlier):
        return Change.NEW
    if earlier.excepted and findings.exception_of(result) is None:
        return Change.NEW
    return Change.UNCHANGED if _has_same_reasons(result, earlier) else Change.CHANGED


def _is_worse(result: Assessment, earlier: BaselineResult) -> bool:
    """Return whether the rule or one of its calls has a worse outcome than in the baseline."""
    if _RANK[result.outcome] > _RANK[earlier.outcome]:
        return True
    return any(
        _RANK[call.outcome] > (_RANK[earlier.calls[name].outcome] if name in earlier.calls else 0)
        for name, call in result.calls.items()
    )


def _has_same_reasons(result: Assessment, earlier: BaselineResult) -> bool:
    """Return whether each call that is still open has the reason of the baseline."""
    return all(
        lasting_reason(call.reason) == lasting_reason(earlier.calls[name].reason)
        for name, call in result.calls.items()
        if call.outcome in OPEN
    )
