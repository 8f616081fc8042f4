"""A rule folder's remediation: the document (generated) and its part of parameters.json (in git).

Both are built from control.toml. `make build` and `make remediation` write the document, which git
ignores.
"""

import json
from pathlib import Path
from typing import Any

from alarmchain.control import Control
from alarmchain.parameters import NAMES
from alarmchain.remediation.document import ACTIONS, text

DOCUMENT = "remediation.json"
PARAMETERS = "parameters.json"


def write_document(folder: Path) -> None:
    """Write remediation.json into the rule folder. Raises ControlError."""
    (folder / DOCUMENT).write_text(text(Control.load(folder)), encoding="utf-8")


def write_parameters(folder: Path) -> None:
    """Write the remediation's part of parameters.json; without that file, all of it.

    Raises ControlError.
    """
    control = Control.load(folder)
    file = folder / PARAMETERS
    content = json.loads(file.read_text(encoding="utf-8")) if file.exists() else _new(control)
    parameters = content["Parameters"]
    parameters["SSMAutomation"] = _automation(folder)
    chosen = parameters.get("Remediation", _DEFAULT_REMEDIATION)
    parameters["Remediation"] = chosen | _target(control)
    file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def parameters_are_current(folder: Path) -> bool:
    """Return whether parameters.json declares the remediation that control.toml asks for.

    The rest of the file belongs to whoever deploys: values of the rule's and of the document's
    parameters, and whether the remediation is automatic. Raises ControlError.
    """
    control = Control.load(folder)
    content = json.loads((folder / PARAMETERS).read_text(encoding="utf-8"))
    parameters = content["Parameters"]
    remediation: dict[str, Any] = parameters.get("Remediation", {})
    automation: object = parameters.get("SSMAutomation")
    return automation == _automation(folder) and _target(control).items() <= remediation.items()


def _new(control: Control) -> dict[str, Any]:
    """Return a new rule's parameters.json. Empty optional parameters have the core's defaults."""
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
    """Return the part from which RDK makes the document and its role."""
    return {"Document": f"{folder.name}/{DOCUMENT}", "IAM": list(ACTIONS)}


def _target(control: Control) -> dict[str, str]:
    """Return the remediation's target. RDK replaces TargetId by the document's name."""
    return {
        "ConfigRuleName": control.name,
        "TargetType": "SSM_DOCUMENT",
        "TargetId": f"{control.name}RemediationAction",
    }


_DEFAULT_REMEDIATION: dict[str, Any] = {
    "Automatic": False,
    "Parameters": {
        "AutomationAssumeRole": {
            "StaticValue": {"Values": ["RDK puts the role that it makes here"]}
        }
    },
}
