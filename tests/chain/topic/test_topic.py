"""A topic: its kind, its policy, its key."""

from typing import Any

import pytest

from alarmchain.chain.judgement import Status
from alarmchain.chain.topic.topic import Topic, judge_topic
from tests.chain.builders import (
    ACCOUNT,
    DEFAULT_STATEMENT,
    REGION,
    TOPIC,
    arn,
    policy,
    statement,
    topic_item,
)

ALARM = arn("A")
FAR = "999988887777"
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}

# attributes, expected, words of the reason
ATTRIBUTES: list[tuple[dict[str, Any], str, str]] = [
    ({}, "ok", ""),
    ({"Policy": policy(statement())}, "ok", ""),
    (
        {"Policy": policy(statement(Principal=ROOT))},
        "broken",
        "the policy of topic 'alarms' does not allow cloudwatch.amazonaws.com to sns:Publish",
    ),
    (
        {
            "Policy": policy(
                DEFAULT_STATEMENT | {"Condition": {"StringEquals": {"AWS:SourceOwner": FAR}}}
            )
        },
        "broken",
        "does not allow",
    ),
    ({"Policy": None}, "unknown", "the policy of topic 'alarms' was not read"),
    ({"Policy": "{"}, "unknown", "the policy of topic 'alarms' is not valid JSON"),
    (
        {"Policy": policy(statement(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}))},
        "broken",
        "the policy of topic 'alarms' does not allow cloudwatch.amazonaws.com",
    ),
    (
        {"Policy": policy(statement(Condition={"StringEquals": {"aws:SourceOrgID": "o-1"}}))},
        "unknown",
        "the policy of topic 'alarms' depends on aws:SourceOrgID",
    ),
    ({"FifoTopic": "true"}, "broken", "topic 'alarms' is a FIFO topic"),
    ({"FifoTopic": "false"}, "ok", ""),
    ({"KmsMasterKeyId": ""}, "ok", ""),
    (
        {"KmsMasterKeyId": "alias/aws/sns"},
        "broken",
        "key 'alias/aws/sns' of topic 'alarms' is managed by AWS",
    ),
    (
        {"KmsMasterKeyId": "alias/mine"},
        "unknown",
        "key 'alias/mine' of topic 'alarms' was not read",
    ),
]


@pytest.mark.parametrize(("attributes", "expected", "words"), ATTRIBUTES)
def test_attributes(attributes: dict[str, Any], expected: str, words: str) -> None:
    """Each attribute of a topic, changed or left out, has the judgement in the table."""
    found = judge_topic(Topic.read(topic_item(**attributes)), ALARM)
    assert (found.status.value, words in found.reason) == (expected, True), found.reason
    assert len(found.reason) <= 130


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ({"TopicArn": TOPIC}, "unknown"),
        ({"TopicArn": TOPIC, "Attributes": "x"}, "unknown"),
        (topic_item() | {"TopicArn": TOPIC + ".fifo"}, "broken"),
        (topic_item() | {"TopicArn": TOPIC.replace(REGION, "eu-west-1")}, "broken"),
        (topic_item() | {"TopicArn": ""}, "unknown"),
    ],
)
def test_the_topic_itself(topic: dict[str, Any], expected: str) -> None:
    """A topic that was not read is unknown; a topic of another region or kind is broken."""
    assert judge_topic(Topic.read(topic), ALARM).status.value == expected


def test_a_foreign_topic() -> None:
    """Another account's topic is judged by its policy; the default one allows only its owner."""
    foreign = TOPIC.replace(ACCOUNT, FAR)
    default = DEFAULT_STATEMENT | {
        "Resource": foreign,
        "Condition": {"StringEquals": {"AWS:SourceOwner": FAR}},
    }
    open_to_us = statement(
        Resource=foreign, Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    )
    for body, expected in ((default, Status.BROKEN), (open_to_us, Status.OK)):
        item = topic_item(Policy=policy(body)) | {"TopicArn": foreign}
        assert judge_topic(Topic.read(item), ALARM).status is expected


def test_the_alarm_that_notifies_is_the_source() -> None:
    """A policy for one alarm does not allow another alarm to publish."""
    body = statement(Condition={"ArnLike": {"aws:SourceArn": arn("A")}})
    topic = Topic.read(topic_item(Policy=policy(body)))
    assert judge_topic(topic, arn("A")).status is Status.OK
    assert judge_topic(topic, arn("COMP")).status is Status.BROKEN


@pytest.mark.parametrize(("organization", "expected"), [("o-1", "ok"), ("o-2", "broken")])
def test_the_organization(organization: str, expected: str) -> None:
    """The organization's id decides a condition on the source's organization."""
    body = statement(Condition={"StringEquals": {"aws:SourceOrgID": "o-1"}})
    topic = Topic.read(topic_item(Policy=policy(body)))
    assert judge_topic(topic, ALARM, organization=organization).status.value == expected
