"""SNS through the API: pending subscriptions, counts, pages, filter policies, the outbox."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws import sns as local_sns
from localaws.server import LocalAws

ACCOUNT, REGION = "123456789012", "us-east-1"


@pytest.fixture
def sns(local_aws: LocalAws) -> Any:
    return local_aws.client("sns")


@pytest.fixture
def topic(sns: Any) -> str:
    return str(sns.create_topic(Name="t")["TopicArn"])


def counts(sns: Any, topic: str) -> tuple[str, str]:
    attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    return attributes["SubscriptionsConfirmed"], attributes["SubscriptionsPending"]


@pytest.mark.parametrize("protocol", ["email", "email-json", "https"])
def test_pending_until_confirmed(sns: Any, topic: str, protocol: str) -> None:
    """An unconfirmed endpoint is pending and gets nothing, until it confirms with its token."""
    endpoint = "https://example.com/x" if protocol == "https" else "a@example.com"
    answer = sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
    assert answer["SubscriptionArn"] == "pending confirmation"
    (listed,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert listed["SubscriptionArn"] == "PendingConfirmation"
    assert counts(sns, topic) == ("0", "1")
    sns.publish(TopicArn=topic, Message="lost")
    token = local_sns.confirmation_token(ACCOUNT, REGION, endpoint)
    with pytest.raises(ClientError, match="Invalid parameter: Token"):
        sns.confirm_subscription(TopicArn=topic, Token="wrong")
    arn = sns.confirm_subscription(TopicArn=topic, Token=token)["SubscriptionArn"]
    (listed,) = sns.list_subscriptions()["Subscriptions"]
    assert listed["SubscriptionArn"] == arn
    attributes = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert attributes["PendingConfirmation"] == "false"
    assert counts(sns, topic) == ("1", "0")
    sns.publish(TopicArn=topic, Subject="S", Message="hello")
    confirmation, mail = local_sns.sent(ACCOUNT, REGION)
    assert confirmation.token == token
    assert (mail.protocol, mail.endpoint, mail.subject) == (protocol, endpoint, "S")
    text = mail.text if protocol == "email" else json.loads(mail.text)["Message"]
    assert text == "hello"


def test_subscribe_can_return_the_arn(sns: Any, topic: str) -> None:
    """ReturnSubscriptionArn gives the ARN of a pending subscription."""
    answer = sns.subscribe(
        TopicArn=topic, Protocol="email", Endpoint="a@b.c", ReturnSubscriptionArn=True
    )
    assert answer["SubscriptionArn"].startswith(topic)
    attributes = sns.get_subscription_attributes(SubscriptionArn=answer["SubscriptionArn"])
    assert attributes["Attributes"]["PendingConfirmation"] == "true"


def test_subscriptions_are_paged_by_100(sns: Any, topic: str, local_aws: LocalAws) -> None:
    """A page has 100 subscriptions; messages go to all subscriptions of all pages."""
    for number in range(200):
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=f"{number}@example.com")
        token = local_sns.confirmation_token(ACCOUNT, REGION, f"{number}@example.com")
        sns.confirm_subscription(TopicArn=topic, Token=token)
    pages = list(sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic))
    assert [len(page["Subscriptions"]) for page in pages] == [100, 100]
    sns.publish(TopicArn=topic, Message="all")
    assert sum(mail.text == "all" for mail in local_sns.sent(ACCOUNT, REGION)) == 200


@pytest.mark.parametrize("call", ["get_topic_attributes", "list_subscriptions_by_topic"])
def test_missing_topic(sns: Any, topic: str, call: str) -> None:
    """A missing topic is NotFound."""
    with pytest.raises(ClientError) as refusal:
        getattr(sns, call)(TopicArn=topic + "2")
    assert refusal.value.response["Error"]["Code"] == "NotFound"


@pytest.mark.parametrize(
    ("scope", "policy", "arrives"),
    [
        (None, None, True),
        (None, {"severity": ["high"]}, False),
        (None, {"severity": [{"exists": False}]}, True),
        ("MessageBody", {"NewStateValue": ["ALARM"]}, True),
        ("MessageBody", {"NewStateValue": ["OK"]}, False),
        ("MessageBody", {"Trigger": {"Namespace": [{"prefix": "Cloud"}]}}, True),
    ],
)
def test_filter_policy_and_sqs(
    sns: Any,
    topic: str,
    local_aws: LocalAws,
    scope: str | None,
    policy: dict[str, Any] | None,
    arrives: bool,
) -> None:
    """An alarm's message has no attributes; a filter policy on its body is evaluated."""
    sqs = local_aws.client("sqs")
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    subscribed = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])
    for name, value in (("FilterPolicyScope", scope), ("FilterPolicy", json.dumps(policy))):
        if policy and value:
            sns.set_subscription_attributes(
                SubscriptionArn=subscribed["SubscriptionArn"],
                AttributeName=name,
                AttributeValue=value,
            )
    assert counts(sns, topic) == ("1", "0")
    message = json.dumps({"NewStateValue": "ALARM", "Trigger": {"Namespace": "CloudTrailMetrics"}})
    sns.publish(TopicArn=topic, Message=message, Subject="ALARM")
    got = sqs.receive_message(QueueUrl=queue).get("Messages", [])
    assert bool(got) is arrives
    if arrives:
        envelope = json.loads(got[0]["Body"])
        assert (envelope["Type"], envelope["Message"]) == ("Notification", message)


def test_scope_set_after_its_policy(sns: Any, topic: str) -> None:
    """The order in which policy and scope are set does not matter."""
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@b.c")
    token = local_sns.confirmation_token(ACCOUNT, REGION, "a@b.c")
    arn = sns.confirm_subscription(TopicArn=topic, Token=token)["SubscriptionArn"]
    for name, value in (("FilterPolicy", '{"x": ["1"]}'), ("FilterPolicyScope", "MessageBody")):
        sns.set_subscription_attributes(
            SubscriptionArn=arn, AttributeName=name, AttributeValue=value
        )
    sns.publish(TopicArn=topic, Message='{"x": "1"}')
    assert local_sns.sent(ACCOUNT, REGION)[-1].text == '{"x": "1"}'
