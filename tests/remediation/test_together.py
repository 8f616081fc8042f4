"""Remediations of all rules at once, as AWS Config starts automatic ones, and others' work."""

import json
from threading import Barrier
from typing import Any

import pytest

from localaws.ssm import actions
from tests.remediation.conftest import CONTROLS, Place, content
from tests.remediation.laying import ACCOUNT
from tests.remediation.test_runs import DEFAULT_TOPIC, listened, made

Json = dict[str, Any]
THEIRS = {
    "Sid": "theirs",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "sns:Publish",
    "Resource": "*",
}


@pytest.fixture
def together(place: Place, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs all rules' documents side by side: each has decided before any changes something.

    Between the two `meanwhile` happens, once.
    """

    def run(meanwhile: Any = lambda: None, **parameters: str) -> list[str]:
        barrier = Barrier(len(CONTROLS), meanwhile, timeout=60)
        script = actions.ACTIONS["aws:executeScript"]

        def wait(where: Any, step: Any, inputs: Any) -> Any:
            if step.name == "PrepareTopic":
                barrier.wait()
            return script(where, step, inputs)

        monkeypatch.setitem(actions.ACTIONS, "aws:executeScript", wait)
        ssm = place.client("ssm")
        started = []
        for rule in CONTROLS:
            ssm.create_document(Name=rule, Content=content(rule), DocumentType="Automation")
            given = {name: [value] for name, value in parameters.items()}
            started.append(ssm.start_automation_execution(DocumentName=rule, Parameters=given))
        place.aws.settle()
        runs = [
            ssm.get_automation_execution(AutomationExecutionId=one["AutomationExecutionId"])
            for one in started
        ]
        return [one["AutomationExecution"].get("FailureMessage", "") for one in runs]

    return run


def statements(place: Place, arn: str) -> list[str]:
    """The Sids of a topic's policy."""
    policy = json.loads(place.standing()["topics"][arn]["Policy"])
    return [one["Sid"] for one in policy["Statement"]]


def test_all_make_one_topic(place: Place, together: Any) -> None:
    """Whoever comes first makes it; the others use it, and its owner is asked once."""
    made(place)
    assert together(NotificationEmail="a@example.com") == [""] * len(CONTROLS)
    assert statements(place, DEFAULT_TOPIC) == ["AlarmchainCloudWatchAlarms"]
    assert len(place.standing()["subscriptions"]) == 1
    assert place.client("sns").get_topic_attributes(TopicArn=DEFAULT_TOPIC)["Attributes"][
        "DisplayName"
    ]
    listened(place)
    assert {place.judge(rule)[0] for rule in CONTROLS} == {"COMPLIANT"}


def test_no_statement_is_lost(place: Place, together: Any) -> None:
    """Not the one that somebody adds while they have decided and not yet changed."""
    made(place)
    topic, _ = place.on_call()
    sns = place.client("sns")

    def write(*added: Json) -> None:
        policy = json.dumps({"Version": "2012-10-17", "Statement": added})
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)

    write(THEIRS)
    meanwhile = {**THEIRS, "Sid": "meanwhile"}
    assert together(lambda: write(THEIRS, meanwhile), TopicArn=topic) == [""] * len(CONTROLS)
    assert statements(place, topic) == ["theirs", "meanwhile", "AlarmchainCloudWatchAlarms"]
    assert {place.judge(rule)[0] for rule in CONTROLS} == {"COMPLIANT"}


def test_a_topic_that_somebody_makes_meanwhile(place: Place, together: Any) -> None:
    """Its policy is completed, and keeps what stands."""
    made(place)

    def make() -> None:
        policy = json.dumps({"Version": "2012-10-17", "Statement": THEIRS})
        place.client("sns").create_topic(
            Name=DEFAULT_TOPIC.split(":")[-1], Attributes={"Policy": policy}
        )

    assert together(make) == [""] * len(CONTROLS)
    assert statements(place, DEFAULT_TOPIC) == ["theirs", "AlarmchainCloudWatchAlarms"]


def test_a_topic_that_is_deleted_meanwhile(place: Place, together: Any) -> None:
    """A given one is not made anew: the runs fail, having made nothing."""
    made(place)
    topic, _ = place.on_call()
    why = together(lambda: place.client("sns").delete_topic(TopicArn=topic), TopicArn=topic)
    assert all("NotFound" in one for one in why)
    assert place.standing()["alarms"] == place.standing()["filters"] == []
