"""The remediation of a rule that RDK deploys: manual, automatic or none.

RDK puts the document, its role and AWS Config's remediation into the rule's stack, from
parameters.json. Only the staged copy of that file is edited.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alarmchain.control import Control, ControlError
from alarmchain.remediation.document import document
from alarmchain.remediation.folder import DOCUMENT, PARAMETERS, parameters_are_current
from alarmchain.remediation.parameters import value_error
from deployment.errors import DeploymentError
from deployment.pack.options import REMEDIATION_PREFIX, check_remediation
from deployment.pack.remediation import ATTEMPTS, ATTEMPTS_PERIOD
from deployment.rule_values import check_rule_values
from deployment.stack_body import MOST_BYTES, stack_body
from deployment.static_value_check import check_static_value


@dataclass(frozen=True, slots=True)
class RemediationChoice:
    """`kind` is one of REMEDIATIONS; `values` are the document's, by REMEDIATION_PREFIX + name."""

    kind: str = "manual"
    values: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise DeploymentError if the values are not for remediations, or do not fit the kind."""
        for name in self.values:
            if not name.startswith(REMEDIATION_PREFIX):
                raise DeploymentError(
                    f"parameter '{name}' is unknown; a remediation's parameter begins with"
                    f" {REMEDIATION_PREFIX}"
                )
        by_parameter = {
            name.removeprefix(REMEDIATION_PREFIX): value for name, value in self.values.items()
        }
        check_remediation(self.kind, by_parameter)


def apply_choice(folder: Path, choice: RemediationChoice) -> None:
    """Edit the staged rule folder. Raises DeploymentError for a value that cannot be used."""
    file = folder / PARAMETERS
    content = json.loads(file.read_text())
    parameters = content["Parameters"]
    if choice.kind == "none":
        parameters.pop("SSMAutomation", None)
        parameters.pop("Remediation", None)
        (folder / DOCUMENT).unlink(missing_ok=True)
    elif "Remediation" not in parameters:
        raise DeploymentError(
            f"{folder.name} has no remediation (no Remediation in {PARAMETERS});"
            " deploy it with REMEDIATION=none"
        )
    else:
        _set_remediation(folder, parameters, choice)
    file.write_text(json.dumps(content, indent=2) + "\n")
    check_size(folder)


def _set_remediation(folder: Path, parameters: dict[str, Any], choice: RemediationChoice) -> None:
    ssm_document = document(Control.load(folder))
    declared = ssm_document["parameters"]
    # As defaults, so that the document makes what the rule asks for, whoever starts it. A list of
    # calls may also be longer than a static value.
    for name, value in _rule_values(parameters, declared).items():
        declared[name]["default"] = value
    (folder / DOCUMENT).write_text(json.dumps(ssm_document, indent=1) + "\n")
    remediation = parameters["Remediation"]
    remediation["Parameters"] |= {
        name: {"StaticValue": {"Values": [value]}}
        for name, value in _remediation_values(folder.name, declared, choice).items()
    }
    if choice.kind == "automatic":
        remediation["Automatic"] = True
        remediation["MaximumAutomaticAttempts"] = ATTEMPTS
        remediation["RetryAttemptSeconds"] = ATTEMPTS_PERIOD


def _given(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of the rule's parameters in parameters.json that are not empty."""
    given = json.loads(parameters["OptionalParameters"]) | json.loads(parameters["InputParameters"])
    return {name: value for name, value in given.items() if value}


def _rule_values(parameters: Mapping[str, Any], declared: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of the rule's parameters that its document has as well."""
    values = {name: value for name, value in _given(parameters).items() if name in declared}
    for name, value in values.items():
        if error := value_error(name, value, declared[name]):
            raise DeploymentError(f"the remediation of {parameters['RuleName']} refuses {error}")
    return values


def _remediation_values(
    rule: str, declared: Mapping[str, Any], choice: RemediationChoice
) -> dict[str, str]:
    """Return the values that are chosen for the remediation only."""
    known = [name for name in declared if name != "AutomationAssumeRole"]
    values = {}
    for name, value in choice.values.items():
        parameter = name.removeprefix(REMEDIATION_PREFIX)
        if parameter not in known:
            names = ", ".join(REMEDIATION_PREFIX + known_name for known_name in known)
            raise DeploymentError(f"{rule} has no parameter '{name}'; it has {names}")
        check_static_value(rule, name, value, declared[parameter])
        values[parameter] = value
    return values


def check_parameters(folder: Path) -> None:
    """Raise DeploymentError if control.toml is wrong, or parameters.json does not agree with it, or
    the rule would refuse a value."""
    try:
        is_current = parameters_are_current(folder)
    except ControlError as error:
        raise DeploymentError(str(error)) from None
    if not is_current:
        raise DeploymentError(
            f"{folder.name}/{PARAMETERS} differs from what control.toml asks for:"
            " run make remediation"
        )
    parameters = json.loads((folder / PARAMETERS).read_text())["Parameters"]
    check_rule_values(Control.load(folder), _given(parameters))


def check_size(folder: Path) -> None:
    """Raise DeploymentError if the rule's stack is larger than CloudFormation takes from RDK."""
    size = len(stack_body(folder).encode())
    if size > MOST_BYTES:
        raise DeploymentError(
            f"the stack of {folder.name} has {size} bytes;"
            f" CloudFormation takes at most {MOST_BYTES} from RDK"
        )
