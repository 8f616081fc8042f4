"""Each rule folder is whole: what RDK, AWS Config and a reader find in it agrees."""

import ast
import importlib.util
import json
import re
import subprocess
import unittest
from pathlib import Path
from typing import Any

import pytest
from rdk import rdk as rdk_module

from alarmchain.control import Control
from alarmchain.parameters import NAMES, Parameters
from deployment.folders import CHECKOUT, rule_folders

FOLDERS = rule_folders()
OWN = {"control.toml", "parameters.json"}


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    """Each rule folder."""
    return Path(request.param)


@pytest.fixture
def parameters(folder: Path) -> dict[str, Any]:
    """What parameters.json tells RDK."""
    document: dict[str, Any] = json.loads((folder / "parameters.json").read_text())
    return document["Parameters"]


def docstring(folder: Path) -> str:
    """The scenarios atop the rule's file."""
    return ast.get_docstring(ast.parse((folder / f"{folder.name}.py").read_text())) or ""


def test_the_four_rules_are_there() -> None:
    """The rules that this project is about each have a folder."""
    assert {"ConfigChanges", "CloudTrailChanges", "SecurityGroupChanges", "CMKChanges"} <= {
        folder.name for folder in FOLDERS
    }


def test_the_folder_holds_only_its_own_files(folder: Path) -> None:
    """In git it holds just the rule's own files; what is built is ignored."""
    own = OWN | {f"{folder.name}.py", f"{folder.name}_test.py"}
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert {name for name in listed.stdout.splitlines() if (folder / name).exists()} == own
    assert {entry.name for entry in folder.iterdir() if entry.is_dir()} <= {
        "alarmchain",
        "rdklib",
        "__pycache__",
    }


def test_one_name_for_all(folder: Path, parameters: dict[str, Any]) -> None:
    """Folder, control, Config rule and handler's file carry the same name, short enough for AWS."""
    control = Control.load(folder)
    assert control.name == parameters["RuleName"] == folder.name
    assert re.search(r"Rule Name:\n  (\w+)\n", docstring(folder))[1] == folder.name
    assert len(f"RDK-Rule-Function-{folder.name}") <= 64


def test_the_description_is_the_controls(folder: Path, parameters: dict[str, Any]) -> None:
    """AWS Config shows the control's description, within the 255 that RDK's template allows."""
    assert parameters["Description"] == Control.load(folder).description
    assert len(parameters["Description"]) <= 255


def test_the_schedule_and_runtime(parameters: dict[str, Any]) -> None:
    """The rule runs daily, on no configuration change, in a plain runtime that RDK knows."""
    assert parameters["SourcePeriodic"] == "TwentyFour_Hours"
    assert "SourceEvents" not in parameters
    assert parameters["SourceRuntime"] in rdk_module.PYTHON_RUNTIMES
    assert parameters["SourceRuntime"] not in rdk_module.PYTHON_LIB_RUNTIMES
    assert "alarmchain" in parameters["RuleSets"]


def test_the_parameters_are_the_cores(parameters: dict[str, Any]) -> None:
    """All are listed, optional and empty: RDK drops those, so the core's defaults hold."""
    optional = json.loads(parameters["OptionalParameters"])
    assert json.loads(parameters["InputParameters"]) == {}
    assert set(optional.values()) == {""}
    assert set(optional) == set(NAMES)
    assert Parameters.read(optional) == Parameters()


def test_the_remediation_waits_for_a_person(folder: Path, parameters: dict[str, Any]) -> None:
    """RDK finds the document from the folder above, and AWS Config starts it on request only."""
    automation, remediation = parameters["SSMAutomation"], parameters["Remediation"]
    assert automation["Document"] == f"{folder.name}/remediation.json"
    assert automation["IAM"] == sorted(set(automation["IAM"]))
    assert remediation["ConfigRuleName"] == folder.name
    assert remediation["TargetType"] == "SSM_DOCUMENT"
    assert remediation["Automatic"] is False
    # RDK puts the role that it makes in the place of this value, and fails where there is none.
    assert remediation["Parameters"]["AutomationAssumeRole"]["StaticValue"]["Values"]


def test_the_docstring_lists_parameters_and_severity(folder: Path) -> None:
    """A reader of the rule's file finds each parameter, and the control's severity."""
    text = docstring(folder)
    assert {name for name in NAMES if name not in text} == set()
    assert f"Indicative Severity:\n  {Control.load(folder).severity}\n" in text


def test_each_scenario_has_a_test(folder: Path) -> None:
    """The rule's test class has a method for each scenario of the docstring, and for no other."""
    scenarios = re.findall(r"Scenario: (\d+)", docstring(folder))
    assert scenarios == [str(number + 1) for number in range(len(scenarios))]
    file = folder / f"{folder.name}_test.py"
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (suite,) = unittest.defaultTestLoader.loadTestsFromModule(module)
    tests = [test.id().rsplit(".", 1)[1] for test in suite]
    numbers = [re.fullmatch(r"test_scenario_(\d+)_\w+", name)[1] for name in tests]
    assert sorted(numbers, key=int) == scenarios


def test_the_handler_is_a_few_lines(folder: Path) -> None:
    """Below its docstring a rule's file imports the core's handler and hands it its own place."""
    tree = ast.parse((folder / f"{folder.name}.py").read_text())
    assert [ast.unparse(node) for node in tree.body[1:]] == [
        "from alarmchain.rule import handler",
        "lambda_handler = handler(__file__)",
    ]


def test_nothing_else_lists_the_rules() -> None:
    """Neither the core, the build nor the command line names a rule: a fifth is a folder."""
    names = "|".join(folder.name for folder in FOLDERS)
    listed = [
        file
        for package in ("alarmchain", "deployment", "localaws")
        for file in (CHECKOUT / package).rglob("*.py")
        for text in [file.read_text()]
        if re.search(rf"['\"/]({names})\b['\"/.]", text)
    ]
    assert listed == []
