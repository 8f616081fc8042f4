"""What is built from control.toml in a rule folder: remediation.json, and parts of parameters.json.

`make build` and `make remediation` write the document, which git ignores; `make remediation` also
writes parameters.json.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from alarmchain.control import Control, ControlError
from alarmchain.parameters import NAMES
from alarmchain.remediation.document import text
from alarmchain.rule_sets import is_derived, sets_of

DOCUMENT = "remediation.json"
PARAMETERS = "parameters.json"
OWN_SET = "alarmchain"
"""The set of RDK's that has every rule of ours."""
REMEDIATION_MEMBERS = ("SSMAutomation", "Remediation")
"""The members of parameters.json from which RDK makes a remediation."""


def write_document(folder: Path) -> None:
    """Write remediation.json into the rule folder. Raises ControlError."""
    (folder / DOCUMENT).write_text(text(Control.load(folder)), encoding="utf-8")


def write_parameters(folder: Path) -> None:
    """Write parameters.json into the rule folder.

    What follows from control.toml is written anew: the description, and the sets that the mappings
    give. All else in an existing file belongs to who deploys, except the members with which RDK
    would make the remediation in the rule's stack: they are removed, as that stack is too small for
    it. A file that is as it should be stays untouched. Raises ControlError.
    """
    file = folder / PARAMETERS
    control = Control.load(folder)
    if not file.exists():
        _write(file, _new(control))
        return
    content = _read(file)
    parameters = content["Parameters"]
    given = parameters.get("RuleSets")
    updated = {
        name: value for name, value in parameters.items() if name not in REMEDIATION_MEMBERS
    } | {
        "Description": control.description,
        "RuleSets": _rule_sets(control, given if isinstance(given, list) else []),
    }
    if updated != parameters:
        _write(file, content | {"Parameters": updated})


def _read(file: Path) -> dict[str, Any]:
    """Return an existing parameters.json. Raises ControlError if it is not one."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ControlError(f"{file} cannot be read: {error}") from None
    if not isinstance(content, dict) or not isinstance(content.get("Parameters"), dict):
        raise ControlError(f"{file} has no object Parameters, which RDK reads")
    return content


def _write(file: Path, content: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _rule_sets(control: Control, given: Iterable[str] = ()) -> list[str]:
    """Return RDK's sets of the rule: ours, those of the mappings, then other given ones."""
    names = (OWN_SET, *sets_of(control), *(name for name in given if not is_derived(name)))
    return list(dict.fromkeys(names))


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
        "RuleSets": _rule_sets(control),
    }
    return {"Version": "1.0", "Parameters": parameters, "Tags": "[]"}
