"""`make deploy REMEDIATION=...`: what it makes of the staged copies, and what the stack weighs."""

import json
from pathlib import Path
from typing import Any

import pytest

from deployment.folders import rule_folders
from deployment.problem import ProblemError
from deployment.remediation import Choice, check_committed, check_size, choose
from deployment.stack_body import MOST_BYTES, stack_body
from deployment.staging import copy_rule
from localaws.server import LocalAws

RULE = "ConfigChanges"
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
    """It heals what the rule is told to ask for, and nothing that it does not know."""
    file = staged / "parameters.json"
    whole = json.loads(file.read_text())
    told = {"CallList": "extended", "AlarmName": "Config", "FailedCalls": "required"}
    optional = json.loads(whole["Parameters"]["OptionalParameters"]) | told
    whole["Parameters"]["OptionalParameters"] = json.dumps(optional)
    file.write_text(json.dumps(whole))
    choose(staged, Choice())
    assert static(staged) == {"CallList": "extended", "AlarmName": "Config"}


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        ("often", {}, "REMEDIATION is 'often'; allowed: none, manual, automatic"),
        ("automatic", {}, "needs RemediationTopicArn=ARN"),
        ("none", TOPIC, "'RemediationTopicArn' has no meaning beside REMEDIATION=none"),
        ("manual", {"TopicArn": "x"}, "no parameter 'TopicArn'"),
        ("manual", {"RemediationX": "1"}, "no 'RemediationX' in ConfigChanges; there are"),
        ("manual", {"RemediationAutomationAssumeRole": "1"}, "no 'RemediationAutomationAssume"),
        ("manual", {"RemediationAdditionalCalls": "x" * 257}, "AdditionalCalls has 257 char"),
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
def test_room_for_values(name: str) -> None:
    """The committed remediation leaves room for a topic, a list of calls and a few names."""
    (folder,) = rule_folders(names=[name])
    check_committed(folder)
    assert len(stack_body(folder).encode()) <= MOST_BYTES - 800


def test_rdk_sends_this_body(run_rdk: str, staged: Path) -> None:
    """The body that is weighed is the one that CloudFormation gets from RDK."""
    assert json.loads(run_rdk) == json.loads(stack_body(staged))
    assert len(run_rdk) == len(stack_body(staged))


@pytest.fixture
def run_rdk(local_aws: LocalAws, tmp_path: Path) -> str:
    """The body of the rule's stack after `rdk deploy`."""
    from demo.steps import Run

    run = Run(local_aws, tmp_path / "run", "one-region")
    run.rules = (RULE,)
    run.make_account()
    run.build()
    run._deployment("deploy", RULE)
    local_aws.settle()
    client = local_aws.client("cloudformation", run.regions[0])
    template = client.get_template(StackName=RULE)["TemplateBody"]
    return template if isinstance(template, str) else json.dumps(template, indent=2)
