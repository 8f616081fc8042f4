"""A SARIF log: the parts that every report in this format shares.

Source: Static Analysis Results Interchange Format (SARIF) Version 2.1.0, OASIS.
"""

import json
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from alarmchain.control import Control
from alarmchain.report.escape_text import visible
from alarmchain.report.framework_controls import framework_sections

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

_SECURITY_SEVERITY = {"Low": "3.0", "Medium": "5.0", "High": "8.0", "Critical": "9.5"}
"""The score that code scanning shows for each severity: a number between 0.1 and 10.0."""


def log(
    controls: Iterable[Control],
    results: Sequence[dict[str, Any]],
    notifications: Sequence[dict[str, Any]],
    properties: dict[str, Any] | None = None,
) -> str:
    """Return the log with one run, indented.

    `results`: SARIF's result objects; their ruleId is a control's name. `notifications`: what could
    not be checked; see `notification`.
    """
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "alarmchain",
                "version": version("alarmchain"),
                "rules": [_descriptor(control) for control in controls],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not notifications,
                "toolExecutionNotifications": list(notifications),
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": list(results),
    }
    if properties:
        run["properties"] = properties
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2) + "\n"


def message(text: str) -> dict[str, str]:
    """Return a message object with the plain text, in which nothing becomes a link."""
    shown = visible(text)
    return {"text": shown.replace("[", "\\[").replace("]", "\\]") if "](" in shown else shown}


def relative_uri(path: PurePath) -> str:
    """Return the relative reference of a file, percent-encoded; a colon must not end a scheme."""
    return quote(path.as_posix())


def notification(text: str, location: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the notification that something could not be checked."""
    result: dict[str, Any] = {"level": "error", "message": message(text)}
    if location is not None:
        result["locations"] = [location]
    return result


def _descriptor(control: Control) -> dict[str, Any]:
    sections = framework_sections(control)
    properties: dict[str, Any] = {
        "tags": ["security", *(f"{name} {numbers}".strip() for name, numbers in sections.items())]
    }
    if control.severity in _SECURITY_SEVERITY:
        properties["security-severity"] = _SECURITY_SEVERITY[control.severity]
    return {
        "id": control.name,
        "shortDescription": {"text": control.title},
        "fullDescription": {"text": control.description},
        "properties": properties,
    }
