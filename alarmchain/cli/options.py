"""Options that several commands share, and what they turn into."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from alarmchain.control import Control, ControlError, known_controls
from alarmchain.parameters import ParameterError, Parameters
from alarmchain.place import REGION_NAME


class FilePath(click.Path):
    """The path of a file. Nothing is none: pathlib would take it for the folder one is in."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Raises click.BadParameter."""
        if not str(value):
            self.fail("it is empty; expected the path of a file", param, ctx)
        return super().convert(value, param, ctx)


PROFILE = "Profile of the AWS configuration. Without it the environment's credentials."
"""Help for --profile."""


def controls() -> dict[str, Control]:
    """Every rule's control by name. Raises click.ClickException."""
    try:
        return known_controls()
    except ControlError as error:
        raise click.ClickException(str(error)) from None


def unknown_rule(name: str, known: dict[str, Control]) -> str:
    """What to say where a rule is not one of the known."""
    return f"rule '{name}' is unknown; known: {', '.join(known)}"


def control(name: str) -> Control:
    """The control of a rule. Raises click.ClickException, which names the known rules."""
    known = controls()
    if name not in known:
        raise click.ClickException(unknown_rule(name, known))
    return known[name]


def parameters(given: Sequence[str]) -> Parameters:
    """Reads `K=V` as given to --parameter. Raises click.ClickException."""
    values: dict[str, object] = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals:
            raise click.ClickException(f"parameter '{item}' has no value; expected NAME=VALUE")
        if name in values:
            raise click.ClickException(f"parameter '{name}' is given twice")
        values[name] = value
    try:
        return Parameters.read(values)
    except ParameterError as error:
        raise click.ClickException(str(error)) from None


def check_regions(named: Iterable[str]) -> tuple[str, ...]:
    """The regions' names, each once. Raises click.ClickException."""
    names = tuple(dict.fromkeys(named))
    for name in names:
        if not REGION_NAME.fullmatch(name):
            raise click.ClickException(f"region '{name}': expected a name such as us-east-1")
    return names
