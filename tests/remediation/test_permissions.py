"""The role of the remediation allows exactly the actions that the steps call."""

import json
import warnings
from fnmatch import fnmatchcase
from typing import Any

import pytest

from alarmchain.remediation.document import ACTIONS
from deployment.folders import CHECKOUT, rule_folders
from deployment.pack.options import Options
from deployment.pack.remediation import remediation_role
from deployment.pack.rules import PackRule
from tests.remediation.account_setup import ACCOUNT
from tests.remediation.local_account import CONTROLS, LocalAccount
from tests.remediation.scenario import (
    GROUP,
    HOME,
    NAMES,
    RULE,
    make_broken_chain,
    make_key,
    make_trail,
    succeeded,
)
from tests.test_permissions import UNKNOWN_TO_PARLIAMENT

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # parliament still uses pkg_resources
    import parliament

DOCUMENTED = CHECKOUT / "docs" / "remediation.md"


def pack_statements(**values: str) -> list[dict[str, Any]]:
    """Return the statements of a pack's role, with these values, as IAM receives them."""
    rules = [PackRule.read(folder) for folder in rule_folders()]
    role = remediation_role(rules, Options("manual", ACCOUNT, values=values))
    text = json.dumps(role).replace("${AWS::Partition}", "aws")
    text = text.replace("${AWS::AccountId}", ACCOUNT).replace("${!", "${")
    (policy,) = json.loads(text)["Properties"]["Policies"]
    statements: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    for statement in statements:
        statement["Resource"] = [
            one["Fn::Sub"] if isinstance(one, dict) else one for one in statement["Resource"]
        ]
    return statements


def test_the_calls_of_runs_are_the_actions(local_account: LocalAccount) -> None:
    """Three runs, which together take every branch of the steps, call exactly ACTIONS."""
    make_trail(local_account)
    key = make_key(local_account, lets_cloudwatch=True)
    topic, _ = local_account.on_call()
    local_account.client("sns").set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue='{"Statement": []}'
    )
    local_account.aws.calls.clear()
    runs = [
        local_account.remediate(RULE, KmsKeyId=key, NotificationEmail="a@example.com"),
        local_account.remediate(RULE, KmsKeyId=key),
        local_account.remediate(RULE, TopicArn=topic),
    ]
    assert [succeeded(run).status for run in runs] == ["Success"] * 3
    # This account has no Config rule to evaluate; TestReevaluation checks that call.
    ours = ("ssm:", "cloudformation:")
    called = {one for one in local_account.aws.calls.actions() if not one.startswith(ours)}
    assert called == set(ACTIONS) - {"config:StartConfigRulesEvaluation"}


def findings(statements: list[dict[str, Any]], expected: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    """Assert that parliament reports only expected findings."""
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    found = [
        finding.issue
        for finding in parliament.analyze_policy_string(policy).findings
        if not any(action in str(finding.detail) for action in UNKNOWN_TO_PARLIAMENT)
    ]
    assert set(found) <= expected


def test_the_packs_policy_is_sound_and_the_same() -> None:
    """A pack's role allows ACTIONS; those that change something are limited to named resources."""
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


def allowed(action: str, resource: str, **values: str) -> bool:
    """Return whether a pack's role, with these values, allows the action on the resource."""
    return any(
        action in statement["Action"] and any(fnmatchcase(resource, one) for one in wide)
        for statement in pack_statements(**values)
        for wide in [statement["Resource"]]
    )


@pytest.mark.parametrize(
    ("beside", "parameters"),
    [
        (False, {}),
        (True, {}),
        (False, {"AlarmName": "Own alarm ${x}"}),
        (False, {"TopicArn": "given"}),
        (False, {"LogGroupName": GROUP, "FilterName": "own", "MetricName": "own"}),
    ],
)
def test_the_packs_role_allows_what_a_run_changes(
    local_account: LocalAccount, beside: bool, parameters: dict[str, str]
) -> None:
    """The role allows changes to the resources of a run, and not to those with other names."""
    make_trail(local_account)
    if "TopicArn" in parameters:
        parameters = {"TopicArn": local_account.on_call()[0]}
        local_account.client("sns").set_topic_attributes(
            TopicArn=parameters["TopicArn"],
            AttributeName="Policy",
            AttributeValue='{"Statement": []}',
        )
    if beside:
        make_broken_chain(local_account)
        # This topic cannot be used, so a topic with the suffix is made.
        local_account.client("sns").create_topic(
            Name=NAMES["TopicName"], Attributes={"KmsMasterKeyId": "alias/aws/sns"}
        )
    run = succeeded(local_account.remediate(RULE, NotificationEmail="a@example.com", **parameters))
    values = {f"Remediation{name}": value for name, value in parameters.items()}
    topic = run.outputs["ChooseTopic.Plan"]["Arn"]
    plan = run.outputs["ChooseFilterAndAlarm.Plan"]
    changed = [("sns:Subscribe", topic), ("sns:SetTopicAttributes", topic)]
    changed += [] if "TopicArn" in parameters else [("sns:CreateTopic", topic)]
    changed += [
        ("cloudwatch:PutMetricAlarm", f"arn:aws:cloudwatch:{HOME}:{ACCOUNT}:alarm:{name}")
        for name in [plan["AlarmName"]]
    ]
    changed.append(("logs:PutMetricFilter", f"arn:aws:logs:{HOME}:{ACCOUNT}:log-group:{GROUP}"))
    assert topic.endswith("-alarmchain") is beside
    for action, resource in changed:
        assert allowed(action, resource, **values), (action, resource)
        if not action.startswith("logs:"):
            assert not allowed(action, resource.rpartition(":")[0] + ":other", **values)


def documented() -> dict[str, str]:
    """Return the resources of each action in the table of docs/remediation.md."""
    rows = [
        line.split("|") for line in DOCUMENTED.read_text().splitlines() if line.startswith("| `")
    ]
    return {row[1].strip(" `"): row[2].strip() for row in rows if ":" in row[1]}


@pytest.mark.parametrize("action", ACTIONS)
def test_the_documented_permissions(action: str) -> None:
    """The guide's table has the resources on which the role allows the action."""
    (resources,) = [one["Resource"] for one in pack_statements() if action in one["Action"]]
    for name in (control.names["AlarmName"] for control in CONTROLS.values()):
        resources = [one.replace(f"alarm:{name}*", "alarm:NAME*") for one in resources]
    said = dict.fromkeys(one.replace(ACCOUNT, "ACCOUNT") for one in resources)
    shown = ", ".join(f"`{one}`" for one in said)
    assert documented()[action] == shown
    assert len(documented()) == len(ACTIONS)
