"""The decision whether CloudWatch may publish to a topic: by the topic, its policy and its key."""

from __future__ import annotations

import json
from typing import Any

from moto.kms.models import kms_backends
from moto.sns.models import Topic, sns_backends

from localaws.sns.policy import Request, allows

CLOUDWATCH = "cloudwatch.amazonaws.com"
KEY_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey")


def refusal(topic_arn: str, alarm_arn: str) -> str | None:
    """Return why CloudWatch cannot publish for the alarm; None if it can.

    The topic must be in the alarm's region, but can belong to another account.
    """
    parts = topic_arn.split(":")
    region, account = alarm_arn.split(":")[3:5]
    if len(parts) != 6 or parts[2] != "sns":
        return f"{topic_arn} is not the ARN of a topic"
    if parts[3] != region:
        return f"the topic is in {parts[3]}, the alarm in {region}"
    topic = sns_backends[parts[4]][region].topics.get(topic_arn)
    if topic is None:
        return "Topic does not exist"
    if topic.fifo_topic in (True, "true"):
        return "AWS services can't publish to a FIFO topic"
    if not allows(json.loads(topic.policy), _request("sns:Publish", topic_arn, alarm_arn, account)):
        return f"{CLOUDWATCH} is not authorized to perform: SNS:Publish on resource: {topic_arn}"
    return _key_refusal(topic, alarm_arn, account, parts[4], region)


def _request(action: str, resource: str, alarm_arn: str, account: str) -> Request:
    context = {
        "aws:securetransport": "true",
        "aws:principalisawsservice": "true",
        "aws:principalservicename": CLOUDWATCH,
        "aws:sourceaccount": account,
        "aws:sourceowner": account,
        "aws:sourcearn": alarm_arn,
    }
    return Request(CLOUDWATCH, account, action, resource, context)


def _key_refusal(
    topic: Topic, alarm_arn: str, account: str, topic_account: str, region: str
) -> str | None:
    """Return why CloudWatch cannot use the topic's encryption key; None if it can."""
    named: str = topic.kms_master_key_id
    if not named:
        return None
    if named.endswith("alias/aws/sns"):
        return f"CloudWatch can't use the AWS-managed key {named}"
    key = _key(named, topic_account, region)
    if key is None:
        return f"the topic's key {named} does not exist"
    if key.key_manager == "AWS":
        return f"CloudWatch can't use the AWS-managed key {named}"
    if key.key_state != "Enabled":
        return f"the topic's key {named} is {key.key_state}"
    policy = json.loads(key.policy)
    for action in KEY_ACTIONS:
        if not allows(policy, _request(action, key.arn, alarm_arn, account)):
            return f"{CLOUDWATCH} is not authorized to perform: {action} on resource: {key.arn}"
    return None


def _key(named: str, account: str, region: str) -> Any:
    if named.startswith("arn:"):
        region, account = named.split(":")[3:5]
    backend = kms_backends[account][region]
    alias = named[named.index("alias/") :] if "alias/" in named else None
    key_id = backend.get_key_id_from_alias(alias) if alias else backend.get_key_id(named)
    return backend.keys.get(backend.get_key_id(key_id)) if key_id else None
