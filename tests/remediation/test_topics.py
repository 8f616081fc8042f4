"""Topics: their subscribers, policies and keys."""

import json
from typing import Any

import pytest

from localaws import sns as local_sns
from tests.remediation.account_setup import ACCOUNT
from tests.remediation.local_account import LocalAccount
from tests.remediation.scenario import (
    DEFAULT_TOPIC,
    HOME,
    NAMES,
    RULE,
    is_compliant,
    make_key,
    subscribe_listener,
    succeeded,
)

Json = dict[str, Any]


def test_an_email(account: LocalAccount) -> None:
    """The rule is NON_COMPLIANT until the address is confirmed, and the run says so."""
    address = "on-call@example.com"
    run = succeeded(account.remediate(RULE, NotificationEmail=address))
    assert f"{address} must confirm" in run.result["ToDo"]
    assert "NON_COMPLIANT" in run.result["ToDo"]
    assert not is_compliant(account)
    account.client("sns").confirm_subscription(
        TopicArn=DEFAULT_TOPIC, Token=local_sns.confirmation_token(ACCOUNT, HOME, address)
    )
    assert is_compliant(account)
    again = succeeded(account.remediate(RULE, NotificationEmail=address))
    assert (again.result["ToDo"], again.result["Made"]) == ("Nothing.", [])


def test_an_email_beside_others(account: LocalAccount) -> None:
    """With another confirmed subscriber, the rule is COMPLIANT before the address is confirmed."""
    topic, _ = account.on_call()
    for made_some in (True, False):
        run = succeeded(account.remediate(RULE, TopicArn=topic, NotificationEmail="a@example.com"))
        assert run.result["ToDo"].startswith("a@example.com must confirm")
        assert bool(run.result["Made"]) is made_some
        assert run.result["Reevaluation"].startswith("not started: no rule ConfigChanges")
    assert is_compliant(account)


def test_statements_that_stand(account: LocalAccount) -> None:
    """A topic's policy keeps its statements, and gets ours only once."""
    theirs = {
        "Sid": "theirs",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "sns:Publish",
        "Resource": "*",
    }
    topic, _ = account.on_call()
    policy = json.dumps({"Version": "2012-10-17", "Id": "p", "Statement": [theirs]})
    account.client("sns").set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=policy
    )
    for _ in range(2):
        succeeded(account.remediate(RULE, TopicArn=topic))
        found = json.loads(account.resources()["topics"][topic]["Policy"])
        assert (found["Id"], found["Statement"][0]) == ("p", theirs)
        assert [one["Sid"] for one in found["Statement"]] == [
            "theirs",
            "AlarmchainCloudWatchAlarms",
        ]
    assert is_compliant(account)


def test_a_key(account: LocalAccount) -> None:
    """A new topic is encrypted with the key; an existing topic without it is not used."""
    key = make_key(account, lets_cloudwatch=True)
    succeeded(account.remediate(RULE, KmsKeyId=key))
    assert account.resources()["topics"][DEFAULT_TOPIC]["KmsMasterKeyId"] == key
    subscribe_listener(account)
    assert is_compliant(account)
    other = make_key(account, lets_cloudwatch=True)
    run = succeeded(account.remediate(RULE, KmsKeyId=other.rsplit("/", 1)[1]))
    assert run.outputs["ChooseTopic.Plan"]["Arn"] == f"{DEFAULT_TOPIC}-alarmchain"
    assert "KmsKeyId" in run.result["LeftAlone"][0]


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("alias/aws/sns", "CloudWatch can't use such a key"),
        ("00000000-0000-0000-0000-000000000000", "does not exist"),
        ("forbids", "must allow cloudwatch.amazonaws.com"),
        ("disabled", "is Disabled"),
    ],
)
def test_a_key_that_does_not_serve(account: LocalAccount, key: str, reason: str) -> None:
    """The run stops and says what is wrong with the key."""
    kms = account.client("kms")
    if key in ("forbids", "disabled"):
        arn = make_key(account, lets_cloudwatch=key == "disabled")
        if key == "disabled":
            kms.disable_key(KeyId=arn.rsplit("/", 1)[1])
        key = arn
    before = account.resources()
    run = account.remediate(RULE, KmsKeyId=key)
    assert run.status == "Failed"
    assert reason in run.why
    assert account.resources() == before


def test_a_topic_that_refuses(account: LocalAccount) -> None:
    """Instead of a default topic with a Deny a new one is made; a given one stops the run."""
    sns = account.client("sns")
    arn = sns.create_topic(Name=NAMES["TopicName"])["TopicArn"]
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sns:*", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    run = account.remediate(RULE, TopicArn=arn)
    assert (run.status, account.resources()["alarms"]) == ("Failed", [])
    assert "Deny" in run.why
    run = succeeded(account.remediate(RULE))
    assert run.outputs["ChooseTopic.Plan"]["Arn"] == f"{arn}-alarmchain"
    run = account.remediate(RULE, TopicArn=f"{arn}-gone")
    assert "does not exist" in run.why
