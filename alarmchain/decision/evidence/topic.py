"""What was observed of a topic, and of the key that encrypts it."""

from collections.abc import Iterable

from alarmchain.arn import Arn
from alarmchain.chain.api_item import mapping, text
from alarmchain.chain.subscription.endpoint import without_urls
from alarmchain.chain.topic.kms_key import key_requests
from alarmchain.chain.topic.resource_policy import PolicyError, Request, deciding_statements
from alarmchain.chain.topic.topic import Topic, key_caller, publish_request
from alarmchain.decision.evidence.facts import facts, facts_or_none, joined, written
from alarmchain.snapshot.snapshot import Item

_KEY = (
    "Arn",
    "KeyManager",
    "KeyState",
    "Enabled",
    "KeyUsage",
    "KeySpec",
    "CustomerMasterKeySpec",
)


def describe_topic(item: Item, key: Item | None, alarm_arn: str, organization: str) -> str:
    """Return what was observed of the topic: the statements of its policy that decide whether
    CloudWatch may publish for the alarm, and its key.

    `key`: the snapshot's item, None if the topic has no key or its judgement does not depend on it.
    `organization`: the id of the account's organization, "" if it is not known.
    """
    topic, alarm = Topic.read(item), Arn.parse(alarm_arn)
    attributes = mapping(item, "Attributes")
    parts = facts(item, ("TopicArn",)) + facts(attributes, ("FifoTopic",))
    requests = [] if alarm is None else [publish_request(topic, alarm, organization)]
    is_text = isinstance(attributes.get("Policy"), str)
    parts += [] if is_text else map(without_urls, facts(attributes, ("Policy",)))
    parts += _policy("Policy", text(attributes, "Policy"), requests)
    parts += facts_or_none(attributes, ("KmsMasterKeyId",))
    if key is not None and alarm is not None:
        parts += facts(mapping(key, "Metadata"), _KEY)
        requests = key_requests(key, key_caller(topic, alarm, organization))
        parts += _policy("key policy", text(key, "Policy"), requests)
    return joined(parts)


def _policy(name: str, policy: str, requests: Iterable[Request]) -> list[str]:
    """Return the deciding statements of the policy; a policy that cannot be read, as it is."""
    if not policy:
        return []
    try:
        statements = without_urls(written(deciding_statements(policy, requests)))
    except PolicyError:
        return [f"{name} {without_urls(policy)}"]
    return [f"{name} statements {statements}"]
