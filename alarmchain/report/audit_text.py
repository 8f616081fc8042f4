"""An audit for people: what holds, what does not, and what to do about it."""

from collections.abc import Iterator
from itertools import groupby

from alarmchain.decision.assessment import Assessment, Outcome
from alarmchain.remediation.remediation_hint import remediation_command, remediation_hint
from alarmchain.report.audit_table import table
from alarmchain.report.escape_text import visible
from alarmchain.report.fault import fault, where
from alarmchain.report.findings import OUTCOMES, Findings
from alarmchain.report.grouping import alike, lost, place
from alarmchain.report.text_layout import width, wrapped
from alarmchain.snapshot.snapshot_json import iso

_MEANING = {
    Outcome.COVERED: "every record of every call on the rule's list reaches a confirmed subscriber",
    Outcome.NOT_COVERED: "some call can be made without anybody being told",
    Outcome.UNKNOWN: "neither can be shown; it counts as not compliant unless you say otherwise",
}
_NAMES = {
    "trail": "trail",
    "log_group": "log group",
    "metric_filter": "metric filter",
    "alarm": "alarm",
    "topic": "topic",
    "subscription": "subscription",
}
_START = "or start"


def render(findings: Findings) -> str:
    """A table of rules and regions, then what is wrong with each finding and what to do."""
    columns = width()
    parts = [_heading(findings, columns), *_tables(findings, columns)]
    parts += _stories(findings, columns)
    parts += [_failures(findings, columns)] if findings.failures else []
    parts += [_footer(findings, columns)]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _heading(findings: Findings, columns: int) -> str:
    several = len(findings.accounts) > 1
    named = ", ".join(findings.called(account) for account in findings.accounts)
    lines = wrapped(
        f"Account{'s' * several} ", f"{named}, as of {iso(findings.collected_at)}", columns
    )
    return "\n".join(["Would a dangerous call reach a person?", *lines])


def _tables(findings: Findings, columns: int) -> Iterator[str]:
    """One for each account of which there are results; named where there are several."""
    several = len(findings.accounts) > 1
    for account, ones in groupby(findings.results, key=lambda one: one.account):
        name = visible(f"Account {findings.called(account)}\n\n") if several else ""
        yield name + table(ones, _first_fault, columns)


def _first_fault(one: Assessment) -> str:
    found = fault(one)
    if found is None:
        return one.annotation
    name, reason = _NAMES.get(found.link, found.link), found.judgement.reason
    return reason if reason.startswith(name) else f"{name}: {reason}"


def _stories(findings: Findings, columns: int) -> Iterator[str]:
    """What there is to tell of each finding, once where several regions say the same."""
    several = len(findings.accounts) > 1
    told = [one for one in findings.results if one.outcome is not Outcome.COVERED]
    for ones in sorted(alike(told, _story), key=lambda ones: (ones[0].account, ones[0].rule)):
        one = ones[0]
        place = f" of account {findings.called(one.account)}" if several else ""
        said = f"{place}: {OUTCOMES[one.outcome.value]} ({one.compliance})"
        regions = ", ".join(each.region for each in ones)
        lines = wrapped(f"{one.rule} in ", f"{regions}{said}", columns)
        for label, text in _details(one):
            lines += wrapped(f"  {label + ':':<10}", text, columns)
            if label == _START:
                command = remediation_command(one, [each.region for each in ones])
                lines += [f"    {line}" for line in command.splitlines()]
        if _story(one) != _story(ones[-1]):
            lines += wrapped("  told of:  ", f"{one.region}; in the others the same, each", columns)
        yield "\n".join(lines)


def _story(one: Assessment) -> str:
    """All that is told of a finding, its region aside."""
    return repr((one.account, one.rule, one.outcome, one.compliance, list(_details(one))))


def _details(one: Assessment) -> Iterator[tuple[str, str]]:
    """What to tell of a finding, as labels with their texts, those that are not empty."""
    return ((label, text) for label, text in _every_detail(one) if text)


def _every_detail(one: Assessment) -> Iterator[tuple[str, str]]:
    found = fault(one)
    yield "why", _first_fault(one)
    if found is not None:
        yield "where", where(one, found)
        yield "is", found.judgement.observed
        yield "wanted", found.judgement.wanted
    yield "to do", f"{one.remedy[:1].upper()}{one.remedy[1:]}"
    yield _START, remediation_hint(one)
    yield from _calls(one)
    if any(call.counterexample for call in one.calls.values()):
        yield "example", "a record that nobody would hear of is in the report with --format json"


def _calls(one: Assessment) -> Iterator[tuple[str, str]]:
    """The calls that are not covered, those of one reason together; then those that are."""
    grouped: dict[str, list[str]] = {}
    for name, call in one.calls.items():
        if call.outcome is not Outcome.COVERED:
            grouped.setdefault(call.reason, []).append(name)
    for reason, names in grouped.items():
        yield "calls", ", ".join(names) + (f": {reason}" if len(grouped) > 1 else "")
    yield (
        "covered",
        ", ".join(name for name, call in one.calls.items() if call.outcome is Outcome.COVERED),
    )


def _failures(findings: Findings, columns: int) -> str:
    lines = ["Could not be assessed:"]
    for one in lost(findings):
        words = place(one, len(findings.controls))
        of = f"account {findings.called(one.account)}{f', {words}' if words else ''}"
        lines += wrapped("  ", f"{of}: {one.error}", columns)
    return "\n".join(lines)


def _footer(findings: Findings, columns: int) -> str:
    outcomes = {one.outcome for one in findings.results}
    lines = [f"{findings.summary}."]
    for outcome, meaning in _MEANING.items():
        if outcome in outcomes:
            lines += wrapped(f"  {OUTCOMES[outcome.value]}: ", meaning, columns)
    return "\n".join(lines)
