"""What is built from control.toml in a rule folder: remediation.json, and a new parameters.json.

`make build` and `make remediation` write the document, which git ignores.
"""

import json
from pathlib import Path
from typing import Any

from alarmchain.control import Control
from alarmchain.parameters import NAMES
from alarmchain.remediation.document import text
from alarmchain.rule_sets import sets_of

DOCUMENT = "remediation.json"
PARAMETERS = "parameters.json"
REMEDIATION_MEMBERS = ("SSMAutomation", "Remediation")
"""The members of parameters.json from which RDK makes a remediation."""


def write_document(folder: Path) -> None:
    """Write remediation.json into the rule folder. Raises ControlError."""
    (folder / DOCUMENT).write_text(text(Control.load(folder)), encoding="utf-8")


def write_parameters(folder: Path) -> None:
    """Write parameters.json into a new rule folder; an existing file belongs to who deploys.

    Only the members with which RDK would make the remediation in the rule's stack are removed:
    that stack is too small for it. Raises ControlError.
    """
    file = folder / PARAMETERS
    if file.exists():
        content = json.loads(file.read_text(encoding="utf-8"))
    else:
        content = _new(Control.load(folder))
    if not file.exists() or content["Parameters"].keys() & set(REMEDIATION_MEMBERS):
        for name in REMEDIATION_MEMBERS:
            content["Parameters"].pop(name, None)
        file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


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
        "RuleSets": ["alarmchain", *sets_of(control)],
    }
    return {"Version": "1.0", "Parameters": parameters, "Tags": "[]"}
