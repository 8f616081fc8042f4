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
    "sarif": "alarmchain.report.audit_sarif",
    "junit": "alarmchain.report.audit_junit",
    "asff": "alarmchain.report.audit_asff",
}
"""Each format with the module whose `render(findings)` writes it; a module is loaded when used."""


COLORED = ("text",)
"""The formats that can be in colour; their `render` has the argument `colored`."""


def render(findings: Findings, name: str, *, colored: bool = False) -> str:
    """Return the report in the format `name`, a key of FORMATS; in colour if it can be."""
    options = {"colored": True} if colored and name in COLORED else {}
    text: str = import_module(FORMATS[name]).render(findings, **options)
    return text
