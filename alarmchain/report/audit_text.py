"""An audit for people: what holds, what does not, and what to do about it."""

import io
import shutil
import textwrap
from collections.abc import Iterator

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from alarmchain.assessment import Assessment, Outcome
from alarmchain.remediation.hint import remediation_hint
from alarmchain.report.fault import fault
from alarmchain.report.findings import OUTCOMES, Findings
from alarmchain.report.plain import visible
from alarmchain.snapshot import iso

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


Details = tuple[tuple[str, str], ...]
"""What to tell of a finding: labels with their texts."""


def render(findings: Findings) -> str:
    """A table of rules and regions, then what is wrong with each finding and what to do."""
    width = max(60, shutil.get_terminal_size((100, 24)).columns)
    parts = [_heading(findings), _table(findings, width)]
    parts += _stories(findings, width)
    parts += [_failures(findings)] if findings.failures else []
    parts += [_footer(findings)]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _heading(findings: Findings) -> str:
    accounts = _accounts(findings)
    named = f"account{'' if len(accounts) == 1 else 's'} {', '.join(accounts)}"
    return visible(f"Would a dangerous call reach a person? {named}, {iso(findings.collected_at)}")


def _accounts(findings: Findings) -> list[str]:
    return sorted(
        {one.account for one in findings.results} | {one.account for one in findings.failures}
    )


def _table(findings: Findings, width: int) -> str:
    several = len({one.account for one in findings.results}) > 1
    table = Table(box=box.ASCII2, show_edge=False, pad_edge=False, expand=False)
    for column in ("account",) * several + ("rule", "region", "verdict"):
        table.add_column(column, no_wrap=True)
    table.add_column("the chain, or the link that does not hold", overflow="fold")
    for one in findings.results:
        cells = (one.rule, one.region, OUTCOMES[one.outcome.value], _first_fault(one))
        table.add_row(*(Text(visible(cell)) for cell in (one.account,) * several + cells))
    out = io.StringIO()
    Console(file=out, width=width, color_system=None).print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def _first_fault(one: Assessment) -> str:
    found = fault(one)
    if found is None:
        return one.annotation
    name, reason = _NAMES.get(found.link, found.link), found.judgement.reason
    return reason if reason.startswith(name) else f"{name}: {reason}"


def _stories(findings: Findings, width: int) -> Iterator[str]:
    """What there is to tell of each finding, once where several regions say the same."""
    several = len({one.account for one in findings.results}) > 1
    told: dict[tuple[str, str, Details], list[str]] = {}
    for one in findings.results:
        if one.outcome is not Outcome.COVERED:
            place = f" of account {one.account}" if several else ""
            said = f"{place}: {OUTCOMES[one.outcome.value]} ({one.compliance})"
            details = tuple((label, text) for label, text in _details(one) if text)
            told.setdefault((one.rule, said, details), []).append(one.region)
    for (rule, said, details), regions in told.items():
        lines = _wrapped(f"{rule} in ", f"{', '.join(regions)}{said}", width)
        for label, text in details:
            lines += _wrapped(f"  {label + ':':<10}", text, width)
        yield "\n".join(lines)


def _wrapped(lead: str, text: str, width: int) -> list[str]:
    """The text behind its lead, in lines that are indented as far."""
    return textwrap.wrap(
        visible(text),
        width,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_on_hyphens=False,
    )


def _details(one: Assessment) -> Iterator[tuple[str, str]]:
    """What to tell of a finding, as labels with their texts."""
    found = fault(one)
    yield "why", _first_fault(one)
    if found is not None:
        yield "where", found.resource
        yield "is", found.judgement.observed
        yield "wanted", found.judgement.wanted
    yield "to do", f"{one.remedy[:1].upper()}{one.remedy[1:]}"
    yield "or start", remediation_hint(one.rule, one) or ""
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


def _failures(findings: Findings) -> str:
    lines = ["Could not be assessed:"]
    several = len(_accounts(findings)) > 1
    for one in findings.failures:
        place = f"{one.rule} in {one.region}" if one.rule else "the account"
        lines.append(f"  {f'{one.account}: ' if several else ''}{place}: {one.error}")
    return "\n".join(visible(line) for line in lines)


def _footer(findings: Findings) -> str:
    outcomes = {one.outcome for one in findings.results}
    lines = [f"{findings.summary}."]
    lines += [
        f"  {OUTCOMES[outcome.value]}: {meaning}"
        for outcome, meaning in _MEANING.items()
        if outcome in outcomes
    ]
    return "\n".join(lines)
