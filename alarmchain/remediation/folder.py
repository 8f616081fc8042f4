"""A rule folder's share of its remediation: remediation.json, and what parameters.json says of it.

Both are written from control.toml and committed; `drift` is what the tests and `make build` ask.
A new rule's parameters.json is written whole.
"""

import json
from pathlib import Path
from typing import Any

from alarmchain.control import Control
from alarmchain.parameters import NAMES
from alarmchain.remediation.document import ACTIONS, text

FILE = "remediation.json"
PARAMETERS = "parameters.json"


def write(folder: Path) -> None:
    """Writes both files. Raises ControlError."""
    control = Control.load(folder)
    (folder / FILE).write_text(text(control), encoding="utf-8")
    file = folder / PARAMETERS
    whole = json.loads(file.read_text(encoding="utf-8")) if file.exists() else _new(control)
    given = whole["Parameters"]
    given["SSMAutomation"] = _automation(folder)
    given["Remediation"] = given.get("Remediation", _CHOSEN) | _target(control)
    file.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")


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


def _new(control: Control) -> dict[str, Any]:
    """What RDK is to know of a rule. An empty optional parameter has the core's default."""
    parameters = {
        "RuleName": control.name,
        "Description": control.description,
        "SourceRuntime": "python3.13",
        "CodeKey": f"{control.name}.zip",
        "InputParameters": "{}",
        "OptionalParameters": json.dumps(dict.fromkeys(NAMES, "")),
        "SourcePeriodic": "TwentyFour_Hours",
        "RuleSets": ["alarmchain", "cis"],
    }
    return {"Version": "1.0", "Parameters": parameters, "Tags": "[]"}


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
