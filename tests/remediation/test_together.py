"""Remediations of all rules at the same time, also while somebody else makes changes."""

import json
from collections.abc import Sequence
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest

from alarmchain.control import known_controls
from demo.account import FAULTS
from localaws.ssm import actions
from tests.remediation.account_setup import ACCOUNT
from tests.remediation.local_account import (
    SCRIPT_GLOBALS,
    LocalAccount,
    content,
)
from tests.remediation.scenario import DEFAULT_TOPIC, make_trail, subscribe_listener

Json = dict[str, Any]
RULES = sorted(FAULTS)
"""A sample of the rules, to save time."""
THEIRS = {
    "Sid": "theirs",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "sns:Publish",
    "Resource": "*",
}


@pytest.fixture
def together(local_account: LocalAccount, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that runs all rules' documents at once, and returns their failures.

    All runs plan their changes before any of them makes one; between the two, `meanwhile` is
    called once.
    """

    def run(
        meanwhile: Any = lambda: None, rules: Sequence[str] = RULES, **parameters: str
    ) -> list[str]:
        barrier = Barrier(len(rules), meanwhile, timeout=60)
        script = actions.ACTIONS["aws:executeScript"]

        def wait(where: Any, step: Any, inputs: Any) -> Any:
            if step.name == "PrepareTopic":
                barrier.wait()
            return script(where, step, inputs)

        monkeypatch.setitem(actions.ACTIONS, "aws:executeScript", wait)
        ssm = local_account.client("ssm")
        started = []
        for rule in rules:
            ssm.create_document(Name=rule, Content=content(rule), DocumentType="Automation")
            given = {"AutomationAssumeRole": local_account.role(), **parameters}
            started.append(
                ssm.start_automation_execution(
                    DocumentName=rule, Parameters={name: [value] for name, value in given.items()}
                )
            )
        local_account.aws.settle()
        runs = [
            ssm.get_automation_execution(AutomationExecutionId=one["AutomationExecutionId"])
            for one in started
        ]
        return [one["AutomationExecution"].get("FailureMessage", "") for one in runs]

    return run


def statements(local_account: LocalAccount, arn: str) -> list[str]:
    """Return the Sids of a topic's policy."""
    policy = json.loads(local_account.resources()["topics"][arn]["Policy"])
    return [one["Sid"] for one in policy["Statement"]]


@pytest.mark.parametrize(
    "rules", [RULES, pytest.param(sorted(known_controls()), marks=pytest.mark.long)]
)
def test_all_make_one_topic(
    local_account: LocalAccount, together: Any, rules: Sequence[str]
) -> None:
    """All runs use one topic, which has one statement and one subscription of the address."""
    make_trail(local_account)
    assert together(rules=rules, NotificationEmail="a@example.com") == [""] * len(rules)
    assert statements(local_account, DEFAULT_TOPIC) == ["AlarmchainCloudWatchAlarms"]
    assert len(local_account.resources()["subscriptions"]) == 1
    assert local_account.client("sns").get_topic_attributes(TopicArn=DEFAULT_TOPIC)["Attributes"][
        "DisplayName"
    ]
    subscribe_listener(local_account)
    assert {local_account.evaluate(rule)[0] for rule in rules} == {"COMPLIANT"}


def test_no_statement_is_lost(local_account: LocalAccount, together: Any) -> None:
    """A statement that somebody adds between a run's plan and its change is kept."""
    make_trail(local_account)
    topic, _ = local_account.on_call()
    sns = local_account.client("sns")

    def write(*added: Json) -> None:
        policy = json.dumps({"Version": "2012-10-17", "Statement": added})
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)

    write(THEIRS)
    meanwhile = {**THEIRS, "Sid": "meanwhile"}
    assert together(lambda: write(THEIRS, meanwhile), TopicArn=topic) == [""] * len(RULES)
    assert statements(local_account, topic) == ["theirs", "meanwhile", "AlarmchainCloudWatchAlarms"]
    assert {local_account.evaluate(rule)[0] for rule in RULES} == {"COMPLIANT"}


def test_a_topic_that_somebody_makes_meanwhile(local_account: LocalAccount, together: Any) -> None:
    """A topic that somebody makes in the meantime keeps its statement and gets ours."""
    make_trail(local_account)

    def make() -> None:
        policy = json.dumps({"Version": "2012-10-17", "Statement": THEIRS})
        local_account.client("sns").create_topic(
            Name=DEFAULT_TOPIC.split(":")[-1], Attributes={"Policy": policy}
        )

    assert together(make) == [""] * len(RULES)
    assert statements(local_account, DEFAULT_TOPIC) == ["theirs", "AlarmchainCloudWatchAlarms"]


def test_a_topic_that_is_deleted_meanwhile(local_account: LocalAccount, together: Any) -> None:
    """The runs fail and make nothing if the given topic is deleted in the meantime."""
    make_trail(local_account)
    topic, _ = local_account.on_call()
    why = together(lambda: local_account.client("sns").delete_topic(TopicArn=topic), TopicArn=topic)
    assert all("NotFound" in one for one in why)
    assert local_account.resources()["alarms"] == local_account.resources()["filters"] == []


def test_another_region_changes_the_log_group(
    local_account: LocalAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PutMetricFilter is tried again after OperationAbortedException; botocore does not do that."""
    make_trail(local_account)
    monkeypatch.setitem(SCRIPT_GLOBALS, "time", SimpleNamespace(sleep=lambda seconds: None))
    logs = local_account.client("logs")
    attempts: list[int] = []

    def abort(model: Any, **_: Any) -> None:
        attempts.append(len(attempts))
        if len(attempts) < 8:
            error = {"Error": {"Code": "OperationAbortedException", "Message": "conflict"}}
            raise logs.exceptions.OperationAbortedException(error, model.name)

    logs.meta.events.register("before-call.cloudwatch-logs.PutMetricFilter", abort)
    try:
        run = local_account.remediate("ConfigChanges")
    finally:
        logs.meta.events.unregister("before-call.cloudwatch-logs.PutMetricFilter", abort)
    assert (run.status, len(attempts)) == ("Success", 8)


def test_several_regions_share_a_log_group(local_account: LocalAccount) -> None:
    """Runs in four regions at once end with one chain, which serves all of them."""
    make_trail(local_account)
    topic, _ = local_account.on_call()
    regions = ["us-east-1", "eu-west-1", "ap-south-1", "us-west-2"]
    rule, role, started = "ConfigChanges", local_account.role(), []
    for region in regions:
        ssm = local_account.client("ssm", region)
        ssm.create_document(Name=rule, Content=content(rule), DocumentType="Automation")
        given = {"AutomationAssumeRole": [role], "TopicArn": [topic]}
        started.append(ssm.start_automation_execution(DocumentName=rule, Parameters=given))
    local_account.aws.settle()
    for region, one in zip(regions, started, strict=True):
        execution = local_account.client("ssm", region).get_automation_execution(
            AutomationExecutionId=one["AutomationExecutionId"]
        )["AutomationExecution"]
        assert execution["AutomationExecutionStatus"] == "Success", execution
        assert local_account.evaluate(rule, region)[0] == "COMPLIANT"
    resources = local_account.resources()
    assert (len(resources["filters"]), len(resources["alarms"])) == (1, 1)
