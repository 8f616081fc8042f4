"""Read what a pack needs from a rule folder: parameters.json and control.toml."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alarmchain.control import Control, ControlError
from alarmchain.remediation.document import document
from deployment.errors import DeploymentError


@dataclass(frozen=True, slots=True)
class PackRule:
    """A rule's settings for AWS Config and Lambda.

    `parameters` are the parameters' names, `document` is the SSM Automation document of the
    remediation.
    """

    folder: Path
    name: str
    description: str
    runtime: str
    frequency: str
    parameters: tuple[str, ...]
    control: Control
    document: Mapping[str, Any]

    @classmethod
    def read(cls, folder: Path) -> "PackRule":
        """Read the folder. Raises DeploymentError for a file that is unreadable or incomplete."""
        given = read_json(folder / "parameters.json").get("Parameters", {})
        try:
            optional = json.loads(given["OptionalParameters"])
            control = Control.load(folder)
            return cls(
                folder=folder,
                name=given["RuleName"],
                description=given["Description"],
                runtime=given["SourceRuntime"],
                frequency=given["SourcePeriodic"],
                parameters=tuple(optional),
                control=control,
                document=document(control),
            )
        except ControlError as error:
            raise DeploymentError(str(error)) from None
        except KeyError as missing:
            raise DeploymentError(f"{folder.name}/parameters.json has no {missing}") from None
        except ValueError as error:
            raise DeploymentError(
                f"{folder.name}/parameters.json: OptionalParameters is not valid JSON: {error}"
            ) from None


def read_json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise DeploymentError(f"{file.parent.name}/{file.name} cannot be read: {error}") from None
    if not isinstance(content, dict):
        raise DeploymentError(f"{file.parent.name}/{file.name} is not a JSON object")
    return content
