"""A topic's subscriptions: does a confirmed one receive the alarm's message?

Source: SNS API reference, Subscription and GetSubscriptionAttributes.
"""

from collections.abc import Mapping
from typing import Any

from alarmchain.chain.api_item import clip, text
from alarmchain.chain.judgement import Judgement, any_of, broken, ok, unknown
from alarmchain.chain.subscription.alarm_message import Message
from alarmchain.chain.subscription.endpoint import without_path
from alarmchain.chain.subscription.filter_policy import FilterPolicyError, accepts, parse
from alarmchain.chain.subscription.subscriber import Kind, Subscriber
from alarmchain.chain.topic.topic import Topic


def judge_subscriptions(topic: Topic, message: Message, *, person: bool = False) -> Judgement:
    """Return whether at least one confirmed subscription of the topic receives the message.

    `person`: only a person counts as a subscriber; the remedy says so.
    """
    if topic.subscriptions is None:
        return unknown(
            f"the subscriptions of {topic.called} were not read",
            remedy="allow sns:ListSubscriptionsByTopic",
        )
    none = broken(
        f"{topic.called} has no subscription",
        observed="no subscription",
        wanted="a confirmed subscription",
        remedy=f"subscribe a person to {topic.called} and have them confirm"
        if person
        else f"add a subscription to {topic.called} and confirm it",
    )
    judgements = (judge_subscription(item, message, topic.called) for item in topic.subscriptions)
    return any_of(judgements, none)


def judge_subscription(item: Mapping[str, Any], message: Message, topic: str) -> Judgement:
    """Return whether the subscription is confirmed and its filter policy lets the message through.

    `item`: the snapshot's, with "Attributes" (absent: not read). `topic`: what a message calls the
    topic.
    """
    arn = text(item, "SubscriptionArn")
    subscriber = clip(without_path(text(item, "Endpoint")) or arn or "a subscriber", 44)
    attributes = item.get("Attributes")
    pending = attributes.get("PendingConfirmation") if isinstance(attributes, Mapping) else None
    is_pending = str(pending).lower() == "true"
    if not arn.startswith("arn:") or is_pending:
        state = "PendingConfirmation" if is_pending else arn
        return _unconfirmed(subscriber, topic, state)
    subscription = f"the subscription of {subscriber} to {topic}"
    if not isinstance(attributes, Mapping):
        return unknown(
            f"the attributes of {subscription} were not read",
            remedy="allow sns:GetSubscriptionAttributes",
        )
    if str(pending).lower() not in ("none", "false"):
        return unknown(
            f"{subscription} has an unreadable PendingConfirmation", observed=str(pending)
        )
    return _judge_filter(subscriber, topic, attributes, message)


def judge_person(item: Mapping[str, Any], topic: str) -> Judgement:
    """Return whether the subscription tells a person. `topic`: what a message calls the topic."""
    subscriber = Subscriber.read(item)
    address = without_path(text(item, "Endpoint"))
    endpoint = clip(address or subscriber.arn, 44)
    if subscriber.kind is Kind.PERSON:
        return ok()
    remedy = f"subscribe a person to {topic} by e-mail, SMS or a chat or paging tool"
    observed = f"{subscriber.protocol or 'no protocol'} {address}"
    if subscriber.kind is Kind.MACHINE:
        return broken(
            f"{endpoint} on {topic} is not a person (protocol {subscriber.protocol})",
            observed=observed,
            wanted="a person",
            remedy=remedy,
        )
    return unknown(
        f"whether {endpoint} on {topic} tells a person is not known",
        observed=observed,
        wanted="a person",
        remedy=remedy,
    )


def _unconfirmed(subscriber: str, topic: str, state: str) -> Judgement:
    if state == "Deleted":
        reason = f"{subscriber} has cancelled the subscription to {topic}"
        remedy = f"subscribe {subscriber} again"
    else:
        reason = f"{subscriber} has not confirmed the subscription to {topic}"
        remedy = f"ask {subscriber} to confirm the subscription"
    return broken(reason, observed=state, wanted="a confirmed subscription", remedy=remedy)


def _judge_filter(
    subscriber: str, topic: str, attributes: Mapping[str, Any], message: Message
) -> Judgement:
    name = f"the filter policy of {subscriber} on {topic}"
    policy_text = attributes.get("FilterPolicy")
    if policy_text is None or policy_text == "":
        return ok()
    scope = attributes.get("FilterPolicyScope") or "MessageAttributes"
    if scope not in ("MessageAttributes", "MessageBody") or not isinstance(policy_text, str):
        return unknown(f"{name} is not supported", observed=str(scope))
    try:
        policy = parse(policy_text)
    except FilterPolicyError as error:
        return unknown(f"{name} {error}", observed=policy_text)
    on_body = scope == "MessageBody"
    # An alarm's message has no attributes at all.
    verdict = accepts(policy, message if on_body else {}, whole=not on_body)
    if verdict.is_yes:
        return ok()
    remedy = f"remove the filter policy of {subscriber}"
    if verdict.is_no:
        return broken(
            f"{name} drops the alarm's message",
            observed=policy_text,
            wanted="no filter policy",
            remedy=remedy,
        )
    return unknown(
        f"{name} depends on {clip(', '.join(sorted(verdict.doubts)), 40)}",
        observed=policy_text,
        remedy=remedy,
    )
