"""A rule folder's share of its remediation: remediation.json, and what parameters.json says of it.

Both are written from control.toml and committed; `drift` is what the tests and `make build` ask.
"""

import json
from pathlib import Path
from typing import Any

from alarmchain.control import Control
from alarmchain.remediation.document import ACTIONS, text

FILE = "remediation.json"
PARAMETERS = "parameters.json"


def write(folder: Path) -> None:
    """Writes both files. Raises ControlError."""
    control = Control.load(folder)
    (folder / FILE).write_text(text(control), encoding="utf-8")
    whole = json.loads((folder / PARAMETERS).read_text(encoding="utf-8"))
    given = whole["Parameters"]
    given["SSMAutomation"] = _automation(folder)
    given["Remediation"] = given.get("Remediation", _CHOSEN) | _target(control)
    (folder / PARAMETERS).write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")


def drift(folder: Path) -> list[str]:
    """The names of the files that are not as control.toml wants them. Raises ControlError.

    What else stands in parameters.json belongs to whoever deploys: the values of the rule's and
    of the document's parameters, and whether the remediation is automatic.
    """
    control = Control.load(folder)
    given = json.loads((folder / PARAMETERS).read_text(encoding="utf-8"))["Parameters"]
    file = folder / FILE
    same = {
        FILE: file.exists() and file.read_text(encoding="utf-8") == text(control),
        PARAMETERS: given.get("SSMAutomation") == _automation(folder)
        and given.get("Remediation", {}).items() >= _target(control).items(),
    }
    return [name for name, is_same in same.items() if not is_same]


def _automation(folder: Path) -> dict[str, Any]:
    """RDK makes document and role from this."""
    return {"Document": f"{folder.name}/{FILE}", "IAM": list(ACTIONS)}


def _target(control: Control) -> dict[str, str]:
    """RDK replaces the TargetId by the name of the document that it makes."""
    return {
        "ConfigRuleName": control.name,
        "TargetType": "SSM_DOCUMENT",
        "TargetId": f"{control.name}RemediationAction",
    }


_CHOSEN: dict[str, Any] = {
    "Automatic": False,
    "Parameters": {
        "AutomationAssumeRole": {
            "StaticValue": {"Values": ["RDK puts the role that it makes here"]}
        }
    },
}
