"""The formats of an audit's report."""

from collections.abc import Mapping
from importlib import import_module

from alarmchain.report.findings import Findings

FORMATS: Mapping[str, str] = {
    "text": "alarmchain.report.audit_text",
    "json": "alarmchain.report.audit_json",
    "csv": "alarmchain.report.audit_csv",
    "html": "alarmchain.report.html.page",
    "ocsf": "alarmchain.report.audit_ocsf",
}
"""Each with the module whose `render(findings)` writes it; loaded only when it is asked for."""


def render(findings: Findings, name: str) -> str:
    """The report in the format of that name, one of FORMATS."""
    text: str = import_module(FORMATS[name]).render(findings)
    return text
