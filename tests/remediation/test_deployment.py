"""`make deploy REMEDIATION=...`: its changes to the staged copies, and the size of the stack."""

import json
from pathlib import Path
from typing import Any

import pytest

from deployment.build import build, check_built
from deployment.errors import DeploymentError
from deployment.folders import rule_folders
from deployment.remediation import RemediationChoice, apply_choice, check_parameters, check_size
from deployment.stack_body import MOST_BYTES, stack_body
from deployment.staging import copy_rule

RULE = "ConfigChanges"
LONG = ",".join(f"ec2.amazonaws.com:Operation{n}" for n in range(9))
"""A list that is longer than a static value may be."""
TOPIC = {"RemediationTopicArn": "arn:aws:sns:us-east-1:123456789012:on-call"}


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    """Return a built copy of a rule folder."""
    (folder,) = rule_folders(names=[RULE])
    copy_rule(folder, tmp_path)
    build(tmp_path / RULE)
    return tmp_path / RULE


def parameters(folder: Path) -> dict[str, Any]:
    """Return what RDK reads."""
    content: dict[str, Any] = json.loads((folder / "parameters.json").read_text())
    read: dict[str, Any] = content["Parameters"]
    return read


def static(folder: Path) -> dict[str, str]:
    """Return the values that AWS Config passes to the document, without the role."""
    given = parameters(folder)["Remediation"]["Parameters"]
    return {
        name: value["StaticValue"]["Values"][0]
        for name, value in given.items()
        if name != "AutomationAssumeRole"
    }


def test_none(staged: Path) -> None:
    """RDK finds no part of a remediation."""
    apply_choice(staged, RemediationChoice("none"))
    assert {"SSMAutomation", "Remediation"} & parameters(staged).keys() == set()
    assert not (staged / "remediation.json").exists()
    assert "RemediationConfiguration" not in stack_body(staged)


def test_manual(staged: Path) -> None:
    """The settings of parameters.json stay, and chosen values are added."""
    before = parameters(staged)
    apply_choice(staged, RemediationChoice("manual"))
    assert parameters(staged) == before
    apply_choice(
        staged, RemediationChoice("manual", {"RemediationNotificationEmail": "a@example.com"})
    )
    assert static(staged) == {"NotificationEmail": "a@example.com"}
    assert parameters(staged)["Remediation"]["Automatic"] is False


def test_automatic(staged: Path) -> None:
    """Attempts and their period are set, within AWS Config's limits; a topic is required."""
    apply_choice(staged, RemediationChoice("automatic", TOPIC))
    remediation = parameters(staged)["Remediation"]
    assert remediation["Automatic"] is True
    assert 1 <= remediation["MaximumAutomaticAttempts"] <= 25
    assert 1 <= remediation["RetryAttemptSeconds"] <= 2_678_000
    assert static(staged) == {"TopicArn": TOPIC["RemediationTopicArn"]}
    assert len(stack_body(staged).encode()) <= MOST_BYTES


def test_the_rules_parameters_become_defaults(staged: Path) -> None:
    """The document makes what the rule asks for, whoever starts it."""
    own = {"CallList": "extended", "AlarmName": "Config", "AdditionalCalls": LONG}
    set_parameters(staged, **own, FailedCalls="required")
    apply_choice(staged, RemediationChoice())
    declared = json.loads((staged / "remediation.json").read_text())["parameters"]
    assert {name: one["default"] for name, one in declared.items() if one.get("default")} == own | {
        "ConfigRuleName": RULE,
        "DryRun": "false",
    }
    assert static(staged) == {}


def set_parameters(folder: Path, **values: str) -> None:
    """Set parameters of the rule."""
    file = folder / "parameters.json"
    content = json.loads(file.read_text())
    optional = json.loads(content["Parameters"]["OptionalParameters"]) | values
    content["Parameters"]["OptionalParameters"] = json.dumps(optional)
    file.write_text(json.dumps(content))


def test_a_value_that_the_document_would_refuse(staged: Path) -> None:
    """It is refused before anything is deployed."""
    set_parameters(staged, AdditionalCalls="RunInstances")
    with pytest.raises(DeploymentError, match="refuses AdditionalCalls is 'RunInstances'"):
        apply_choice(staged, RemediationChoice())


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        ("often", {}, "REMEDIATION is 'often'; allowed: none, manual, automatic"),
        ("automatic", {}, "needs RemediationTopicArn=ARN"),
        ("none", TOPIC, "'RemediationTopicArn' cannot be used with REMEDIATION=none"),
        ("manual", {"TopicArn": "x"}, "parameter 'TopicArn' is unknown"),
        ("manual", {"RemediationX": "1"}, "ConfigChanges has no parameter 'RemediationX'; it has"),
        (
            "manual",
            {"RemediationAutomationAssumeRole": "1"},
            "no parameter 'RemediationAutomationAssume",
        ),
        ("manual", {"RemediationAlarmName": "x" * 256}, "RemediationAlarmName is 'xxx"),
        ("manual", {"RemediationAdditionalCalls": LONG}, r"AdditionalCalls has \d+ char"),
        ("manual", {"RemediationKmsKeyId": ""}, "RemediationKmsKeyId is empty"),
        ("automatic", {"RemediationTopicArn": "on-call"}, "RemediationTopicArn is 'on-call'; exp"),
        ("manual", {"RemediationDryRun": "yes"}, "is 'yes'; allowed: false, true"),
    ],
)
def test_refused_values(staged: Path, kind: str, values: dict[str, str], message: str) -> None:
    """The error names the parameter, its value and what is allowed."""
    with pytest.raises(DeploymentError, match=message):
        apply_choice(staged, RemediationChoice(kind, values))


def test_a_rule_without_remediation(staged: Path) -> None:
    """It can only be deployed with REMEDIATION=none."""
    apply_choice(staged, RemediationChoice("none"))
    apply_choice(staged, RemediationChoice("none"))
    with pytest.raises(DeploymentError, match="ConfigChanges has no remediation"):
        apply_choice(staged, RemediationChoice())


def test_a_stale_or_large_document(staged: Path) -> None:
    """A changed remediation.json is an outdated build; a stack that is too large is refused."""
    check_built(staged)
    file = staged / "remediation.json"
    content = json.loads(file.read_text())
    content["mainSteps"][0]["inputs"]["Script"] += "\n" + "#" * 6_000
    file.write_text(json.dumps(content))
    with pytest.raises(DeploymentError, match="build of rule folder ConfigChanges is outdated"):
        check_built(staged)
    with pytest.raises(DeploymentError, match=r"has \d+ bytes; CloudFormation takes at most 51200"):
        check_size(staged)


def test_parameters_that_differ_from_the_control(staged: Path) -> None:
    """`make build` names the file and the command that corrects it."""
    check_parameters(staged)
    file = staged / "parameters.json"
    file.write_text(file.read_text().replace('"sns:Subscribe"', '"sns:*"'))
    with pytest.raises(DeploymentError, match=r"ConfigChanges/parameters\.json differs"):
        check_parameters(staged)


@pytest.mark.parametrize("name", [folder.name for folder in rule_folders()])
def test_the_stack_has_space_for_values(name: str, tmp_path: Path) -> None:
    """The stack is small enough with values for the rule's and the remediation's parameters."""
    (folder,) = rule_folders(names=[name])
    check_parameters(folder)
    copy_rule(folder, tmp_path)
    names = dict.fromkeys(("AlarmName", "MetricName", "MetricNamespace"), "x" * 60)
    set_parameters(tmp_path / name, CallList="extended", AdditionalCalls=LONG, **names)
    values = {"RemediationFilterName": "x" * 60, "RemediationLogGroupName": "x" * 60}
    apply_choice(tmp_path / name, RemediationChoice("automatic", TOPIC | values))
