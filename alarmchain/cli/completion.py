"""The values that a shell offers for an option. It loads no AWS library."""

import json
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import click

from alarmchain.control import ControlError, known_controls
from alarmchain.rule_sets import rule_sets


def complete_rule(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Return the names of the rules that begin with the text; commas may separate them."""
    try:
        return _last_of_list(known_controls(), incomplete)
    except ControlError:
        return []


def complete_rule_set(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Return the names of the rule sets that begin with the text."""
    try:
        return _beginning(rule_sets(known_controls().values()), incomplete)
    except ControlError:
        return []


def complete_region(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Return the regions' names that begin with the text, of the partitions that botocore knows.

    Regions may be separated by commas.
    """
    botocore = find_spec("botocore")  # which finds the package and does not import it
    if botocore is None or botocore.origin is None:
        return []
    file = Path(botocore.origin).parent / "data" / "partitions.json"
    try:
        partitions = json.loads(file.read_bytes())["partitions"]
        names = [name for partition in partitions for name in partition["regions"]]
    except (OSError, ValueError, LookupError, TypeError):
        return []
    names = [name for name in names if not name.endswith("-global")]
    return _last_of_list(names, incomplete)


def _last_of_list(names: Iterable[str], incomplete: str) -> list[str]:
    """Return the texts in which the last name, behind a comma if there is one, is complete."""
    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in _beginning(names, last)]


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))
