"""Removes the addresses of subscribers from a snapshot."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from alarmchain.chain.api_item import mapping, structures, text
from alarmchain.chain.subscription.subscriber import tool_host
from alarmchain.snapshot.snapshot import Item, Region, Snapshot

_COLLECTIONS = ("topics", "keys")
"""The collections with addresses: in subscriptions, and in the policies that restrict them."""


def without_endpoints(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with each address, of any protocol, replaced by `email 1 (redacted)`.

    The same address has the same number everywhere. The host of a chat, paging or incident tool is
    kept: a verdict may depend on it, but on no other part of an address.
    """
    names: dict[str, str] = {}
    for protocol, endpoint in _endpoints(snapshot):
        host = tool_host(endpoint)
        kind = f"https://{host}/" if host else f"{protocol or 'subscriber'} "
        names.setdefault(endpoint, f"{kind}{len(names) + 1} (redacted)")
    return _Redaction(names).snapshot(snapshot) if names else snapshot


def _endpoints(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Yield every subscriber's protocol and address, of the account and of its linked accounts."""
    for region in snapshot.regions.values():
        for topic in region.collections.get("topics", ()):
            for subscription in structures(topic, "Subscriptions"):
                for holder in (subscription, mapping(subscription, "Attributes")):
                    if endpoint := text(holder, "Endpoint"):
                        yield text(subscription, "Protocol"), endpoint
    for part in snapshot.linked.values():
        yield from _endpoints(part)


class _Redaction:
    """`names`: the replacement of each address."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names
        longest_first = sorted(names, key=len, reverse=True)
        self._any = re.compile("|".join(re.escape(name) for name in longest_first))

    def snapshot(self, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot of the account and of its linked accounts, redacted."""
        regions = {name: self._region(region) for name, region in snapshot.regions.items()}
        linked = {account: self.snapshot(part) for account, part in snapshot.linked.items()}
        return replace(snapshot, regions=regions, linked=linked)

    def _region(self, region: Region) -> Region:
        collections = {
            collection: tuple(self._item(item) for item in items)
            if collection in _COLLECTIONS
            else items
            for collection, items in region.collections.items()
        }
        return replace(region, collections=collections)

    def _item(self, item: Item) -> dict[str, Any]:
        return {key: self._redacted(value) for key, value in item.items()}

    def _redacted(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._any.sub(lambda match: self._names[match.group()], value)
        if isinstance(value, dict):
            return self._item(value)
        if isinstance(value, list | tuple):
            return [self._redacted(item) for item in value]
        return value
