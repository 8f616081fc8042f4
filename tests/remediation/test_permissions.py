"""The actions that the steps call are those that their role is given, on either road."""

import json
import warnings
from typing import Any

import pytest

from alarmchain.remediation.document import ACTIONS
from deployment.folders import CHECKOUT, rule_folders
from deployment.pack.options import Options
from deployment.pack.remediation import remediation_role
from deployment.pack.rules import PackRule
from tests.remediation.conftest import CONTROLS, Place
from tests.remediation.laying import ACCOUNT
from tests.remediation.test_runs import RULE, encrypted, made, succeeded
from tests.test_permissions import UNKNOWN_TO_PARLIAMENT

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # parliament still uses pkg_resources
    import parliament

DOCUMENTED = CHECKOUT / "docs" / "remediation.md"


def pack_statements() -> list[dict[str, Any]]:
    """Of the packs' role, as CloudFormation would hand them to IAM."""
    rules = [PackRule.read(folder) for folder in rule_folders()]
    role = remediation_role(rules, Options())
    text = (
        json.dumps(role).replace("${AWS::Partition}", "aws").replace("${AWS::AccountId}", ACCOUNT)
    )
    (policy,) = json.loads(text)["Properties"]["Policies"]
    statements: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    for statement in statements:
        statement["Resource"] = [
            one["Fn::Sub"] if isinstance(one, dict) else one for one in statement["Resource"]
        ]
    return statements


def test_the_calls_of_runs_are_the_actions(place: Place) -> None:
    """Runs that between them take every turn of the steps call ACTIONS, and nothing else."""
    made(place)
    key = encrypted(place, lets_cloudwatch=True)
    topic, _ = place.on_call()
    place.client("sns").set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue='{"Statement": []}'
    )
    place.aws.calls.clear()
    runs = [
        place.remediate(RULE, KmsKeyId=key, NotificationEmail="a@example.com"),
        place.remediate(RULE, KmsKeyId=key),
        place.remediate(RULE, TopicArn=topic),
    ]
    assert [succeeded(run).status for run in runs] == ["Success"] * 3
    # There is no rule here to evaluate: that call is shown by TestReevaluation.
    called = {one for one in place.aws.calls.actions() if not one.startswith("ssm:")}
    assert called == set(ACTIONS) - {"config:StartConfigRulesEvaluation"}


def test_rdks_policy_is_sound() -> None:
    """RDK puts the actions on every resource; parliament takes them."""
    for folder in rule_folders():
        given = json.loads((folder / "parameters.json").read_text())["Parameters"]
        assert given["SSMAutomation"]["IAM"] == sorted(ACTIONS)
        findings(
            [{"Effect": "Allow", "Action": given["SSMAutomation"]["IAM"], "Resource": "*"}],
            # That is RDK's doing, and said in docs/remediation.md.
            expected={"RESOURCE_STAR"},
        )


def findings(statements: list[dict[str, Any]], expected: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    """Asserts that parliament finds nothing but what is expected."""
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    found = [
        finding.issue
        for finding in parliament.analyze_policy_string(policy).findings
        if not any(action in str(finding.detail) for action in UNKNOWN_TO_PARLIAMENT)
    ]
    assert set(found) <= expected


def test_the_packs_policy_is_sound_and_the_same() -> None:
    """The same actions, those that change something on names that the documents make."""
    statements = pack_statements()
    findings(statements)
    allowed = [action for statement in statements for action in statement["Action"]]
    assert sorted(allowed) == sorted(ACTIONS)
    scoped = {
        action
        for statement in statements
        if statement["Resource"] != ["*"]
        for action in statement["Action"]
    }
    changes = ("Create", "Put", "Set", "Start", "Subscribe")
    assert {one for one in ACTIONS if one.split(":")[1].startswith(changes)} == scoped


def documented() -> dict[str, tuple[str, str]]:
    """The table of docs/remediation.md: the resources of each action on the two roads."""
    rows = [
        line.split("|") for line in DOCUMENTED.read_text().splitlines() if line.startswith("| `")
    ]
    return {
        row[1].strip(" `"): (row[2].strip(" `"), row[3].strip()) for row in rows if ":" in row[1]
    }


@pytest.mark.parametrize("action", ACTIONS)
def test_the_documented_permissions(action: str) -> None:
    """The guide's table says of each action what it may be done on."""
    (resources,) = [one["Resource"] for one in pack_statements() if action in one["Action"]]
    for name in (control.names["AlarmName"] for control in CONTROLS.values()):
        resources = [one.replace(f"alarm:{name}*", "alarm:NAME*") for one in resources]
    said = dict.fromkeys(one.replace(ACCOUNT, "ACCOUNT") for one in resources)
    shown = ", ".join(f"`{one}`" for one in said)
    assert documented()[action] == ("*", shown)
    assert len(documented()) == len(ACTIONS)
