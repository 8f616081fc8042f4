"""A rule folder's share of its remediation: remediation.json, and what parameters.json says of it.

Both are written from control.toml and committed; `drift` is what the tests and `make build` ask.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alarmchain.control import Control
from alarmchain.remediation.document import ACTIONS, text

FILE = "remediation.json"


def write(folder: Path) -> None:
    """Writes both files. Raises ControlError."""
    for name, content in _wanted(folder).items():
        (folder / name).write_text(content, encoding="utf-8")


def drift(folder: Path) -> list[str]:
    """The names of the files that are not as control.toml wants them. Raises ControlError."""
    return [
        name
        for name, content in _wanted(folder).items()
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != content
    ]


def _wanted(folder: Path) -> Mapping[str, str]:
    control = Control.load(folder)
    given = json.loads((folder / "parameters.json").read_text(encoding="utf-8"))
    given["Parameters"] |= _parts(control.name, folder.name)
    return {FILE: text(control), "parameters.json": json.dumps(given, indent=2) + "\n"}


def _parts(rule: str, folder: str) -> dict[str, Any]:
    """RDK makes document, role and remediation from these; `TargetId` and the role are its own."""
    role = {"StaticValue": {"Values": ["RDK puts the role that it makes here"]}}
    return {
        "SSMAutomation": {"Document": f"{folder}/{FILE}", "IAM": list(ACTIONS)},
        "Remediation": {
            "ConfigRuleName": rule,
            "Automatic": False,
            "TargetType": "SSM_DOCUMENT",
            "TargetId": f"{rule}RemediationAction",
            "Parameters": {"AutomationAssumeRole": role},
        },
    }
