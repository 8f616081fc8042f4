"""The last two links of a path: the topic that an alarm notifies, and its subscription."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from alarmchain.arn import Arn
from alarmchain.chain.alarm.alarm_actions import Notifier
from alarmchain.chain.api_item import mapping, quote, text
from alarmchain.chain.judgement import OK, Judgement, Status, all_of, any_of, broken, unknown
from alarmchain.chain.self_silencing import SilencingCall
from alarmchain.chain.subscription.alarm_message import Message, alarm_message
from alarmchain.chain.subscription.subscriber import Subscriber
from alarmchain.chain.subscription.subscription import (
    judge_person,
    judge_subscription,
    judge_subscriptions,
)
from alarmchain.chain.topic.kms_key import find_key, is_managed_by_aws, missing_key
from alarmchain.chain.topic.topic import Topic, judge_topic, topic_called
from alarmchain.decision.evidence.subscription import describe_subscriptions
from alarmchain.decision.evidence.topic import describe_topic
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

    `alarm_place`: where the alarm and its topics are read. `call`: the call to report, if it breaks
    a link at once.
    """

    query: SnapshotQuery
    parameters: Parameters
    alarm: Notifier
    alarm_place: Place
    call: SilencingCall | None

    def paths(self, topic_arns: Sequence[str]) -> list[ChainPath]:
        """Return a path for each topic that the alarm notifies.

        A topic that the call to report silences does not notify. But a call is about one key: of
        working topics with different keys, one always notifies. So a topic that may work stays
        unknown if another one has a different key.
        """
        paths = [self._path(arn) for arn in topic_arns]
        silenced = [self._silenced(path) for path in paths]
        stopped = [
            (path.status, key)
            for path, (key, judgement) in zip(paths, silenced, strict=True)
            if judgement.status is not Status.OK
        ]
        if _differ(key for status, key in stopped if status is Status.OK):
            return paths
        may_differ = _differ(key for status, key in stopped if status is not Status.BROKEN)
        return [
            path
            if judgement.status is Status.OK or (may_differ and path.status is Status.UNKNOWN)
            else path.stopped_at("topic", judgement)
            for path, (_, judgement) in zip(paths, silenced, strict=True)
        ]

    def _silenced(self, path: ChainPath) -> tuple[str, Judgement]:
        """Return the id of the key of the path's topic, "" if it is not known, and whether the
        topic still works after the call."""
        topic_link = path.links[0]
        answer = self.query.topic(topic_link.resource, self.alarm_place.account)
        if self.call is None or path.fault is topic_link or answer.value is None:
            return "", OK
        topic, place = Topic.read(answer.value), Place(topic_link.account, topic_link.region)
        if not topic.key:
            return "", OK
        keys = self.query.keys(topic.key, replace(self.alarm_place, region=place.region))
        key = find_key(keys.value, topic.key)
        if key is None:
            return "", OK
        judgement = self.call.judge_topic(topic.called, topic.key, key, place)
        return text(mapping(key, "Metadata"), "KeyId"), judgement

    def _path(self, topic_arn: str) -> ChainPath:
        """Return the path through the topic and, if it accepts the message, a subscription."""
        arn = Arn.parse(topic_arn)
        place = Place(arn.account, arn.region) if arn else replace(self.alarm_place, region="")
        answer = self.query.topic(topic_arn, self.alarm_place.account)
        if answer.missing is not None:
            return ChainPath().to("topic", place, topic_arn, answer.missing)
        topic = answer.value
        if topic is None:
            name = topic_called(topic_arn)
            gone = broken(
                f"{name} does not exist",
                observed=f"sns:GetTopicAttributes found no {topic_arn}",
                wanted=name,
                remedy=f"create {name}, or let the alarm notify another topic",
            )
            return ChainPath().to("topic", place, topic_arn, gone)
        judgement, key = self._judge_topic(Topic.read(topic), place.region)
        describe = partial(
            describe_topic, topic, key, self.alarm.arn, self.parameters.organization_id
        )
        path = ChainPath().to("topic", place, topic_arn, judgement, describe)
        return path if judgement.status is Status.BROKEN else self._to_subscription(path, topic)

    def _judge_topic(self, topic: Topic, region: str) -> tuple[Judgement, Item | None]:
        """Return whether the topic accepts the message, and the key on which this depends."""
        for name, value in (topic.attributes or {}).items():
            if name in _TOPIC_ATTRIBUTES and not isinstance(value, str):
                return unknown(f"the {name} of {topic.called} cannot be read"), None
        judgement = self._judge_with_key(topic, None)
        if judgement.status is Status.BROKEN or not topic.key or is_managed_by_aws(topic.key):
            return judgement, None
        place = replace(self.alarm_place, region=region)
        keys = self.query.keys(topic.key, place)
        key = find_key(keys.value, topic.key)
        if key is None:
            return keys.judge(lambda _: missing_key(topic.key, topic.called)), None
        judgement = self._judge_with_key(topic, key)
        if judgement.status is Status.BROKEN:
            return judgement, key
        with_policy = self.query.key_policy(key, place)
        return with_policy.judge(lambda item: self._judge_with_key(topic, item)), key

    def _judge_with_key(self, topic: Topic, key: Item | None) -> Judgement:
        organization = self.parameters.organization_id
        return judge_topic(topic, self.alarm.arn, key, organization=organization)

    def _to_subscription(self, path: ChainPath, topic: Item) -> ChainPath:
        """Return the path to a working subscription of the topic, else to the likeliest one.

        A subscription without an ARN, as before its confirmation, is reported with its topic's. If
        one works, the link holds the confirmed subscriptions, without those that drop the message.
        Those after the first that works are not checked: one call of SNS for each could be many.
        """
        topic_arn, place = (
            str(topic["TopicArn"]),
            Place(path.links[-1].account, path.links[-1].region),
        )
        subscriptions = self.query.subscriptions(topic, self.alarm_place.account)
        if subscriptions.missing is not None:
            return path.to("subscription", place, "", subscriptions.missing)
        items = subscriptions.value
        message = alarm_message(self.query.alarms(self.alarm_place).item(self.alarm.name))
        judged: list[Judgement] = []
        notified: list[Subscriber] = []
        for item in items:
            delivered = self._judge_delivery(item, topic_arn, message)
            judged.append(all_of([delivered, self._judge_subscriber(item, topic_arn)]))
            if delivered.status is Status.OK:
                notified.append(Subscriber.read(item))
            if judged[-1].status is Status.OK:
                rest = (Subscriber.read(other, checked=False) for other in items[len(judged) :])
                notified += [other for other in rest if other.arn.startswith("arn:")]
                break
        none = judge_subscriptions(Topic(topic_arn, {}, ()), message, person=self.parameters.person)
        best = any_of(judged, none)
        number = next((number for number, each in enumerate(judged) if each is best), 0)
        arn = text(items[number], "SubscriptionArn") if items else ""
        return path.to(
            "subscription",
            place,
            arn if arn.startswith("arn:") else topic_arn,
            best,
            partial(describe_subscriptions, topic_arn, items, number),
            tuple(notified) if best.status is Status.OK else (),
        )

    def _judge_delivery(self, item: Item, topic_arn: str, message: Message) -> Judgement:
        """Return whether the subscription is confirmed and receives the message."""
        arn, name = text(item, "SubscriptionArn"), topic_called(topic_arn)
        if not arn.startswith("arn:"):
            return judge_subscription(item, message, name)
        if text(item, "TopicArn") not in ("", topic_arn) or not arn.startswith(f"{topic_arn}:"):
            return unknown(
                f"subscription {quote(arn)} belongs to another topic than {name}", observed=arn
            )
        subscription = self.query.subscription(item, self.alarm_place.account)
        return subscription.judge(lambda full: judge_subscription(full, message, name))

    def _judge_subscriber(self, item: Item, topic_arn: str) -> Judgement:
        """Return whether the parameter Subscribers lets the subscriber count."""
        return judge_person(item, topic_called(topic_arn)) if self.parameters.person else OK


def _differ(keys: Iterable[str]) -> bool:
    """Return whether the ids are surely those of several keys; "" is an id that is not known."""
    distinct = set(keys)
    return len(distinct) > 1 and "" not in distinct
