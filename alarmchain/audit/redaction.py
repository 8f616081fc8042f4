"""A snapshot without the addresses of subscribers, for whoever shall not know them."""

from dataclasses import replace
from typing import Any

from alarmchain.chain.shape import mapping, structures, text
from alarmchain.snapshot import Item, Region, Snapshot


def without_endpoints(snapshot: Snapshot) -> Snapshot:
    """The snapshot with each address, of whatever protocol, in the form `email 1 (redacted)`: the
    same address has the same number everywhere. No verdict hangs on an address."""
    return _Redaction().snapshot(snapshot)


class _Redaction:
    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def snapshot(self, snapshot: Snapshot) -> Snapshot:
        """The account's own part, and those linked to it."""
        regions = {name: self._region(region) for name, region in snapshot.regions.items()}
        linked = {account: self.snapshot(part) for account, part in snapshot.linked.items()}
        return replace(snapshot, regions=regions, linked=linked)

    def _region(self, region: Region) -> Region:
        if "topics" not in region.rooms:
            return region
        topics = tuple(self._topic(item) for item in region.rooms["topics"])
        return replace(region, rooms={**region.rooms, "topics": topics})

    def _topic(self, item: Item) -> Item:
        if "Subscriptions" not in item:
            return item
        return {
            **item,
            "Subscriptions": [self._one(one) for one in structures(item, "Subscriptions")],
        }

    def _one(self, subscription: Item) -> dict[str, Any]:
        kept = self._hidden(subscription, text(subscription, "Protocol"))
        if "Attributes" in kept:
            attributes = mapping(subscription, "Attributes")
            kept["Attributes"] = self._hidden(attributes, text(subscription, "Protocol"))
        return kept

    def _hidden(self, item: Item, protocol: str) -> dict[str, Any]:
        endpoint = text(item, "Endpoint")
        if not endpoint:
            return dict(item)
        number = len(self._names) + 1
        name = f"{protocol or 'subscriber'} {number} (redacted)"
        return {**item, "Endpoint": self._names.setdefault(endpoint, name)}
