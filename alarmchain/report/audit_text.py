"""An audit as text for people: its causes, what they break, and how to fix them."""

from collections.abc import Iterator

import click

from alarmchain.decision.assessment import Outcome
from alarmchain.json_document import iso
from alarmchain.report.audit_table import AuditTables, Paint
from alarmchain.report.cause_text import cause_lines
from alarmchain.report.causes import find_causes
from alarmchain.report.findings import NOT_ASSESSED, OUTCOMES, STATES, Findings
from alarmchain.report.places import Scope
from alarmchain.report.text_layout import width, wrapped

_MEANING = {
    Outcome.COVERED: "every record of every call on the rule's list reaches a confirmed subscriber",
    Outcome.NOT_COVERED: "at least one call can be made without notifying anybody",
    Outcome.UNKNOWN: "no proof was possible; it is NON_COMPLIANT unless UnprovableVerdict is set",
    Outcome.NOT_APPLICABLE: "another region or account records the rule's events",
}
_COLORS = {
    Outcome.COVERED.value: "green",
    Outcome.NOT_COVERED.value: "red",
    Outcome.UNKNOWN.value: "yellow",
    NOT_ASSESSED: "magenta",
}
_MOST_ACCOUNTS = 3
"""So many accounts are in the heading."""


def render(findings: Findings, *, colored: bool = False) -> str:
    """Return the report; with the codes of colours for a terminal if `colored`."""
    columns = width()
    paint: Paint = _in_color if colored else lambda state, text: text
    scope = Scope.of(findings)
    causes = find_causes(findings)
    tables = AuditTables.of(findings, scope, causes, paint)
    parts = [_heading(findings, columns, bold=colored)]
    if any(scope.regions.values()):
        parts.append(tables.rules(columns))
    if len(scope.regions) > 1:
        parts.append(tables.accounts(columns))
    parts += [
        cause_lines(cause, scope, columns, paint(cause.state, STATES[cause.state]))
        for cause in causes
    ]
    parts.append(list(_footer(findings, columns)))
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _in_color(state: str, text: str) -> str:
    return click.style(text, fg=_COLORS.get(state), bold=state != Outcome.NOT_APPLICABLE.value)


def _heading(findings: Findings, columns: int, *, bold: bool) -> list[str]:
    title = f"Would a dangerous call reach {findings.audience}?"
    labels = [findings.account_label(account) for account in findings.accounts]
    accounts = f"Account{'s' if len(labels) > 1 else ''} {', '.join(labels)}"
    if len(labels) > _MOST_ACCOUNTS:
        accounts = f"{len(labels)} accounts"
    times = sorted({findings.read_at(account) for account in findings.accounts})
    read = " to ".join(iso(time) for time in dict.fromkeys(times[:1] + times[-1:]))
    lines = [click.style(title, bold=True) if bold else title]
    lines += wrapped("", f"{accounts}, read at {read} by alarmchain {findings.version}", columns)
    for name, value in findings.parameters.items():
        lines += wrapped(f"{name} ", value, columns)
    return lines


def _footer(findings: Findings, columns: int) -> Iterator[str]:
    yield from wrapped("", f"{findings.summary}.", columns)
    outcomes = {result.outcome for result in findings.results}
    for outcome, meaning in _MEANING.items():
        if outcome in outcomes:
            yield from wrapped(f"  {OUTCOMES[outcome.value]}: ", meaning, columns)
    if any(call.counterexample for each in findings.results for call in each.calls.values()):
        yield "  to see a record that is missed: --format html or json"
    for note in findings.notes:
        yield from wrapped("  note: ", note, columns)
