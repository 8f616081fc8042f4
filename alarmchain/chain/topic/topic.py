"""An SNS topic: may CloudWatch publish to it?

Sources: SNS developer guide, "Example cases for Amazon SNS access control"; SNS API reference,
GetTopicAttributes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.arn import Arn
from alarmchain.chain.api_item import quote, structures, text
from alarmchain.chain.judgement import Judgement, all_of, broken, ok, unknown
from alarmchain.chain.topic.cloudwatch_request import SERVICE, key_context, publish_context
from alarmchain.chain.topic.kms_key import Caller, judge_key
from alarmchain.chain.topic.resource_policy import PolicyError, Request, decide


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of a snapshot. `attributes` and `subscriptions` are None if they were not read."""

    arn: str
    attributes: Mapping[str, Any] | None
    subscriptions: tuple[Mapping[str, Any], ...] | None

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> "Topic":
        """Return the topic in the snapshot's {"TopicArn", "Attributes", "Subscriptions"}."""
        attributes = item.get("Attributes")
        subscriptions = item.get("Subscriptions")
        return cls(
            text(item, "TopicArn"),
            attributes if isinstance(attributes, Mapping) else None,
            structures(item, "Subscriptions") if isinstance(subscriptions, list | tuple) else None,
        )

    @property
    def called(self) -> str:
        """What a message calls the topic."""
        return topic_called(self.arn)

    @property
    def key(self) -> str:
        """KmsMasterKeyId: id, ARN or alias of the key that encrypts it, "" if there is none."""
        return text(self.attributes or {}, "KmsMasterKeyId")


def topic_called(arn: str) -> str:
    """Return what a message calls the topic of this ARN."""
    return f"topic {quote(arn.rpartition(':')[2])}"


def judge_topic(
    topic: Topic,
    alarm_arn: str,
    key: Mapping[str, Any] | None = None,
    *,
    organization: str = "",
) -> Judgement:
    """Return whether CloudWatch may publish to the topic for the alarm.

    `alarm_arn`: of the alarm that notifies; it names account and region. `key`: the snapshot's item
    of the topic's key (`find_key`), None if the topic has no key or the key was not read.
    `organization`: the id of the account's organization, "" if it is not known.
    """
    alarm, own = Arn.parse(alarm_arn), Arn.parse(topic.arn)
    if alarm is None or own is None:
        return unknown(
            f"the ARN of {topic.called} or of its alarm cannot be read", observed=topic.arn
        )
    if own.region != alarm.region:
        return broken(
            f"{topic.called} is in {own.region}, but the alarm is in {alarm.region}",
            observed=own.region,
            wanted=alarm.region,
            remedy="notify a topic of the alarm's region",
        )
    if topic.attributes is None:
        return unknown(
            f"the attributes of {topic.called} were not read", remedy="allow sns:GetTopicAttributes"
        )
    return all_of(
        (
            _judge_kind(topic, topic.attributes),
            _judge_policy(topic, topic.attributes, publish_request(topic, alarm, organization)),
            judge_key(topic.key, key, key_caller(topic, alarm, organization))
            if topic.key
            else ok(),
        )
    )


def publish_request(topic: Topic, alarm: Arn, organization: str) -> Request:
    """Return CloudWatch's request to publish to the topic for the alarm."""
    context = publish_context(str(alarm), alarm.account, organization)
    return Request(SERVICE, alarm.account, "sns:Publish", topic.arn, context)


def key_caller(topic: Topic, alarm: Arn, organization: str) -> Caller:
    """Return CloudWatch as it uses the topic's key for the alarm."""
    context = key_context(str(alarm), alarm.account, organization, topic.arn)
    return Caller(alarm.account, alarm.region, topic.called, context)


def _judge_kind(topic: Topic, attributes: Mapping[str, Any]) -> Judgement:
    if str(attributes.get("FifoTopic", "")).lower() != "true" and not topic.arn.endswith(".fifo"):
        return ok()
    return broken(
        f"{topic.called} is a FIFO topic, and CloudWatch publishes only to standard topics",
        observed="FIFO",
        wanted="a standard topic",
        remedy="notify a standard topic",
    )


def _judge_policy(topic: Topic, attributes: Mapping[str, Any], request: Request) -> Judgement:
    name = f"the policy of {topic.called}"
    policy = text(attributes, "Policy")
    allowed = f"{SERVICE} may sns:Publish"
    if not policy:
        return unknown(f"{name} was not read", wanted=allowed)
    remedy = f"allow {SERVICE} to sns:Publish in {name}"
    try:
        decision = decide(policy, request)
    except PolicyError as error:
        return unknown(f"{name} {error}", remedy=remedy)
    if decision.allowed.is_yes:
        return ok()
    verdict = broken if decision.allowed.is_no else unknown
    return verdict(f"{name} {decision.reason}", wanted=allowed, remedy=remedy)
