"""docs/rules.md, which is generated from the rule folders."""

from pathlib import Path

import pytest

from alarmchain.control import Control, ControlError
from alarmchain.parameters import NAMES
from alarmchain.remediation.filter_patterns import filter_patterns
from alarmchain.report.rules_guide import document
from deployment.folders import CHECKOUT, rule_folders
from deployment.staging import copy_rule

GUIDE = (CHECKOUT / "docs" / "rules.md").read_text(encoding="utf-8")


def test_the_guide_is_up_to_date() -> None:
    """docs/rules.md is what `make docs` writes."""
    assert document(rule_folders()) == GUIDE, "run: make docs"


@pytest.mark.parametrize("folder", rule_folders(), ids=lambda folder: folder.name)
def test_the_section_of_a_rule(folder: Path) -> None:
    """The section has the rationale, each call once, and the names of the remediation."""
    control = Control.load(folder)
    section = GUIDE.split(f"\n## {folder.name}\n")[1].split("\n## ")[0]
    assert "\nWhy: " in section
    for calls in control.calls.values():
        assert all(section.count(f"- `{call}`\n") == 1 for call in calls)
    assert all(name in section for name in control.names.values())
    for listed in control.records.values():
        for each in listed:
            often = f", {each.events} in a period of the alarm" if each.events > 1 else ""
            assert section.count(f"- {each.name}{often}: `{each.pattern}`\n") == 1
    code = "\n".join(filter_patterns(control, control.calls["cis"], control.records["cis"]))
    assert f"\n```\n{code}\n```\n" in section
    assert all(mapping.framework in section for mapping in control.mappings)


def test_every_parameter_has_its_row() -> None:
    """The table has all parameters."""
    rows = GUIDE.split("\n## Parameters\n")[1]
    assert all(f"| `{name}` | " in rows for name in NAMES)


def test_a_rule_without_its_rationale_is_refused(tmp_path: Path) -> None:
    """The message names the file, also if it is not Python."""
    copy_rule(rule_folders()[0], tmp_path)
    (folder,) = tmp_path.iterdir()
    file = folder / f"{folder.name}.py"
    file.write_text(file.read_text().replace("Rationale:", "Reason:"))
    with pytest.raises(ControlError, match=rf"{file}: its docstring has no 'Rationale:'"):
        document([folder])
    file.write_text("def")
    with pytest.raises(ControlError, match="cannot be read: invalid syntax"):
        document([folder])
