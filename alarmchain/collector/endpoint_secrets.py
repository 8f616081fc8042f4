"""Remove secrets from the endpoints of subscriptions."""

from typing import Any

from alarmchain.chain.api_item import text
from alarmchain.chain.subscription.endpoint import without_path
from alarmchain.snapshot.snapshot import Item


def without_secrets(item: Item) -> dict[str, Any]:
    """Return a subscription, or its attributes, whose URL is cut after the host."""
    endpoint = text(item, "Endpoint")
    return {**item, "Endpoint": without_path(endpoint)} if endpoint else dict(item)
