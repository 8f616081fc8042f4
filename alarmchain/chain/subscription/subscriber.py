"""Whom a subscription notifies: a person, a machine, or it is not known.

Source: SNS API reference, Subscribe (Protocol). The hosts are those of the products' own guides.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from alarmchain.chain.api_item import text


class Kind(Enum):
    """Who receives a message."""

    PERSON = "person"
    MACHINE = "machine"
    UNKNOWN = "unknown"


_KINDS = {
    "email": Kind.PERSON,
    "email-json": Kind.PERSON,
    "sms": Kind.PERSON,
    "sqs": Kind.MACHINE,
    "lambda": Kind.MACHINE,
    "firehose": Kind.MACHINE,
    "application": Kind.MACHINE,
}
HOSTS = (
    # chat
    "global.sns-api.chatbot.amazonaws.com",
    "hooks.slack.com",
    "webhook.office.com",
    "outlook.office.com",
    "outlook.office365.com",
    "chat.googleapis.com",
    "discord.com",
    "webexapis.com",
    # paging and incidents
    "pagerduty.com",
    "opsgenie.com",
    "victorops.com",
    "xmatters.com",
    "squadcast.com",
    "zenduty.com",
    "ilert.com",
    "signl4.com",
    "alertops.com",
    "pagertree.com",
    "spike.sh",
    "betterstack.com",
    "incident.io",
    "rootly.com",
    "firehydrant.io",
    "service-now.com",
)
"""Hosts of chat, paging and incident tools; a subdomain of them counts too."""


_HTTPS = re.compile(r"https://(?:[^/?#@]*@)?([a-z0-9.-]+)(?::\d*)?(?:[/?#].*)?", re.DOTALL)
"""An https URL; the group is its host."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A confirmed subscription: its ARN, its protocol and whom it notifies. It holds no address.

    `checked`: its filter policy was read, and accepts the message.
    """

    arn: str
    protocol: str
    kind: Kind
    checked: bool = True

    @classmethod
    def read(cls, item: Mapping[str, Any], *, checked: bool = True) -> "Subscriber":
        """Return the subscriber of a ListSubscriptionsByTopic item."""
        protocol = text(item, "Protocol")
        kind = _KINDS.get(protocol, Kind.UNKNOWN)
        if protocol == "https" and tool_host(text(item, "Endpoint")):
            kind = Kind.PERSON
        return cls(text(item, "SubscriptionArn"), protocol, kind, checked)


def tool_host(endpoint: str) -> str:
    """Return the host of an https URL of a chat, paging or incident tool, "" for another."""
    match = _HTTPS.fullmatch(endpoint.lower())
    host = match[1].rstrip(".") if match else ""
    known = any(host == name or host.endswith(f".{name}") for name in HOSTS)
    return host if known else ""


def describe_subscribers(subscribers: Iterable[Subscriber]) -> str:
    """Return how many are notified and by which protocol, and how many others were not checked.

    Such as "2 people by email, a subscriber by sqs; 1 more subscription not checked": only a person
    is called a person.
    """
    distinct = dict.fromkeys(subscribers)
    checked = [each for each in distinct if each.checked]
    others = {each.arn for each in distinct} - {each.arn for each in checked}
    counts: dict[tuple[str, bool], int] = {}
    for subscriber in checked:
        group = (subscriber.protocol, subscriber.kind is Kind.PERSON)
        counts[group] = counts.get(group, 0) + 1
    people_first = sorted(counts.items(), key=lambda group: not group[0][1])
    notified = ", ".join(
        f"{_number(count, person)} by {protocol or 'an unknown protocol'}"
        for (protocol, person), count in people_first
    )
    if not others:
        return notified
    plural = "s" if len(others) > 1 else ""
    return f"{notified}; {len(others)} more subscription{plural} not checked"


def _number(count: int, person: bool) -> str:
    one, several = ("a person", "people") if person else ("a subscriber", "subscribers")
    return one if count == 1 else f"{count} {several}"
