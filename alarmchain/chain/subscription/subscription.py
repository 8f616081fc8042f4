"""A topic's subscriptions: does a confirmed one get the alarm's message?"""

from collections.abc import Mapping
from typing import Any

from alarmchain.arn import Arn
from alarmchain.chain.api_item import clip, text
from alarmchain.chain.judgement import Judgement, any_of, broken, ok, unknown
from alarmchain.chain.metric.metric_signal import Metric
from alarmchain.chain.subscription.filter_policy import FilterPolicyError, accepts, parse
from alarmchain.chain.topic.topic import Topic

Message = Mapping[str, Any]
"""What is known of an alarm's message: the JSON's properties, nested as they are."""


def alarm_message(name: str, arn: str, metric: Metric | None = None) -> Message:
    """What is known of the message with which an alarm tells of its transition to ALARM.

    `metric`: that of an alarm on a single metric, None for any other. What is not named here is
    there or not: a filter that asks for it is not decided.
    """
    parsed = Arn.parse(arn)
    message: dict[str, Any] = {"AlarmName": name, "AlarmArn": arn, "NewStateValue": "ALARM"}
    if parsed is not None:
        message["AWSAccountId"] = parsed.account
    if metric is not None:
        message["Trigger"] = {"MetricName": metric.name, "Namespace": metric.namespace}
    return message


def judge_subscriptions(topic: Topic, message: Message) -> Judgement:
    """Whether at least one confirmed subscription of the topic gets the message."""
    if topic.subscriptions is None:
        return unknown(
            "its subscriptions were not read", remedy="allow sns:ListSubscriptionsByTopic"
        )
    nobody = broken(
        "nobody subscribes to it",
        observed="no subscription",
        wanted="a confirmed subscription",
        remedy="subscribe somebody to the topic, who confirms it",
    )
    return any_of((judge_subscription(one, message) for one in topic.subscriptions), nobody)


def judge_subscription(item: Mapping[str, Any], message: Message) -> Judgement:
    """Whether the subscription is confirmed and its filter policy lets the message through.

    `item`: the snapshot's, with "Attributes" (absent: not read).
    """
    who = clip(text(item, "Endpoint") or text(item, "SubscriptionArn") or "a subscriber", 44)
    arn = text(item, "SubscriptionArn")
    attributes = item.get("Attributes")
    told = attributes.get("PendingConfirmation") if isinstance(attributes, Mapping) else None
    pending = str(told).lower() == "true"
    if not arn.startswith("arn:") or pending:
        return _unconfirmed(who, "PendingConfirmation" if pending else arn)
    if not isinstance(attributes, Mapping):
        return unknown(
            f"the attributes of {who} were not read", remedy="allow sns:GetSubscriptionAttributes"
        )
    if str(told).lower() not in ("none", "false"):
        return unknown(f"whether {who} has confirmed can't be read", observed=str(told))
    return _judge_filter(who, attributes, message)


def _unconfirmed(who: str, state: str) -> Judgement:
    deleted = state == "Deleted"
    return broken(
        f"{who} has cancelled its subscription" if deleted else f"{who} has not confirmed",
        observed=state,
        wanted="a confirmed subscription",
        remedy=f"subscribe {who} again" if deleted else f"let {who} confirm the subscription",
    )


def _judge_filter(who: str, attributes: Mapping[str, Any], message: Message) -> Judgement:
    written = attributes.get("FilterPolicy")
    if written is None or written == "":
        return ok(who)
    scope = attributes.get("FilterPolicyScope") or "MessageAttributes"
    if scope not in ("MessageAttributes", "MessageBody") or not isinstance(written, str):
        return unknown(f"the filter policy of {who} can't be followed", observed=str(scope))
    try:
        policy = parse(written)
    except FilterPolicyError as error:
        return unknown(f"the filter policy of {who} {error}", observed=written)
    on_body = scope == "MessageBody"
    # An alarm's message carries no attributes at all.
    verdict = accepts(policy, message if on_body else {}, whole=not on_body)
    if verdict.is_yes:
        return ok(who)
    remedy = f"remove the filter policy of {who}"
    if verdict.is_no:
        return broken(
            f"the filter policy of {who} drops alarms",
            observed=written,
            wanted="no filter policy",
            remedy=remedy,
        )
    return unknown(
        f"the filter policy of {who} hangs on {clip(', '.join(sorted(verdict.doubts)), 40)}",
        observed=written,
        remedy=remedy,
    )
