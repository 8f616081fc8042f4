"""CloudWatch: alarms run their actions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localaws.clock import Clock
from localaws.server import LocalAws
from tests.localaws.builders import (
    ACCOUNT,
)
from tests.localaws.cloudwatch.alarms import actions, mute, publish, put, state


def test_the_notification(cloudwatch: Any, subscriber: Any) -> None:
    """One transition sends one message in CloudWatch's format."""
    topic, arrived = subscriber
    put(cloudwatch, "my alarm", AlarmDescription="D", AlarmActions=[topic])
    publish(cloudwatch)
    publish(cloudwatch)
    (envelope,) = arrived()
    assert envelope["Subject"] == 'ALARM: "my alarm" in US East (N. Virginia)'
    message = json.loads(envelope["Message"])
    assert message["AlarmName"] == "my alarm"
    assert message["AWSAccountId"] == ACCOUNT
    assert (message["OldStateValue"], message["NewStateValue"]) == ("INSUFFICIENT_DATA", "ALARM")
    assert message["Region"] == "US East (N. Virginia)"
    assert message["NewStateReason"].startswith("Threshold Crossed: 1 out of the last 1 datapoints")
    assert message["Trigger"]["MetricName"] == "m"
    assert message["Trigger"]["Statistic"] == "SUM"
    assert message["Trigger"]["Threshold"] == 1.0
    assert actions(cloudwatch, "my alarm") == [f"Successfully executed action {topic}"]


def test_only_enabled_alarm_actions_notify(cloudwatch: Any, subscriber: Any) -> None:
    """Disabled actions, and actions for other states, send nothing."""
    topic, arrived = subscriber
    put(cloudwatch, "off", AlarmActions=[topic], ActionsEnabled=False)
    put(cloudwatch, "others", OKActions=[topic])
    publish(cloudwatch)
    assert arrived() == []
    Clock.advance(7200)
    assert [json.loads(e["Message"])["NewStateValue"] for e in arrived()] == ["OK"]
    cloudwatch.enable_alarm_actions(AlarmNames=["off"])
    publish(cloudwatch)
    assert [json.loads(e["Message"])["AlarmName"] for e in arrived()] == ["off"]


def test_muted_alarm_notifies_when_the_muting_ends(cloudwatch: Any, subscriber: Any) -> None:
    """The action of a muted alarm runs when the muting ends."""
    topic, arrived = subscriber
    put(cloudwatch, AlarmActions=[topic], TreatMissingData="ignore")
    mute(cloudwatch, Rule={"Schedule": {"Expression": "cron(0 * * * *)", "Duration": "PT59M"}})
    Clock.advance(3600 - Clock.now() % 3600 + 60)
    publish(cloudwatch)
    assert state(cloudwatch) == "ALARM"
    assert arrived() == []
    assert actions(cloudwatch) == ["Actions muted by alarm mute rule r"]
    Clock.advance(3600 - 120)
    assert len(arrived()) == 1


def policy(**changes: Any) -> str:
    good = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [good | changes]})


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (policy(), None),
        (policy(Principal={"Service": "events.amazonaws.com"}), "not authorized"),
        (
            policy(Condition={"StringEquals": {"aws:SourceAccount": "999999999999"}}),
            "not authorized",
        ),
        (policy(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:a"}}), None),
    ],
)
def test_topic_policy_is_enforced(
    cloudwatch: Any, local_aws: LocalAws, subscriber: Any, document: str, reason: str | None
) -> None:
    """CloudWatch publishes if the topic's policy allows it; else the history has the reason."""
    topic, arrived = subscriber
    local_aws.client("sns").set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=document
    )
    put(cloudwatch, AlarmActions=[topic])
    publish(cloudwatch)
    assert len(arrived()) == (reason is None)
    assert (reason or "Successfully") in actions(cloudwatch)[0]


KEY_GRANT = policy(Action=["kms:Decrypt", "kms:GenerateDataKey*"])


@pytest.mark.parametrize(
    ("key_policy", "reason"),
    [
        ("alias/aws/sns", "AWS-managed"),
        (None, "kms:Decrypt"),
        (KEY_GRANT, None),
        (policy(Action="kms:Decrypt"), "kms:GenerateDataKey"),
        ("disabled", "Disabled"),
        ("alias/none", "does not exist"),
    ],
)
def test_topic_key_policy_is_enforced(
    cloudwatch: Any,
    local_aws: LocalAws,
    subscriber: Any,
    key_policy: str | None,
    reason: str | None,
) -> None:
    """CloudWatch needs permission for the topic's key."""
    topic, arrived = subscriber
    kms = local_aws.client("kms")
    if key_policy and key_policy.startswith("alias/"):
        key = key_policy
    else:
        given = key_policy if key_policy and key_policy != "disabled" else KEY_GRANT
        made = kms.create_key(**({"Policy": given} if key_policy else {}))["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName="alias/mine", TargetKeyId=made)
        key = "alias/mine"
        if key_policy == "disabled":
            kms.disable_key(KeyId=made)
    local_aws.client("sns").set_topic_attributes(
        TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue=key
    )
    put(cloudwatch, AlarmActions=[topic])
    publish(cloudwatch)
    assert (reason or "Successfully") in actions(cloudwatch)[0]
    assert len(arrived()) == (reason is None)


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        (f"arn:aws:sns:eu-west-1:{ACCOUNT}:t", "the topic is in eu-west-1, the alarm in us-east-1"),
        (f"arn:aws:sns:us-east-1:{ACCOUNT}:gone", "Topic does not exist"),
        (f"arn:aws:sns:us-east-1:{ACCOUNT}:t.fifo", "FIFO"),
        (f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f", "only SNS topics"),
    ],
)
def test_refused_actions(cloudwatch: Any, local_aws: LocalAws, topic: str, reason: str) -> None:
    """Topics of other regions, missing topics and FIFO topics are refused, with a history entry."""
    local_aws.client("sns", "eu-west-1").create_topic(Name="t")
    local_aws.client("sns").create_topic(Name="t.fifo", Attributes={"FifoTopic": "true"})
    put(cloudwatch, AlarmActions=[topic])
    publish(cloudwatch)
    assert reason in actions(cloudwatch)[0]
    assert actions(cloudwatch)[0].startswith("Failed to execute action")


def test_topic_of_another_account(cloudwatch: Any, local_aws: LocalAws) -> None:
    """A topic of another account needs a policy that names our account."""
    other = local_aws.client("sns", account="999988887777")
    topic = other.create_topic(Name="t")["TopicArn"]
    put(cloudwatch, AlarmActions=[topic])
    publish(cloudwatch)
    assert "not authorized" in actions(cloudwatch)[0]
    other.set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=policy(Principal="*")
    )
    put(cloudwatch, "b", AlarmActions=[topic])
    publish(cloudwatch)
    assert "Successfully" in actions(cloudwatch, "b")[0]
