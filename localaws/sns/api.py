"""SNS operations that moto gets wrong: pending subscriptions, their counts, and paging."""

from __future__ import annotations

from typing import Any

from moto.sns.models import SNSBackend, Subscription, sns_backends

from localaws.bridge import Caller
from localaws.errors import AwsError
from localaws.paging import page

PAGE = 100


def is_pending(subscription: Subscription) -> bool:
    return bool(subscription.attributes.get("PendingConfirmation"))


def _backend(caller: Caller) -> SNSBackend:
    return sns_backends[caller.account][caller.region]


def _listed(subscription: Subscription) -> dict[str, Any]:
    arn = "PendingConfirmation" if is_pending(subscription) else subscription.arn
    return {
        "SubscriptionArn": arn,
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "TopicArn": subscription.topic.arn,
    }


def _page(subscriptions: list[Subscription], request: dict[str, Any]) -> dict[str, Any]:
    items, token = page(
        [_listed(s) for s in subscriptions],
        request.get("NextToken"),
        None,
        PAGE,
        "InvalidParameter",
    )
    return {"Subscriptions": items, "NextToken": token}


def list_subscriptions(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    return _page(list(_backend(caller).subscriptions.values()), request)


def list_subscriptions_by_topic(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    backend = _backend(caller)
    topic = backend.get_topic(request["TopicArn"])
    return _page(topic.sns_backend._get_topic_subscriptions(topic), request)


def confirm_subscription(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    topic = _backend(caller).get_topic(request["TopicArn"])
    for subscription in topic.sns_backend._get_topic_subscriptions(topic):
        if getattr(subscription, "token", None) == request["Token"]:
            subscription.confirmed = True
            subscription.attributes["PendingConfirmation"] = False
            authenticated = request.get("AuthenticateOnUnsubscribe") == "true"
            subscription.attributes["ConfirmationWasAuthenticated"] = authenticated
            return {"SubscriptionArn": subscription.arn}
    raise AwsError("InvalidParameter", "Invalid parameter: Token")


OPERATIONS = {
    "ListSubscriptions": list_subscriptions,
    "ListSubscriptionsByTopic": list_subscriptions_by_topic,
    "ConfirmSubscription": confirm_subscription,
}
