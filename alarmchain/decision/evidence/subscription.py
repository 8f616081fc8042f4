"""What was observed of a topic's subscriptions."""

from collections.abc import Sequence

from alarmchain.chain.api_item import mapping, text
from alarmchain.chain.subscription.endpoint import without_path
from alarmchain.decision.evidence.facts import facts, joined, written
from alarmchain.snapshot.snapshot import Item


def describe_subscriptions(topic_arn: str, items: Sequence[Item], judged: int) -> str:
    """Return what was observed of the judged subscription, then of the topic's others.

    `items`: all subscriptions of the topic. `judged`: the place of one among them.
    """
    if not items:
        return f"0 subscriptions of {topic_arn}"
    item = items[judged]
    attributes = mapping(item, "Attributes")
    parts = [_subscriber(item), *facts(item, ("SubscriptionArn",))]
    parts += facts(attributes, ("PendingConfirmation", "FilterPolicyScope"))
    if "Attributes" in item:
        policy = attributes.get("FilterPolicy")
        shown = policy if isinstance(policy, str) else written(policy)
        parts.append(f"FilterPolicy {shown}" if policy else "no FilterPolicy")
    parts += [f"also {_brief(other)}" for place, other in enumerate(items) if place != judged]
    return joined(parts)


def _subscriber(item: Item) -> str:
    endpoint = without_path(text(item, "Endpoint"))
    return f"Protocol {written(text(item, 'Protocol'))}, Endpoint {written(endpoint)}"


def _brief(item: Item) -> str:
    arn = text(item, "SubscriptionArn")
    return f"{_subscriber(item)}, {'confirmed' if arn.startswith('arn:') else written(arn)}"
