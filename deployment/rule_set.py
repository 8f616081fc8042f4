"""The rules of a set, such as cis-5.0, and the calls that the set adds to a rule."""

from collections.abc import Iterable
from pathlib import Path

from alarmchain.control import Control
from alarmchain.rule_sets import rules_of_set, sets_of
from deployment.errors import DeploymentError
from deployment.folders import rule_folders


def chosen_folders(root: Path, names: Iterable[str], rule_set: str) -> tuple[Path, ...]:
    """Return the folders of the named rules, or of the set's; "" for no set.

    Raises DeploymentError.
    """
    names = tuple(names)
    if not rule_set:
        return rule_folders(root, names)
    if names:
        raise DeploymentError("RULES and RULE_SET exclude each other")
    controls = {folder.name: Control.load(folder) for folder in rule_folders(root)}
    try:
        chosen = rules_of_set(rule_set, controls)
    except ValueError as error:
        raise DeploymentError(str(error)) from None
    return rule_folders(root, [control.name for control in chosen])


def additional_calls(control: Control, rule_set: str) -> str:
    """Return what the set adds, as a value of the rule's parameter AdditionalCalls."""
    return ",".join(map(str, sets_of(control).get(rule_set, ())))
