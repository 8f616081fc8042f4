"""Check the values of a rule's parameters as the rule itself will check them."""

import json
from collections.abc import Mapping
from pathlib import Path

from alarmchain.control import Control
from alarmchain.parameters import ParameterError, Parameters
from deployment.errors import DeploymentError


def check_rule_values(control: Control, values: Mapping[str, object]) -> None:
    """Raise DeploymentError if the rule would refuse the values, by its parameters' names."""
    try:
        Parameters.read(values).required_classes(control, region=None, account=None)
    except ParameterError as error:
        raise DeploymentError(f"{control.name}: {error}") from None


def given_values(folder: Path) -> dict[str, str]:
    """Return the values of the rule's parameters in parameters.json, without empty ones."""
    parameters = json.loads((folder / "parameters.json").read_text())["Parameters"]
    given = json.loads(parameters["OptionalParameters"]) | json.loads(parameters["InputParameters"])
    return {name: value for name, value in given.items() if value}
