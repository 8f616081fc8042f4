"""The remediation of a rule that RDK deploys: as committed, none, or automatic.

RDK puts document, role and Config's remediation into the rule's stack, from parameters.json. Only
the staged copy of it is edited.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alarmchain.control import ControlError
from alarmchain.remediation.folder import FILE, drift
from alarmchain.remediation.parameters import refusal
from deployment.errors import ProblemError
from deployment.pack.options import FOR_REMEDIATIONS as PREFIX
from deployment.pack.options import check_remediation
from deployment.pack.remediation import ATTEMPTS, WITHIN
from deployment.stack_body import MOST_BYTES, stack_body
from deployment.static_value_check import check_static_value


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of REMEDIATIONS; and values of the document's parameters, by name with PREFIX."""

    kind: str = "manual"
    values: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises ProblemError."""
        for name in self.values:
            if not name.startswith(PREFIX):
                raise ProblemError(
                    f"no parameter '{name}'; those of remediations begin with {PREFIX}"
                )
        check_remediation(self.kind, self._by_parameter())

    def _by_parameter(self) -> dict[str, str]:
        """The values by the names that the documents know."""
        return {name.removeprefix(PREFIX): value for name, value in self.values.items()}


def choose(folder: Path, choice: Choice) -> None:
    """Edits the staged rule folder. Raises ProblemError for a value that can't be used."""
    file = folder / "parameters.json"
    whole = json.loads(file.read_text())
    given = whole["Parameters"]
    if choice.kind == "none":
        given.pop("SSMAutomation", None)
        given.pop("Remediation", None)
        (folder / FILE).unlink(missing_ok=True)
    elif "Remediation" not in given:
        raise ProblemError(f"{folder.name} has no remediation; REMEDIATION=none deploys it without")
    else:
        remediation = given["Remediation"]
        document = json.loads((folder / FILE).read_text())
        declared = document["parameters"]
        # As defaults: the document heals what the rule asks for, whoever starts it, and a list of
        # calls may be longer than a static value.
        for name, value in _told(given, declared).items():
            declared[name]["default"] = value
        (folder / FILE).write_text(json.dumps(document, indent=1) + "\n")
        remediation["Parameters"] |= {
            name: {"StaticValue": {"Values": [value]}}
            for name, value in _chosen(folder.name, declared, choice).items()
        }
        if choice.kind == "automatic":
            remediation["Automatic"] = True
            remediation["MaximumAutomaticAttempts"] = ATTEMPTS
            remediation["RetryAttemptSeconds"] = WITHIN
    file.write_text(json.dumps(whole, indent=2) + "\n")
    check_size(folder)


def _told(given: Mapping[str, Any], declared: Mapping[str, Any]) -> dict[str, str]:
    """What the rule is told, as far as its remediation has to heal the same."""
    told = json.loads(given["OptionalParameters"]) | json.loads(given["InputParameters"])
    values = {name: value for name, value in told.items() if value and name in declared}
    for name, value in values.items():
        if problem := refusal(name, value, declared[name]):
            raise ProblemError(f"{given['RuleName']}: its remediation does not take it: {problem}")
    return values


def _chosen(rule: str, declared: Mapping[str, Any], choice: Choice) -> dict[str, str]:
    """What is chosen for the remediation alone."""
    known = [name for name in declared if name != "AutomationAssumeRole"]
    values = {}
    for name, value in choice.values.items():
        parameter = name.removeprefix(PREFIX)
        if parameter not in known:
            listed = ", ".join(PREFIX + one for one in known)
            raise ProblemError(f"no '{name}' in {rule}; there are {listed}")
        check_static_value(rule, name, value, declared[parameter])
        values[parameter] = value
    return values


def check_committed(folder: Path) -> None:
    """Raises ProblemError if control or remediation can't be used: unread, drifted or too large."""
    try:
        drifted = drift(folder)
    except ControlError as error:
        raise ProblemError(str(error)) from None
    if drifted:
        raise ProblemError(
            f"{folder.name}/{' and '.join(drifted)} differs from what control.toml asks for:"
            " run make remediation"
        )
    check_size(folder)


def check_size(folder: Path) -> None:
    """Raises ProblemError if CloudFormation would refuse the stack that RDK makes of the rule."""
    size = len(stack_body(folder).encode())
    if size > MOST_BYTES:
        raise ProblemError(
            f"the stack of {folder.name} has {size} bytes; CloudFormation takes {MOST_BYTES} of RDK"
        )
