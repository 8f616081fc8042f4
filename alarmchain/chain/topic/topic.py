"""An SNS topic: may CloudWatch publish to it?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.arn import Arn
from alarmchain.chain.api_item import structures, text
from alarmchain.chain.judgement import Judgement, all_of, broken, ok, unknown
from alarmchain.chain.topic.kms_key import SERVICE, judge_key
from alarmchain.chain.topic.resource_policy import PolicyError, Request, decide

_REMEDY = f"let {SERVICE} sns:Publish in the topic's policy"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of a snapshot. `attributes` and `subscriptions` are None where they were not read."""

    arn: str
    attributes: Mapping[str, Any] | None
    subscriptions: tuple[Mapping[str, Any], ...] | None

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> "Topic":
        """From the snapshot's {"TopicArn", "Attributes", "Subscriptions"}."""
        attributes = item.get("Attributes")
        subscriptions = item.get("Subscriptions")
        return cls(
            text(item, "TopicArn"),
            attributes if isinstance(attributes, Mapping) else None,
            structures(item, "Subscriptions") if isinstance(subscriptions, list | tuple) else None,
        )

    @property
    def key(self) -> str:
        """KmsMasterKeyId: id, ARN or alias of the key that encrypts it, "" if there is none."""
        return text(self.attributes or {}, "KmsMasterKeyId")


def judge_topic(topic: Topic, alarm_arn: str, key: Mapping[str, Any] | None = None) -> Judgement:
    """Whether the topic takes what CloudWatch publishes for the alarm.

    `alarm_arn`: of the (metric or composite) alarm that notifies; it tells account and region.
    `key`: the snapshot's item for the topic's key (`find_key`), None if it has none or was not
    read.
    """
    alarm, own = Arn.parse(alarm_arn), Arn.parse(topic.arn)
    if alarm is None or own is None:
        return unknown("the ARN of the topic or of the alarm can't be read", observed=topic.arn)
    if own.region != alarm.region:
        return broken(
            f"is in {own.region}, the alarm in {alarm.region}",
            observed=own.region,
            wanted=alarm.region,
            remedy="notify a topic of the alarm's region",
        )
    if topic.attributes is None:
        return unknown("its attributes were not read", remedy="allow sns:GetTopicAttributes")
    return all_of(
        (
            _judge_kind(topic, topic.attributes),
            _judge_policy(topic, topic.attributes, alarm_arn, alarm.account),
            judge_key(topic.key, key, alarm.account, own.region) if topic.key else ok(),
        )
    )


def _judge_kind(topic: Topic, attributes: Mapping[str, Any]) -> Judgement:
    if str(attributes.get("FifoTopic", "")).lower() != "true" and not topic.arn.endswith(".fifo"):
        return ok()
    return broken(
        "is a FIFO topic: CloudWatch publishes to standard topics only",
        observed="FIFO",
        wanted="a standard topic",
        remedy="notify a standard topic",
    )


def _judge_policy(
    topic: Topic, attributes: Mapping[str, Any], alarm_arn: str, account: str
) -> Judgement:
    policy = text(attributes, "Policy")
    if not policy:
        return unknown("its policy was not read", wanted=f"{SERVICE} may sns:Publish")
    known = {
        "aws:securetransport": "true",
        "aws:principalisawsservice": "true",
        "aws:principalservicename": SERVICE,
        "aws:sourceaccount": account,
        "aws:sourceowner": account,
        "aws:sourcearn": alarm_arn,
    }
    try:
        decision = decide(policy, Request(SERVICE, account, "sns:Publish", topic.arn, known))
    except PolicyError as error:
        return unknown(f"its policy {error}", remedy=_REMEDY)
    if decision.allowed.is_yes:
        return ok()
    kind = broken if decision.allowed.is_no else unknown
    return kind(
        f"its policy {decision.reason}",
        observed=policy,
        wanted=f"{SERVICE} may sns:Publish",
        remedy=_REMEDY,
    )
