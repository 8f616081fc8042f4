"""Each rule folder is complete, and its files agree."""

import ast
import json
import re
import runpy
import unittest
from pathlib import Path
from typing import Any

import pytest
from rdk import rdk as rdk_module

from alarmchain.control import Control
from alarmchain.parameters import NAMES, Parameters
from alarmchain.remediation.folder import REMEDIATION_MEMBERS
from deployment.folders import CHECKOUT, rule_folders

FOLDERS = rule_folders()
OWN = {"control.toml", "parameters.json"}


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    """Return each rule folder."""
    return Path(request.param)


@pytest.fixture
def parameters(folder: Path) -> dict[str, Any]:
    """Return the rule's parameters.json, which RDK reads."""
    parameters: dict[str, Any] = json.loads((folder / "parameters.json").read_text())["Parameters"]
    return parameters


def docstring(folder: Path) -> str:
    """Return the docstring of the rule's file."""
    return ast.get_docstring(ast.parse((folder / f"{folder.name}.py").read_text())) or ""


def test_the_four_rules_exist() -> None:
    """Each rule that this project began with has a folder."""
    assert {"ConfigChanges", "CloudTrailChanges", "SecurityGroupChanges", "CMKChanges"} <= {
        folder.name for folder in FOLDERS
    }


def test_the_folder_holds_only_its_own_files(folder: Path) -> None:
    """A rule's folder has only the rule's own files, and what a build adds and git ignores."""
    own = OWN | {f"{folder.name}.py", f"{folder.name}_test.py"}
    assert "rules/*/remediation.json" in (CHECKOUT / ".gitignore").read_text().splitlines()
    built = {"remediation.json", f"{folder.name}.zip"}
    assert {file.name for file in folder.iterdir() if file.is_file()} - built == own
    assert {entry.name for entry in folder.iterdir() if entry.is_dir()} <= {
        "alarmchain",
        "rdklib",
        "__pycache__",
    }


def test_one_name(folder: Path, parameters: dict[str, Any]) -> None:
    """Folder, control, Config rule and handler's file have the same name, short enough for AWS."""
    control = Control.load(folder)
    assert control.name == parameters["RuleName"] == folder.name
    assert re.findall(r"Rule Name:\n  (\w+)\n", docstring(folder)) == [folder.name]
    assert len(f"RDK-Rule-Function-{folder.name}") <= 64


def test_the_description_is_the_controls(folder: Path, parameters: dict[str, Any]) -> None:
    """AWS Config shows the control's description, of at most 255 characters, as RDK requires."""
    assert parameters["Description"] == Control.load(folder).description
    assert len(parameters["Description"]) <= 255


def test_the_schedule_and_runtime(parameters: dict[str, Any]) -> None:
    """The rule runs daily and not on configuration changes, in a runtime that RDK knows."""
    assert parameters["SourcePeriodic"] == "TwentyFour_Hours"
    assert "SourceEvents" not in parameters
    assert parameters["SourceRuntime"] in rdk_module.PYTHON_RUNTIMES
    assert parameters["SourceRuntime"] not in rdk_module.PYTHON_LIB_RUNTIMES
    assert "alarmchain" in parameters["RuleSets"]


def test_the_parameters_are_the_cores(parameters: dict[str, Any]) -> None:
    """All parameters are listed, optional and empty, so that the core's defaults apply."""
    optional = json.loads(parameters["OptionalParameters"])
    assert json.loads(parameters["InputParameters"]) == {}
    assert set(optional.values()) == {""}
    assert set(optional) == set(NAMES)
    assert Parameters.read(optional) == Parameters()


def test_rdk_makes_no_remediation(parameters: dict[str, Any]) -> None:
    """RDK's stack is too small for the document; make deploy makes a stack of its own."""
    assert parameters.keys() & set(REMEDIATION_MEMBERS) == set()


def test_the_docstring_has_the_severity(folder: Path) -> None:
    """A rule's file has the control's severity, and names the page with what all rules share."""
    text = docstring(folder)
    assert "docs/rules.md" in text
    assert f"Indicative Severity:\n  {Control.load(folder).severity}\n" in text


def test_each_scenario_has_a_test(folder: Path) -> None:
    """The test class has a method for each scenario of the rules' page, and for no other.

    The rule's file describes its own scenario, the third.
    """
    page = (CHECKOUT / "docs" / "rules.md").read_text()
    section = page.split("## Scenarios of every rule\n")[1].split("\n## ")[0]
    scenarios = re.findall(r"(?m)^(\d+)\. ", section)
    assert scenarios == [str(number + 1) for number in range(len(scenarios))]
    assert re.findall(r"Scenario: (\d+)", docstring(folder)) == ["3"]
    file = folder / f"{folder.name}_test.py"
    module = runpy.run_path(str(file))
    tests = unittest.defaultTestLoader.getTestCaseNames(module[f"{folder.name}Test"])
    numbers = [number for name in tests for number in re.findall(r"^test_scenario_(\d+)_", name)]
    assert len(numbers) == len(tests)
    assert sorted(numbers, key=int) == scenarios


def test_the_handler_is_a_few_lines(folder: Path) -> None:
    """After its docstring a rule's file only makes the core's handler for its folder."""
    tree = ast.parse((folder / f"{folder.name}.py").read_text())
    assert [ast.unparse(node) for node in tree.body[1:]] == [
        "from alarmchain.rule import handler",
        "lambda_handler = handler(__file__)",
    ]


def test_nothing_else_lists_the_rules() -> None:
    """The core, the build and the command line name no rule, so a new rule is one new folder."""
    names = "|".join(folder.name for folder in FOLDERS)
    listed = [
        file
        for package in ("alarmchain", "deployment", "localaws")
        for file in (CHECKOUT / package).rglob("*.py")
        for text in [file.read_text()]
        if re.search(rf"['\"/]({names})\b['\"/.]", text)
    ]
    assert listed == []
