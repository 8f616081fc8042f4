"""An audit as CSV (RFC 4180): one row for each account, rule and region; for spreadsheets."""

import csv
import io

from alarmchain.control import Control
from alarmchain.decision.assessment import Assessment, Outcome
from alarmchain.remediation.remediation_hint import (
    in_one_line,
    remediation_command,
    remediation_hint,
)
from alarmchain.report.escape_text import visible
from alarmchain.report.fault import fault
from alarmchain.report.findings import Failure, Findings
from alarmchain.report.framework_controls import briefly

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
)
"""The header; programs rely on the names, and new ones are added at the end."""

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")


def render(findings: Findings) -> str:
    """The table. What could not be assessed is a row with the verdict `error`."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    controls = {control.name: control for control in findings.controls}
    rows = [_result(one, controls[one.rule]) for one in findings.results]
    rows += [_failure(one, controls.get(one.rule)) for one in findings.failures]
    for row in rows:
        row["account_name"] = findings.names.get(row["account"], "")
    for row in sorted(rows, key=lambda row: (row["account"], row["rule"], row["region"])):
        writer.writerow({name: safe(text) for name, text in row.items()})
    return out.getvalue()


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before one."""
    shown = visible(text)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown


def _result(one: Assessment, control: Control) -> dict[str, str]:
    link = fault(one)
    row = _place(one, control) | {
        "verdict": one.outcome.value,
        "compliance": one.compliance,
        "annotation": one.annotation,
        "remedy": one.remedy,
        "remediation": in_one_line(remediation_command(one)) if remediation_hint(one) else "",
        "breadth": one.breadth,
        "calls_covered": _calls(one, Outcome.COVERED),
        "calls_not_covered": _calls(one, Outcome.NOT_COVERED),
        "calls_unknown": _calls(one, Outcome.UNKNOWN),
    }
    if link is not None:
        row |= {
            "link": link.link,
            "resource": link.resource,
            "observed": link.judgement.observed,
            "wanted": link.judgement.wanted,
        }
    return row


def _failure(one: Failure, control: Control | None) -> dict[str, str]:
    """Of a whole account or region, a failure may be of no rule."""
    return _place(one, control) | {"verdict": "error", "error": one.error}


def _place(one: Assessment | Failure, control: Control | None) -> dict[str, str]:
    place = {"account": one.account, "rule": one.rule, "region": one.region}
    if control is None:
        return place
    return place | {
        "severity": control.severity,
        "controls": "; ".join(f"{name} {said}".strip() for name, said in briefly(control).items()),
    }


def _calls(one: Assessment, outcome: Outcome) -> str:
    return " ".join(name for name, call in one.calls.items() if call.outcome is outcome)
