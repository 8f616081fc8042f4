"""The stack of a rule's remediation, `make deploy REMEDIATION=...`, and the sizes of stacks."""

import json
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import ManualArgs, lint_file

from deployment.build import build, check_built
from deployment.errors import DeploymentError
from deployment.folders import rule_folders
from deployment.remediation import RemediationChoice, remediation_body
from deployment.stack_body import MOST_BYTES, check_size, stack_body
from deployment.staging import copy_rule

RULE = "ConfigChanges"
LONG = ",".join(f"ec2.amazonaws.com:Operation{n}" for n in range(9))
"""A list that is longer than a static value may be."""
TOPIC = {"RemediationTopicArn": "arn:aws:sns:us-east-1:123456789012:on-call"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of a rule folder."""
    (source,) = rule_folders(names=[RULE])
    copy_rule(source, tmp_path)
    return tmp_path / RULE


def resources(folder: Path, choice: RemediationChoice) -> dict[str, Any]:
    """Return the stack's resources, by logical id."""
    template: dict[str, Any] = json.loads(remediation_body(folder, choice))["Resources"]
    return template


def static(remediation: dict[str, Any]) -> dict[str, Any]:
    """Return the values that AWS Config passes to the document, without the role."""
    return {
        name: value["StaticValue"]["Values"][0]
        for name, value in remediation["Properties"]["Parameters"].items()
        if name != "AutomationAssumeRole"
    }


def defaults(document: dict[str, Any]) -> dict[str, str]:
    """Return the document's defaults that are not empty."""
    declared = document["Properties"]["Content"]["parameters"]
    return {name: item["default"] for name, item in declared.items() if item.get("default")}


def set_parameters(folder: Path, **values: str) -> None:
    """Set parameters of the rule."""
    file = folder / "parameters.json"
    content = json.loads(file.read_text())
    optional = json.loads(content["Parameters"]["OptionalParameters"]) | values
    content["Parameters"]["OptionalParameters"] = json.dumps(optional)
    file.write_text(json.dumps(content))


def test_manual(folder: Path) -> None:
    """With REMEDIATION=manual, a person starts it; the document gets the chosen values."""
    choice = RemediationChoice("manual", {"RemediationNotificationEmail": "a@example.com"})
    remediation = resources(folder, choice)["Remediation"]
    assert static(remediation) == {"NotificationEmail": "a@example.com"}
    assert remediation["Properties"]["Automatic"] is False
    assert remediation["Properties"]["ConfigRuleName"] == RULE


def test_automatic(folder: Path) -> None:
    """An automatic remediation has a number of attempts and a period within AWS Config's limits."""
    remediation = resources(folder, RemediationChoice("automatic", TOPIC))["Remediation"]
    properties = remediation["Properties"]
    assert properties["Automatic"] is True
    assert 1 <= properties["MaximumAutomaticAttempts"] <= 25
    assert 1 <= properties["RetryAttemptSeconds"] <= 2_678_000
    assert static(remediation) == {"TopicArn": TOPIC["RemediationTopicArn"]}


def test_the_rules_parameters_become_defaults(folder: Path) -> None:
    """The rule's parameters are defaults of the document, so a start by hand uses them, too."""
    own = {"CallList": "extended", "AlarmName": "Config", "AdditionalCalls": LONG}
    set_parameters(folder, **own, FailedCalls="required")
    made = resources(folder, RemediationChoice())
    assert defaults(made["Document"]) == own | {"ConfigRuleName": RULE, "DryRun": "false"}
    assert static(made["Remediation"]) == {}
    # The role may create the alarm with that name.
    assert "alarm:Config*" in json.dumps(made["Role"])


def test_the_role(folder: Path) -> None:
    """Only Systems Manager of the account assumes the role; changes are limited by name."""
    properties = resources(folder, RemediationChoice("manual", TOPIC))["Role"]["Properties"]
    assert "RoleName" not in properties
    (trust,) = properties["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "ssm.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    (policy,) = properties["Policies"]
    for statement in policy["PolicyDocument"]["Statement"]:
        reads = ("Describe", "Get", "List")
        changes = [a for a in statement["Action"] if not a.split(":")[1].startswith(reads)]
        assert changes == [] or statement["Resource"] != ["*"]
    assert TOPIC["RemediationTopicArn"] in json.dumps(policy)


@pytest.mark.parametrize("region", ["us-east-1", "us-gov-west-1", "cn-north-1"])
def test_cfn_lint_finds_nothing(folder: Path, region: str) -> None:
    """The template is valid in every partition, and contains no partition's name."""
    body = remediation_body(folder, RemediationChoice())
    file = folder / "template.json"
    file.write_text(body)
    assert lint_file(file, config=ManualArgs(regions=[region])) == []
    assert "arn:aws:" not in body


def test_a_value_that_the_document_would_refuse(folder: Path) -> None:
    """A parameter that the document's pattern does not allow is refused before the deployment."""
    set_parameters(folder, AdditionalCalls="RunInstances")
    with pytest.raises(DeploymentError, match="refuses AdditionalCalls is 'RunInstances'"):
        remediation_body(folder, RemediationChoice())


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
def test_refused_values(folder: Path, kind: str, values: dict[str, str], message: str) -> None:
    """The error names the parameter, its value and what is allowed."""
    with pytest.raises(DeploymentError, match=message):
        remediation_body(folder, RemediationChoice(kind, values))


def test_a_changed_document_is_an_outdated_build(folder: Path) -> None:
    """remediation.json in a rule folder is part of its build."""
    build(folder)
    check_built(folder)
    (folder / "remediation.json").write_text("{}")
    with pytest.raises(DeploymentError, match="build of rule folder ConfigChanges is outdated"):
        check_built(folder)


@pytest.mark.parametrize("member", ["SSMAutomation", "Remediation"])
def test_a_remediation_in_parameters_json(folder: Path, member: str) -> None:
    """A remediation from an earlier version is refused; the error says how to remove it."""
    file = folder / "parameters.json"
    content = json.loads(file.read_text())
    content["Parameters"][member] = {}
    file.write_text(json.dumps(content))
    with pytest.raises(DeploymentError, match=rf"json has {member}, but .* run make remediation"):
        build(folder)
    assert not (folder / "alarmchain").exists()


def test_the_space_in_rdks_stack() -> None:
    """RDK's stack has 8 KB left; a build that leaves less than 2 KB fails with one line."""
    assert MOST_BYTES - len(stack_body().encode()) > 8 * 1024
    check_size("X", "x" * (MOST_BYTES - 2_048))
    with pytest.raises(DeploymentError) as refused:
        check_size("X", "x" * (MOST_BYTES - 2_047))
    assert str(refused.value) == (
        "stack X has 49153 bytes of 51200, so 2047 are left; expected at least 2048:"
        " shorten the remediation's scripts or values"
    )


@pytest.mark.parametrize("name", [folder.name for folder in rule_folders()])
def test_the_space_in_the_remediations_stack(name: str, tmp_path: Path) -> None:
    """The remediation's stack has 8 KB left, also with long parameters."""
    (source,) = rule_folders(names=[name])
    copy_rule(source, tmp_path)
    names = dict.fromkeys(("AlarmName", "MetricName", "MetricNamespace"), "x" * 60)
    set_parameters(tmp_path / name, CallList="extended", AdditionalCalls=LONG, **names)
    values = {"RemediationFilterName": "x" * 60, "RemediationLogGroupName": "x" * 60}
    choice = RemediationChoice("automatic", TOPIC | values)
    body = remediation_body(tmp_path / name, choice)
    assert MOST_BYTES - len(body.encode()) > 8 * 1024
