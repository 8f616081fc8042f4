"""The last two links of a path: the topic that an alarm notifies, and its subscription."""

from dataclasses import dataclass

from alarmchain.arn import Arn
from alarmchain.chain.alarm.alarm_actions import Notifier
from alarmchain.chain.api_item import quote, text
from alarmchain.chain.judgement import Judgement, Status, any_of, broken, unknown
from alarmchain.chain.metric.metric_signal import Metric
from alarmchain.chain.subscription.subscription import (
    alarm_message,
    judge_subscription,
    judge_subscriptions,
)
from alarmchain.chain.topic.kms_key import find_key, is_managed_by_aws, missing_key
from alarmchain.chain.topic.topic import Topic, judge_topic, topic_called
from alarmchain.decision.path import ChainPath
from alarmchain.parameters import Parameters
from alarmchain.place import Place
from alarmchain.snapshot.query import SnapshotQuery
from alarmchain.snapshot.snapshot import Item

_TOPIC_ATTRIBUTES = ("FifoTopic", "KmsMasterKeyId", "Policy")
"""The attributes of a topic that decide whether it accepts a message."""


@dataclass(frozen=True, slots=True)
class TopicPaths:
    """The paths from one alarm to the subscriptions of its topics.

    `metric`: the alarm's metric, which its message names; None for metric math and composites.
    `account`: in which the alarm and its topics are read.
    """

    query: SnapshotQuery
    parameters: Parameters
    alarm: Notifier
    metric: Metric | None
    account: str

    def path(self, topic_arn: str) -> ChainPath:
        """Return the path through the topic and, if it accepts the message, a subscription."""
        arn = Arn.parse(topic_arn)
        place = Place(arn.account, arn.region) if arn else Place(self.account, "")
        answer = self.query.topic(topic_arn, self.account)
        if answer.missing is not None:
            return ChainPath().to("topic", place, topic_arn, answer.missing)
        topic = answer.value
        if topic is None:
            name = topic_called(topic_arn)
            gone = broken(
                f"{name} does not exist",
                observed="not found",
                wanted=name,
                remedy=f"create {name}, or let the alarm notify another topic",
            )
            return ChainPath().to("topic", place, topic_arn, gone)
        judgement = self._judge_topic(Topic.read(topic), place.region)
        path = ChainPath().to("topic", place, topic_arn, judgement)
        if judgement.status is Status.BROKEN:
            return path
        resource, judgement = self._judge_subscriptions(topic)
        return path.to("subscription", place, resource, judgement)

    def _judge_topic(self, topic: Topic, region: str) -> Judgement:
        for name, value in (topic.attributes or {}).items():
            if name in _TOPIC_ATTRIBUTES and not isinstance(value, str):
                return unknown(f"the {name} of {topic.called} cannot be read")
        judgement = self._judge_with_key(topic, None)
        if judgement.status is Status.BROKEN or not topic.key or is_managed_by_aws(topic.key):
            return judgement
        place = Place(self.account, region)
        keys = self.query.keys(topic.key, place)
        key = find_key(keys.value, topic.key)
        if key is None:
            return keys.judge(lambda _: missing_key(topic.key, topic.called))
        judgement = self._judge_with_key(topic, key)
        if judgement.status is Status.BROKEN:
            return judgement
        with_policy = self.query.key_policy(key, place)
        return with_policy.judge(lambda item: self._judge_with_key(topic, item))

    def _judge_with_key(self, topic: Topic, key: Item | None) -> Judgement:
        organization = self.parameters.organization_id
        return judge_topic(topic, self.alarm.arn, key, organization=organization)

    def _judge_subscriptions(self, topic: Item) -> tuple[str, Judgement]:
        """Return the ARN and judgement of a working subscription, else of the likeliest one.

        A subscription without an ARN, as before its confirmation, is reported with its topic's.
        """
        topic_arn = str(topic["TopicArn"])
        subscriptions = self.query.subscriptions(topic, self.account)
        if subscriptions.missing is not None:
            return "", subscriptions.missing
        judged: list[tuple[str, Judgement]] = []
        for item in subscriptions.value:
            arn = text(item, "SubscriptionArn")
            judgement = self._judge_subscription(item, topic_arn)
            judged.append((arn if arn.startswith("arn:") else topic_arn, judgement))
            if judgement.status is Status.OK:
                return judged[-1]
        message = alarm_message(self.alarm.name, self.alarm.arn, self.metric)
        nobody = judge_subscriptions(Topic(topic_arn, {}, ()), message)
        best = any_of((judgement for _, judgement in judged), nobody)
        return next((arn for arn, judgement in judged if judgement is best), topic_arn), best

    def _judge_subscription(self, item: Item, topic_arn: str) -> Judgement:
        message = alarm_message(self.alarm.name, self.alarm.arn, self.metric)
        arn, name = text(item, "SubscriptionArn"), topic_called(topic_arn)
        if not arn.startswith("arn:"):
            return judge_subscription(item, message, name)
        if text(item, "TopicArn") not in ("", topic_arn) or not arn.startswith(f"{topic_arn}:"):
            return unknown(
                f"subscription {quote(arn)} belongs to another topic than {name}", observed=arn
            )
        subscription = self.query.subscription(item, self.account)
        return subscription.judge(lambda full: judge_subscription(full, message, name))
