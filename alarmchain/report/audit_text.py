"""An audit as text for people: what holds, what does not, and how to fix it."""

from collections.abc import Iterator
from itertools import groupby

from alarmchain.decision.assessment import Assessment, Outcome
from alarmchain.remediation.remediation_hint import remediation_command, remediation_hint
from alarmchain.report.audit_table import audit_table
from alarmchain.report.escape_text import visible
from alarmchain.report.fault_location import fault_location
from alarmchain.report.findings import OPEN, OUTCOMES, Findings
from alarmchain.report.grouping import (
    failed_rules_and_regions,
    group_assessments,
    group_failures,
)
from alarmchain.report.text_layout import width, wrapped
from alarmchain.snapshot.snapshot_json import iso

_MEANING = {
    Outcome.COVERED: "every record of every call on the rule's list reaches a confirmed subscriber",
    Outcome.NOT_COVERED: "at least one call can be made without notifying {audience}",
    Outcome.UNKNOWN: "no proof was possible; it is NON_COMPLIANT unless UnprovableVerdict is set",
    Outcome.NOT_APPLICABLE: "another region records the rule's events for all regions",
}
_REMEDIATION = "remediation"


def render(findings: Findings) -> str:
    """Return a table of rules and regions, then each finding with its fault and its fix."""
    columns = width()
    parts = [_heading(findings, columns), *_tables(findings, columns)]
    parts += _finding_texts(findings, columns)
    parts += [_failures(findings, columns)] if findings.failures else []
    parts += [_footer(findings, columns)]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _heading(findings: Findings, columns: int) -> str:
    several = len(findings.accounts) > 1
    accounts = ", ".join(findings.account_label(account) for account in findings.accounts)
    lines = wrapped(f"Account{'s' * several} ", accounts, columns)
    times = sorted({findings.read_at(account) for account in findings.accounts})
    read = " to ".join(iso(time) for time in dict.fromkeys(times[:1] + times[-1:]))
    lines += wrapped("Read at ", f"{read} by alarmchain {findings.version}", columns)
    for name, value in findings.parameters.items():
        lines += wrapped(f"{name} ", value, columns)
    return "\n".join([f"Would a dangerous call reach {findings.audience}?", *lines])


def _tables(findings: Findings, columns: int) -> Iterator[str]:
    """Yield a table for each account with results, under its name if there are several."""
    several = len(findings.accounts) > 1
    for account, assessments in groupby(findings.results, key=lambda each: each.account):
        title = visible(f"Account {findings.account_label(account)}\n\n") if several else ""
        yield title + audit_table(assessments, _why, columns)


def _why(assessment: Assessment) -> str:
    """Return the reason of the deciding link, or the annotation if there is none."""
    fault = assessment.fault
    return assessment.annotation if fault is None else fault.judgement.reason


def _finding_texts(findings: Findings, columns: int) -> Iterator[str]:
    """Yield the text of each finding that is not covered, once for regions with the same text."""
    several = len(findings.accounts) > 1
    open_findings = [each for each in findings.results if each.outcome in OPEN]
    groups = group_assessments(open_findings, _description)
    for group in sorted(groups, key=lambda each: (each[0].account, each[0].rule)):
        first, regions = group[0], [each.region for each in group]
        account = f" of account {findings.account_label(first.account)}" if several else ""
        verdict = f"{OUTCOMES[first.outcome.value]} ({first.compliance})"
        lines = wrapped(f"{first.rule} in ", f"{', '.join(regions)}{account}: {verdict}", columns)
        for label, text in _details(first):
            lines += wrapped(f"  {label + ':':<13}", text, columns)
            if label == _REMEDIATION:
                command = remediation_command(first, regions)
                lines += [f"    {line}" for line in command.splitlines()]
        if _description(first) != _description(group[-1]):
            text = f"{first.region}; the other regions have the same fault under their own name"
            lines += wrapped("  shown for:   ", text, columns)
        yield "\n".join(lines)


def _description(assessment: Assessment) -> str:
    """Return all that the report says of a finding, except its region."""
    key = (assessment.account, assessment.rule, assessment.outcome, assessment.compliance)
    return repr((*key, list(_details(assessment))))


def _details(assessment: Assessment) -> Iterator[tuple[str, str]]:
    """Yield the labels of a finding with their texts, without those that are empty."""
    return ((label, text) for label, text in _all_details(assessment) if text)


def _all_details(assessment: Assessment) -> Iterator[tuple[str, str]]:
    fault = assessment.fault
    yield "why", _why(assessment)
    if fault is not None:
        yield "where", fault_location(assessment, fault)
        yield "observed", fault.fact
        yield "expected", fault.judgement.wanted
    yield "fix", f"{assessment.remedy[:1].upper()}{assessment.remedy[1:]}"
    yield _REMEDIATION, remediation_hint(assessment)
    yield from _calls(assessment)
    if any(call.counterexample for call in assessment.calls.values()):
        yield "example", "to see a missed record: --format json"


def _calls(assessment: Assessment) -> Iterator[tuple[str, str]]:
    """Yield the calls that are not covered, grouped by reason, then those that are covered."""
    by_reason: dict[str, list[str]] = {}
    for name, call in assessment.calls.items():
        if call.outcome is not Outcome.COVERED:
            by_reason.setdefault(call.reason, []).append(name)
    for reason, names in by_reason.items():
        yield "calls", ", ".join(names) + (f": {reason}" if len(by_reason) > 1 else "")
    covered = [name for name, call in assessment.calls.items() if call.outcome is Outcome.COVERED]
    yield "covered", ", ".join(covered)


def _failures(findings: Findings, columns: int) -> str:
    lines = ["Could not be assessed:"]
    for group in group_failures(findings):
        failed = failed_rules_and_regions(group, len(findings.controls))
        account = f"account {findings.account_label(group.account)}"
        where = f"{account}, {failed}" if failed else account
        lines += wrapped("  ", f"{where}: {group.error}", columns)
    return "\n".join(lines)


def _footer(findings: Findings, columns: int) -> str:
    outcomes = {result.outcome for result in findings.results}
    lines = [f"{findings.summary}."]
    for outcome, meaning in _MEANING.items():
        if outcome in outcomes:
            text = meaning.format(audience=findings.audience)
            lines += wrapped(f"  {OUTCOMES[outcome.value]}: ", text, columns)
    return "\n".join(lines)
