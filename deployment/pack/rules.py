"""What a pack takes from a rule folder: parameters.json, and the remediation if it has one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alarmchain.control import Control, ControlError
from deployment.errors import ProblemError


@dataclass(frozen=True, slots=True)
class Remediation:
    """The SSM Automation document of a rule, and the IAM actions of its steps."""

    document: Mapping[str, Any]
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackRule:
    """One rule: what AWS Config and Lambda are told of it. `parameters` are names alone."""

    folder: Path
    name: str
    description: str
    runtime: str
    frequency: str
    parameters: tuple[str, ...]
    control: Control
    remediation: Remediation | None

    @classmethod
    def read(cls, folder: Path) -> "PackRule":
        """Raises ProblemError for a file that can't be read or lacks something."""
        given = _json(folder / "parameters.json").get("Parameters", {})
        try:
            optional = json.loads(given["OptionalParameters"])
            return cls(
                folder=folder,
                name=given["RuleName"],
                description=given["Description"],
                runtime=given["SourceRuntime"],
                frequency=given["SourcePeriodic"],
                parameters=tuple(optional),
                control=Control.load(folder),
                remediation=_remediation(folder, given),
            )
        except ControlError as error:
            raise ProblemError(str(error)) from None
        except KeyError as missing:
            raise ProblemError(f"{folder.name}/parameters.json has no {missing}") from None
        except ValueError as error:
            raise ProblemError(
                f"{folder.name}/parameters.json: OptionalParameters is no JSON: {error}"
            ) from None


def _remediation(folder: Path, given: Mapping[str, Any]) -> Remediation | None:
    automation = given.get("SSMAutomation")
    if automation is None:
        return None
    # RDK reads the path from the folder above.
    document = _json(folder.parent / automation["Document"])
    return Remediation(document, tuple(automation["IAM"]))


def _json(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise ProblemError(f"{file.parent.name}/{file.name} can't be read: {error}") from None
    if not isinstance(found, dict):
        raise ProblemError(f"{file.parent.name}/{file.name} is no JSON object")
    return found
