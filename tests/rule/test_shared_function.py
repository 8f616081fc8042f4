"""A function of several rules evaluates the control that the parameter `Control` names."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from alarmchain.shared_function import shared_handler
from alarmchain.testing.account import good_account
from deployment.folders import rule_folders
from deployment.pack.rules import PackRule
from tests.rule.fake_lambda import UNKNOWN, Aws, context, event, run

NAMES = ("CMKChanges", "ConfigChanges")


@pytest.fixture
def controls(tmp_path: Path) -> Path:
    """Return a folder with the controls of two rules, as in the function's zip."""
    for folder in rule_folders(names=NAMES):
        (tmp_path / "controls" / folder.name).mkdir(parents=True)
        shutil.copy(folder / "control.toml", tmp_path / "controls" / folder.name)
    return tmp_path / "controls"


def test_each_rule_has_its_own_verdict(aws: Aws, controls: Path) -> None:
    """One function judges one rule after another, each by its own control and parameters."""
    handler = shared_handler(controls)
    for name in (*NAMES, *reversed(NAMES)):
        (folder,) = rule_folders(names=[name])
        aws.account = good_account(PackRule.read(folder).control)
        for other in NAMES:
            aws.reported.clear()
            handler(event({"Control": other}), context())
            assert aws.verdict()[0] == ("COMPLIANT" if other == name else "NON_COMPLIANT")
        aws.reported.clear()
        handler(event({"Control": name, "AlarmName": "none"}), context())
        assert "none" in aws.verdict()[1]


@pytest.mark.parametrize(
    ("parameters", "given"),
    [
        ({}, "is missing"),
        ({"Control": ""}, "is missing"),
        ({"Control": "Config"}, "is 'Config'"),
        ({"Control": "configchanges"}, "is 'configchanges'"),
        ({"Control": "../controls/ConfigChanges"}, "is '../controls/ConfigChanges'"),
        ({"Control": "."}, "is '.'"),
        ({"Control": "x\ny" * 500}, "is 'x?yx?y"),
    ],
)
def test_a_control_that_the_function_does_not_have(
    aws: Aws, controls: Path, parameters: dict[str, Any], given: str
) -> None:
    """The verdict says what was given and what the function has; nothing is read."""
    shared_handler(controls)(event(parameters), context())
    compliance, annotation = aws.verdict()
    assert compliance == "NON_COMPLIANT"
    assert annotation.startswith(f"{UNKNOWN}parameter 'Control' {given}")
    assert annotation.endswith("it has CMKChanges, ConfigChanges")
    assert aws.operations == ["PutEvaluations"]


@pytest.mark.parametrize("value", [["ConfigChanges"], 1, None])
def test_a_control_that_is_not_a_string(aws: Aws, controls: Path, value: object) -> None:
    """A control that is not a string gives the verdict of UnprovableVerdict, which says so."""
    parameters = {"Control": value, "UnprovableVerdict": "NOT_APPLICABLE"}
    shared_handler(controls)(event(parameters), context())
    expected = f"{UNKNOWN}parameter 'Control' is {value!r}; expected a string"
    assert aws.verdict() == ("NOT_APPLICABLE", expected)


def test_a_broken_control_is_reported(aws: Aws, controls: Path) -> None:
    """A control.toml that cannot be read becomes a verdict, and not only a line in the log."""
    (controls / "ConfigChanges" / "control.toml").write_text("[")
    shared_handler(controls)(event({"Control": "ConfigChanges"}), context())
    compliance, annotation = aws.verdict()
    assert compliance == "NON_COMPLIANT"
    assert annotation.startswith(f"{UNKNOWN}the rule failed: ControlError: ")


def test_a_function_of_one_rule(aws: Aws) -> None:
    """A function of one rule accepts its own name and refuses another one, without any read."""
    run(event({"Control": "ConfigChanges"}))
    assert aws.verdict()[0] == "COMPLIANT"
    aws.reported.clear()
    aws.calls.clear()
    run(event({"Control": "CMKChanges"}))
    assert aws.verdict() == (
        "NON_COMPLIANT",
        f"{UNKNOWN}parameter 'Control' is 'CMKChanges', but this function is of the rule"
        " ConfigChanges alone: remove the parameter",
    )
    assert aws.operations == ["PutEvaluations"]
