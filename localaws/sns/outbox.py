"""The messages that SNS would send by e-mail or HTTP. Tests and the demo read them."""

from __future__ import annotations

from dataclasses import dataclass

from localaws.bridge import Regional


@dataclass(frozen=True, slots=True)
class Mail:
    """A message to an endpoint. token confirms a subscription, in a request to confirm it."""

    protocol: str
    endpoint: str
    topic_arn: str
    subject: str
    text: str
    token: str | None = None


_sent = Regional[list[Mail]](list)


def send(account: str, region: str, mail: Mail) -> None:
    """Store a message."""
    _sent(account, region).append(mail)


def sent(account: str, region: str) -> list[Mail]:
    """Return all messages of an account's topics in a region, oldest first."""
    return list(_sent(account, region))


def confirmation_token(account: str, region: str, endpoint: str) -> str:
    """Return the token in the newest confirmation request to ``endpoint``. Raises LookupError."""
    for mail in reversed(sent(account, region)):
        if mail.endpoint == endpoint and mail.token:
            return mail.token
    raise LookupError(f"no subscription in {region} waits for {endpoint!r}")
