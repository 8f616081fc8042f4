"""Patches moto's SNS."""

from __future__ import annotations

import json
from functools import cache
from typing import Any
from uuid import uuid4

from moto.core.responses import ActionResult
from moto.sns.models import SNSBackend, Subscription, Topic
from moto.sns.responses import SNSResponse
from moto.sns.utils import FilterPolicyMatcher

from localaws.bridge import add_operations
from localaws.locks import service_lock
from localaws.sns import outbox
from localaws.sns.api import OPERATIONS, is_pending

WAITING = {"email", "email-json", "http", "https"}
"""Protocols whose endpoint must confirm the subscription (SNS API, Subscribe)."""


def install() -> None:
    """Patch moto's SNS in this process; a second call does nothing."""
    if getattr(SNSResponse, "_localaws", False):
        return
    SNSResponse._localaws = True
    add_operations(SNSResponse, OPERATIONS)
    _subscribe_pending()
    _count_subscriptions()
    _publish_to_all()
    _deliver_to_the_outbox()
    _rebuild_filter_policies()
    _sign_with_one_key()


def _sign_with_one_key() -> None:
    """Make one signing key in a process: moto makes one for each subscription, in some 25 ms."""
    make = cache(Subscription.private_key.__wrapped__)
    Subscription.private_key = lambda self: make(None)


def _subscribe_pending() -> None:
    subscribe = SNSBackend.subscribe
    answer = SNSResponse.subscribe

    def subscribe_pending(
        self: SNSBackend, topic_arn: str, endpoint: str, protocol: str
    ) -> Subscription:
        known = self._find_subscription(topic_arn, endpoint, protocol)
        subscription = subscribe(self, topic_arn, endpoint, protocol)
        if known is None:
            subscription.confirmed = protocol not in WAITING
            subscription.attributes["PendingConfirmation"] = not subscription.confirmed
            subscription.attributes["ConfirmationWasAuthenticated"] = subscription.confirmed
        if not subscription.confirmed:
            _ask_to_confirm(subscription)
        return subscription

    def answer_pending(self: SNSResponse) -> ActionResult:
        result = answer(self)
        arn = result.result["SubscriptionArn"]
        subscription = self.backend.subscriptions.get(arn)
        wants_arn = str(self._get_param("ReturnSubscriptionArn")).lower() == "true"
        if subscription and is_pending(subscription) and not wants_arn:
            return ActionResult({"SubscriptionArn": "pending confirmation"})
        return result

    SNSBackend.subscribe = subscribe_pending
    SNSResponse.subscribe = answer_pending


def _ask_to_confirm(subscription: Subscription) -> None:
    subscription.token = uuid4().hex
    _send(
        subscription,
        "AWS Notification - Subscription Confirmation",
        f"You have chosen to subscribe to the topic: {subscription.topic.arn}",
        subscription.token,
    )


def _send(subscription: Subscription, subject: str, text: str, token: str | None = None) -> None:
    topic = subscription.topic
    mail = outbox.Mail(
        subscription.protocol, subscription.endpoint, topic.arn, subject, text, token
    )
    outbox.send(topic.account_id, topic.sns_backend.region_name, mail)


def _count_subscriptions() -> None:
    describe = SNSResponse.get_topic_attributes

    def get_topic_attributes(self: SNSResponse) -> ActionResult:
        topic = self.backend.get_topic(self._get_param("TopicArn"))
        subscriptions = topic.sns_backend._get_topic_subscriptions(topic)
        topic.subscriptions_pending = sum(map(is_pending, subscriptions))
        topic.subscriptions_confimed = len(subscriptions) - topic.subscriptions_pending
        return describe(self)

    SNSResponse.get_topic_attributes = get_topic_attributes


def _publish_to_all() -> None:
    """moto's Topic.publish stops after the first page of subscriptions."""
    publish = Topic.publish

    def publish_to_all(self: Topic, message: str, *args: Any, **kwargs: Any) -> str:
        with service_lock("sns"):
            return str(publish(self, message, *args, **kwargs))

    def list_subscriptions_by_topic(
        self: SNSBackend, topic_arn: str, next_token: str | None = None
    ) -> tuple[list[Subscription], None]:
        return self._get_topic_subscriptions(self.get_topic(topic_arn)), None

    Topic.publish = publish_to_all
    SNSBackend.list_subscriptions_by_topic = list_subscriptions_by_topic


def _deliver_to_the_outbox() -> None:
    """Deliver nothing to a pending endpoint, and nothing outside this machine."""
    publish = Subscription.publish

    def deliver(
        self: Subscription,
        message: str,
        message_id: str,
        subject: str | None = None,
        message_attributes: dict[str, Any] | None = None,
        **others: Any,
    ) -> None:
        if is_pending(self):
            return
        if self.protocol not in WAITING:
            with service_lock("sqs"):
                publish(self, message, message_id, subject, message_attributes, **others)
            return
        matcher = self._filter_policy_matcher
        if matcher and not matcher.matches(message_attributes, message):
            return
        if others.get("message_structure") == "json":
            message = self._parse_message_structure(message, self.protocol)
        if self.protocol != "email":
            message = json.dumps(
                self.get_post_data(message, message_id, subject, message_attributes)
            )
        _send(self, subject or "AWS Notification Message", message)

    Subscription.publish = deliver


def _rebuild_filter_policies() -> None:
    """Apply a scope that is set after its policy, which moto ignores."""
    set_attributes = SNSBackend.set_subscription_attributes

    def set_subscription_attributes(self: SNSBackend, arn: str, name: str, value: Any) -> None:
        set_attributes(self, arn, name, value)
        subscription = self.subscriptions[arn]
        if name == "FilterPolicyScope" and subscription._filter_policy:
            subscription._filter_policy_matcher = FilterPolicyMatcher(
                subscription._filter_policy, value
            )

    SNSBackend.set_subscription_attributes = set_subscription_attributes
