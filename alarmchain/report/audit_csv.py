"""An audit as CSV (RFC 4180) for spreadsheets: one row for each account, rule and region."""

import csv
import io

from alarmchain.control import Control
from alarmchain.decision.assessment import Assessment, Outcome
from alarmchain.json_document import iso
from alarmchain.remediation.remediation_hint import (
    in_one_line,
    remediation_command,
    remediation_hint,
)
from alarmchain.report.escape_text import visible
from alarmchain.report.findings import Failure, Findings
from alarmchain.report.framework_controls import framework_sections

COLUMNS = (
    "account",
    "rule",
    "region",
    "verdict",
    "compliance",
    "severity",
    "annotation",
    "link",
    "resource",
    "observed",
    "wanted",
    "remedy",
    "calls_covered",
    "calls_not_covered",
    "calls_unknown",
    "breadth",
    "controls",
    "error",
    "account_name",
    "remediation",
    "parameters",
    "collected_at",
    "version",
    "excepted_until",
    "excepted_why",
    "exception_expired",
    "baseline",
)
"""The header. Programs rely on these names, so a new column goes to the end."""

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")


def render(findings: Findings) -> str:
    """Return the table. A rule that could not be assessed has the verdict `error`."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    controls = {control.name: control for control in findings.controls}
    rows = [
        _result(result, controls[result.rule]) | _marks(result, findings)
        for result in findings.results
    ]
    rows += [_failure(failure, controls.get(failure.rule)) for failure in findings.failures]
    parameters = "; ".join(f"{name}={value}" for name, value in findings.parameters.items())
    for row in rows:
        row["account_name"] = findings.names.get(row["account"], "")
        row["parameters"] = parameters
        row["collected_at"] = iso(findings.read_at(row["account"]))
        row["version"] = findings.version
    for row in sorted(rows, key=lambda row: (row["account"], row["rule"], row["region"])):
        writer.writerow({name: safe(text) for name, text in row.items()})
    return out.getvalue()


def safe(text: str) -> str:
    """Return a cell's text, with an apostrophe if a spreadsheet would take it for a formula."""
    cell = visible(text)
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) else cell


def _result(result: Assessment, control: Control) -> dict[str, str]:
    command = in_one_line(remediation_command(result)) if remediation_hint(result) else ""
    row = _common(result, control) | {
        "verdict": result.outcome.value,
        "compliance": result.compliance,
        "annotation": result.annotation,
        "remedy": result.remedy,
        "remediation": command,
        "breadth": result.breadth,
        "calls_covered": _calls(result, Outcome.COVERED),
        "calls_not_covered": _calls(result, Outcome.NOT_COVERED),
        "calls_unknown": _calls(result, Outcome.UNKNOWN),
    }
    link = result.fault
    if link is not None:
        row |= {
            "link": link.link,
            "resource": link.resource,
            "observed": link.observed,
            "wanted": link.judgement.wanted,
        }
    return row


def _marks(result: Assessment, findings: Findings) -> dict[str, str]:
    """Return what people accept of the result, and what has changed since the baseline."""
    accepted, expired = findings.exception_of(result), findings.expired_exception_of(result)
    change = findings.change_of(result)
    return {
        "excepted_until": accepted.until.isoformat() if accepted else "",
        "excepted_why": accepted.why if accepted else "",
        "exception_expired": expired.until.isoformat() if expired else "",
        "baseline": change.value if change else "",
    }


def _failure(failure: Failure, control: Control | None) -> dict[str, str]:
    """`control` is None if a whole account or region failed."""
    return _common(failure, control) | {"verdict": "error", "error": failure.error}


def _common(outcome: Assessment | Failure, control: Control | None) -> dict[str, str]:
    cells = {"account": outcome.account, "rule": outcome.rule, "region": outcome.region}
    if control is None:
        return cells
    sections = framework_sections(control)
    return cells | {
        "severity": control.severity,
        "controls": "; ".join(f"{name} {numbers}".strip() for name, numbers in sections.items()),
    }


def _calls(result: Assessment, outcome: Outcome) -> str:
    return " ".join(name for name, call in result.calls.items() if call.outcome is outcome)
