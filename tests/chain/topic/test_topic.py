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
        "its policy does not let cloudwatch.amazonaws.com sns:Publish",
    ),
    (
        {
            "Policy": policy(
                DEFAULT_STATEMENT | {"Condition": {"StringEquals": {"AWS:SourceOwner": FAR}}}
            )
        },
        "broken",
        "does not let",
    ),
    ({"Policy": None}, "unknown", "its policy was not read"),
    ({"Policy": "{"}, "unknown", "its policy is not JSON"),
    (
        {"Policy": policy(statement(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}))},
        "unknown",
        "its policy hangs on aws:PrincipalOrgID",
    ),
    ({"FifoTopic": "true"}, "broken", "is a FIFO topic"),
    ({"FifoTopic": "false"}, "ok", ""),
    ({"KmsMasterKeyId": ""}, "ok", ""),
    ({"KmsMasterKeyId": "alias/aws/sns"}, "broken", "key 'alias/aws/sns' is managed by AWS"),
    ({"KmsMasterKeyId": "alias/mine"}, "unknown", "key 'alias/mine' was not read"),
]


@pytest.mark.parametrize(("attributes", "expected", "words"), ATTRIBUTES)
def test_attributes(attributes: dict[str, Any], expected: str, words: str) -> None:
    """Each attribute, changed or left out."""
    found = judge_topic(Topic.read(topic_item(**attributes)), ALARM)
    assert (found.status.value, words in found.reason) == (expected, True), found.reason
    assert len(found.reason) <= 110


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
    """A topic that was not read is unknown, one of another region or kind takes nothing."""
    assert judge_topic(Topic.read(topic), ALARM).status.value == expected


def test_a_foreign_topic() -> None:
    """Another account's topic is judged by its policy alike: the default one lets nobody else."""
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
    """A policy for one alarm does not let another publish, be it a composite."""
    body = statement(Condition={"ArnLike": {"aws:SourceArn": arn("A")}})
    topic = Topic.read(topic_item(Policy=policy(body)))
    assert judge_topic(topic, arn("A")).status is Status.OK
    assert judge_topic(topic, arn("COMP")).status is Status.BROKEN
