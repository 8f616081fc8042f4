"""What SNS would have sent by e-mail or HTTP: kept, for tests and the demo to read."""

from __future__ import annotations

from dataclasses import dataclass

from localaws.bridge import Regional


@dataclass(frozen=True, slots=True)
class Mail:
    """One message to one endpoint. token confirms the subscription that it asks about."""

    protocol: str
    endpoint: str
    topic_arn: str
    subject: str
    text: str
    token: str | None = None


_sent = Regional[list[Mail]](list)


def send(account: str, region: str, mail: Mail) -> None:
    """Keep a message."""
    _sent(account, region).append(mail)


def sent(account: str, region: str) -> list[Mail]:
    """All messages sent from an account's topics in a region, oldest first."""
    return list(_sent(account, region))


def confirmation_token(account: str, region: str, endpoint: str) -> str:
    """The token in the newest request to confirm that went to ``endpoint``; LookupError if none."""
    for mail in reversed(sent(account, region)):
        if mail.endpoint == endpoint and mail.token:
            return mail.token
    raise LookupError(f"no subscription in {region} waits for {endpoint!r}")
