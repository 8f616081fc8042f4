"""Fixtures for the tests of CloudWatch."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localaws.server import LocalAws
from tests.localaws.builders import (
    ACCOUNT,
)


@pytest.fixture
def cloudwatch(local_aws: LocalAws) -> Any:
    return local_aws.client("cloudwatch")


@pytest.fixture
def subscriber(local_aws: LocalAws) -> Any:
    """Return a topic's ARN and a function that returns its new messages."""
    sns, sqs = local_aws.client("sns"), local_aws.client("sqs")
    topic = sns.create_topic(Name="t")["TopicArn"]
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{ACCOUNT}:q")

    def arrived() -> list[dict[str, Any]]:
        got = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        for message in got:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in got]

    return topic, arrived
