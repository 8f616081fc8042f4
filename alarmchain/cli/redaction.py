"""A snapshot without the addresses of subscribers, for whoever shall not know them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from alarmchain.chain.api_item import mapping, structures, text
from alarmchain.snapshot.snapshot import Item, Region, Snapshot

_ROOMS = ("topics", "keys")
"""Where addresses stand: in subscriptions, and in the policies that say who may have one."""


def without_endpoints(snapshot: Snapshot) -> Snapshot:
    """The snapshot with each address, of whatever protocol, in the form `email 1 (redacted)`: the
    same address has the same number everywhere. No verdict hangs on an address."""
    names: dict[str, str] = {}
    for protocol, endpoint in _endpoints(snapshot):
        names.setdefault(endpoint, f"{protocol or 'subscriber'} {len(names) + 1} (redacted)")
    return _Redaction(names).snapshot(snapshot) if names else snapshot


def _endpoints(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Every subscriber's protocol and address, of the account and of those linked to it."""
    for region in snapshot.regions.values():
        for topic in region.collections.get("topics", ()):
            for one in structures(topic, "Subscriptions"):
                for holder in (one, mapping(one, "Attributes")):
                    if endpoint := text(holder, "Endpoint"):
                        yield text(one, "Protocol"), endpoint
    for part in snapshot.linked.values():
        yield from _endpoints(part)


class _Redaction:
    """`names`: what stands for each address."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names
        longest_first = sorted(names, key=len, reverse=True)
        self._any = re.compile("|".join(re.escape(name) for name in longest_first))

    def snapshot(self, snapshot: Snapshot) -> Snapshot:
        """The account's own part, and those linked to it."""
        regions = {name: self._region(region) for name, region in snapshot.regions.items()}
        linked = {account: self.snapshot(part) for account, part in snapshot.linked.items()}
        return replace(snapshot, regions=regions, linked=linked)

    def _region(self, region: Region) -> Region:
        collections = {
            collection: tuple(self._item(item) for item in items) if collection in _ROOMS else items
            for collection, items in region.collections.items()
        }
        return replace(region, collections=collections)

    def _item(self, item: Item) -> dict[str, Any]:
        return {key: self._hidden(value) for key, value in item.items()}

    def _hidden(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._any.sub(lambda found: self._names[found.group()], value)
        if isinstance(value, dict):
            return self._item(value)
        if isinstance(value, list | tuple):
            return [self._hidden(one) for one in value]
        return value
