"""`make deploy REMEDIATION=...`: what it makes of the staged copies, and what the stack weighs."""

import json
from pathlib import Path
from typing import Any

import pytest

from deployment.errors import ProblemError
from deployment.folders import rule_folders
from deployment.remediation import Choice, check_committed, check_size, choose
from deployment.stack_body import MOST_BYTES, stack_body
from deployment.staging import copy_rule

RULE = "ConfigChanges"
LONG = ",".join(f"ec2.amazonaws.com:Operation{n}" for n in range(9))
"""Longer than a static value may be."""
TOPIC = {"RemediationTopicArn": "arn:aws:sns:us-east-1:123456789012:on-call"}


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    """A copy of a rule's own files."""
    (folder,) = rule_folders(names=[RULE])
    copy_rule(folder, tmp_path)
    return tmp_path / RULE


def parameters(folder: Path) -> dict[str, Any]:
    """What RDK reads."""
    found: dict[str, Any] = json.loads((folder / "parameters.json").read_text())["Parameters"]
    return found


def static(folder: Path) -> dict[str, str]:
    """The values that AWS Config hands to the document, the role aside."""
    given = parameters(folder)["Remediation"]["Parameters"]
    return {
        name: value["StaticValue"]["Values"][0]
        for name, value in given.items()
        if name != "AutomationAssumeRole"
    }


def test_none(staged: Path) -> None:
    """Nothing of a remediation is left for RDK to see."""
    choose(staged, Choice("none"))
    assert {"SSMAutomation", "Remediation"} & parameters(staged).keys() == set()
    assert not (staged / "remediation.json").exists()
    assert "RemediationConfiguration" not in stack_body(staged)


def test_manual(staged: Path) -> None:
    """The committed settings, and what is chosen."""
    before = parameters(staged)
    choose(staged, Choice("manual"))
    assert parameters(staged) == before
    choose(staged, Choice("manual", {"RemediationNotificationEmail": "a@example.com"}))
    assert static(staged) == {"NotificationEmail": "a@example.com"}
    assert parameters(staged)["Remediation"]["Automatic"] is False


def test_automatic(staged: Path) -> None:
    """Attempts and waits are set, within AWS Config's limits; somebody has to listen."""
    choose(staged, Choice("automatic", TOPIC))
    remediation = parameters(staged)["Remediation"]
    assert remediation["Automatic"] is True
    assert 1 <= remediation["MaximumAutomaticAttempts"] <= 25
    assert 1 <= remediation["RetryAttemptSeconds"] <= 2_678_000
    assert static(staged) == {"TopicArn": TOPIC["RemediationTopicArn"]}
    assert len(stack_body(staged).encode()) <= MOST_BYTES


def test_the_rules_own_parameters_are_handed_on(staged: Path) -> None:
    """As the document's defaults: it heals what the rule is told to ask for, whoever starts it."""
    own = {"CallList": "extended", "AlarmName": "Config", "AdditionalCalls": LONG}
    tell(staged, **own, FailedCalls="required")
    choose(staged, Choice())
    declared = json.loads((staged / "remediation.json").read_text())["parameters"]
    assert {name: one["default"] for name, one in declared.items() if one["default"]} == own | {
        "ConfigRuleName": RULE,
        "DryRun": "false",
    }
    assert static(staged) == {}


def tell(folder: Path, **values: str) -> None:
    """Sets the rule's own parameters."""
    file = folder / "parameters.json"
    whole = json.loads(file.read_text())
    optional = json.loads(whole["Parameters"]["OptionalParameters"]) | values
    whole["Parameters"]["OptionalParameters"] = json.dumps(optional)
    file.write_text(json.dumps(whole))


def test_a_value_that_the_document_would_refuse(staged: Path) -> None:
    """Is told before anything is deployed."""
    tell(staged, AdditionalCalls="RunInstances")
    with pytest.raises(ProblemError, match="AdditionalCalls is 'RunInstances'; expected what"):
        choose(staged, Choice())


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        ("often", {}, "REMEDIATION is 'often'; allowed: none, manual, automatic"),
        ("automatic", {}, "needs RemediationTopicArn=ARN"),
        ("none", TOPIC, "'RemediationTopicArn' has no meaning beside REMEDIATION=none"),
        ("manual", {"TopicArn": "x"}, "no parameter 'TopicArn'"),
        ("manual", {"RemediationX": "1"}, "no 'RemediationX' in ConfigChanges; there are"),
        ("manual", {"RemediationAutomationAssumeRole": "1"}, "no 'RemediationAutomationAssume"),
        ("manual", {"RemediationAlarmName": "x" * 256}, "RemediationAlarmName is 'xxx"),
        ("manual", {"RemediationAdditionalCalls": LONG}, r"AdditionalCalls has \d+ char"),
        ("manual", {"RemediationKmsKeyId": ""}, "RemediationKmsKeyId is empty"),
        ("automatic", {"RemediationTopicArn": "on-call"}, "RemediationTopicArn is 'on-call'; exp"),
        ("manual", {"RemediationDryRun": "yes"}, "is 'yes'; allowed: false, true"),
    ],
)
def test_refusals(staged: Path, kind: str, values: dict[str, str], message: str) -> None:
    """Each names the thing, its value and what is allowed."""
    with pytest.raises(ProblemError, match=message):
        choose(staged, Choice(kind, values))


def test_a_rule_without_remediation(staged: Path) -> None:
    """It can be deployed without one alone."""
    choose(staged, Choice("none"))
    choose(staged, Choice("none"))
    with pytest.raises(ProblemError, match="ConfigChanges has no remediation"):
        choose(staged, Choice())


def test_drift_and_size_fail_the_build(staged: Path) -> None:
    """`make build` says which file differs, and how large the stack would be."""
    check_committed(staged)
    file = staged / "remediation.json"
    content = json.loads(file.read_text())
    content["mainSteps"][0]["inputs"]["Script"] += "\n" + "#" * 2_000
    file.write_text(json.dumps(content))
    with pytest.raises(ProblemError, match=r"ConfigChanges/remediation\.json differs"):
        check_committed(staged)
    with pytest.raises(ProblemError, match=r"has \d+ bytes; CloudFormation takes 51200"):
        check_size(staged)


@pytest.mark.parametrize("name", [folder.name for folder in rule_folders()])
def test_room_for_values(name: str, tmp_path: Path) -> None:
    """There is room for a value of every parameter of the rule, and of the chosen ones."""
    (folder,) = rule_folders(names=[name])
    check_committed(folder)
    copy_rule(folder, tmp_path)
    names = dict.fromkeys(("AlarmName", "MetricName", "MetricNamespace"), "x" * 60)
    tell(tmp_path / name, CallList="extended", AdditionalCalls=LONG, **names)
    chosen = {"RemediationFilterName": "x" * 60, "RemediationLogGroupName": "x" * 60}
    choose(tmp_path / name, Choice("automatic", TOPIC | chosen))
