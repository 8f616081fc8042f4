"""Write the folder of a new rule into a checkout: completely or not at all."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from alarmchain.control import Control, ControlError
from alarmchain.new_rule import files
from alarmchain.new_rule.errors import NewRuleError
from alarmchain.new_rule.narrowing import narrowing
from alarmchain.remediation.folder import write_parameters

_UNIQUE = ("FilterName", "MetricName", "AlarmName")
"""The names that two rules may not share: their filters and alarms would be one."""


def find_checkout() -> Path:
    """Return the current folder or the nearest above it that is a checkout. Raises NewRuleError."""
    try:
        start = Path.cwd()
    except OSError as error:
        raise NewRuleError(f"cannot find the current folder: {error.strerror}") from None
    for folder in (start, *start.parents):
        if (folder / "alarmchain" / "rule.py").is_file() and (folder / "rules").is_dir():
            return folder
    raise NewRuleError(
        f"{start} is not in a checkout of alarmchain, which has the folders alarmchain/ and rules/:"
        " clone the repository, and run the command there"
    )


def check_free(checkout: Path, name: str) -> None:
    """Raise NewRuleError if the checkout has a rule or another entry of this name."""
    folder = checkout / "rules" / name
    if os.path.lexists(folder):
        raise NewRuleError(f"rules/{name} exists already: choose another name, or remove it first")
    try:
        others = sorted(entry.name for entry in (checkout / "rules").iterdir())
    except OSError as error:
        raise NewRuleError(f"cannot read {checkout / 'rules'}: {error.strerror}") from None
    for known in others:
        if known.lower() == name.lower():
            raise NewRuleError(
                f"name '{name}' differs from rules/{known} only in its capital letters:"
                " choose another name"
            )


def check_names(checkout: Path, control: Control) -> None:
    """Raise NewRuleError if another rule's remediation makes a filter or alarm of the same name."""
    for file in sorted((checkout / "rules").glob("*/control.toml")):
        try:
            known = Control.load(file)
        except ControlError as error:
            raise NewRuleError(str(error)) from None
        for key in _UNIQUE:
            if known.names[key] == control.names[key]:
                raise NewRuleError(
                    f"rule {known.name} has the {key} '{known.names[key]}' already, which"
                    f" {control.name} would have: choose another name"
                )


def write(checkout: Path, control: Control, rationale: str) -> Path:
    """Write the rule's folder and return it. Raises NewRuleError, and then leaves nothing behind.

    All its files are written into a temporary folder, which then gets the rule's name.
    """
    target = checkout / "rules" / control.name
    try:
        # Not below rules/, where others would take it for a rule.
        with tempfile.TemporaryDirectory(prefix=".new-rule-", dir=checkout) as temporary:
            folder = Path(temporary) / control.name
            folder.mkdir()
            for name, text in _texts(control, rationale).items():
                (folder / name).write_text(text, encoding="utf-8")
            write_parameters(folder)
            folder.rename(target)
    except OSError as error:
        raise NewRuleError(f"cannot write {target}: {error.strerror or error}") from None
    return target


def _texts(control: Control, rationale: str) -> Mapping[str, str]:
    narrowed = narrowing(control)
    return {
        "control.toml": files.control_toml(control),
        f"{control.name}.py": files.handler(control, rationale, narrowed),
        f"{control.name}_test.py": files.scenario_test(control, narrowed),
    }
