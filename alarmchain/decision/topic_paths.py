"""The last two links: the topic that an alarm notifies, and who hears of it."""

from dataclasses import replace

from alarmchain.arn import Arn
from alarmchain.chain.api_item import quote, text
from alarmchain.chain.judgement import Judgement, Status, any_of, broken, unknown
from alarmchain.chain.metric.metric_signal import Metric
from alarmchain.chain.subscription.subscription import (
    Message,
    alarm_message,
    judge_subscription,
    judge_subscriptions,
)
from alarmchain.chain.topic.kms_key import find_key, is_managed_by_aws
from alarmchain.chain.topic.topic import Topic, judge_topic
from alarmchain.decision.path import ChainPath
from alarmchain.snapshot.query import SnapshotQuery
from alarmchain.snapshot.snapshot import Item

_DECISIVE = ("FifoTopic", "KmsMasterKeyId", "Policy")


def notified(
    view: SnapshotQuery,
    topic_arn: str,
    alarm_name: str,
    alarm_arn: str,
    metric: Metric | None,
    account: str,
) -> ChainPath:
    """The way on from an alarm: its topic and, if that holds, a subscription."""
    arn = Arn.parse(topic_arn)
    owner, region = (arn.account, arn.region) if arn else (account, "")
    name = topic_arn.rpartition(":")[2]
    found = view.topic(topic_arn, account)
    if isinstance(found, Judgement):
        return ChainPath().to("topic", owner, region, topic_arn, found)
    if found is None:
        gone = broken(
            f"topic {quote(name)} does not exist",
            observed="not found",
            wanted=f"topic '{name}'",
            remedy=f"create topic {quote(name)}, or let the alarm notify another",
        )
        return ChainPath().to("topic", owner, region, topic_arn, gone)
    judgement = _judge_topic(view, Topic.read(found), alarm_arn, account, region)
    path = ChainPath().to("topic", owner, region, topic_arn, _about(name, judgement))
    if judgement.status is Status.BROKEN:
        return path
    resource, heard = _judge_subscribers(view, found, alarm_name, alarm_arn, metric, account)
    return path.to("subscription", owner, region, resource, _about(name, heard))


def _judge_topic(
    view: SnapshotQuery, topic: Topic, alarm_arn: str, account: str, region: str
) -> Judgement:
    for name, value in (topic.attributes or {}).items():
        if name in _DECISIVE and not isinstance(value, str):
            return unknown(f"its {name} can't be read")
    judgement = judge_topic(topic, alarm_arn)
    if judgement.status is Status.BROKEN or not topic.key or is_managed_by_aws(topic.key):
        return judgement
    keys = view.keys(topic.key, region, account)
    key = find_key(keys.items, topic.key)
    if key is None and keys.missing is not None:
        return keys.missing
    if key is not None and "Policy" not in key:
        judgement = judge_topic(topic, alarm_arn, key)
        if judgement.status is Status.BROKEN:
            return judgement
        read = view.key_policy(key, region, account)
        if isinstance(read, Judgement):
            return read
        key = read
    return judge_topic(topic, alarm_arn, key)


def _judge_subscribers(
    view: SnapshotQuery,
    topic: Item,
    alarm_name: str,
    alarm_arn: str,
    metric: Metric | None,
    account: str,
) -> tuple[str, Judgement]:
    """The subscription that hears of the alarm, or else what keeps the likeliest from it; one
    without an ARN of its own, as before it is confirmed, is found at its topic."""
    items = view.subscriptions(topic, account)
    if isinstance(items, Judgement):
        return "", items
    message = alarm_message(alarm_name, alarm_arn, metric)
    judged: list[tuple[str, Judgement]] = []
    own = str(topic["TopicArn"])
    for item in items:
        arn = text(item, "SubscriptionArn")
        arn = arn if arn.startswith("arn:") else own
        judgement = _judge_one(view, item, topic, message, account)
        if judgement.status is Status.OK:
            return arn, judgement
        judged.append((arn, judgement))
    nobody = judge_subscriptions(Topic(own, {}, ()), message)
    best = any_of((judgement for _, judgement in judged), nobody)
    return next((arn for arn, judgement in judged if judgement is best), own), best


def _judge_one(
    view: SnapshotQuery, item: Item, topic: Item, message: Message, account: str
) -> Judgement:
    arn, own = text(item, "SubscriptionArn"), str(topic["TopicArn"])
    if not arn.startswith("arn:"):
        return judge_subscription(item, message)
    if text(item, "TopicArn") not in ("", own) or not arn.startswith(f"{own}:"):
        return unknown(f"subscription {quote(arn)} is of another topic", observed=arn)
    full = view.subscription(item, account)
    return full if isinstance(full, Judgement) else judge_subscription(full, message)


def _about(name: str, judgement: Judgement) -> Judgement:
    """The judgement with the topic as its subject."""
    reason = judgement.reason
    if not reason or reason.startswith(("not read", "denied", "topic ")):
        return judgement
    verb = "" if reason.startswith(("is ", "has ")) else ":"
    return replace(judgement, reason=f"topic {quote(name)}{verb} {reason}")
