"""What of a subscriber's address may be kept: a URL that takes alarms is as good as a password."""

import re
from typing import Any
from urllib.parse import urlsplit

from alarmchain.snapshot.snapshot import Item

_URLS = ("http://", "https://")
_URL = re.compile(r'https?:\\?/\\?/[^"\s]*', re.IGNORECASE)
"""A URL in JSON, whose slashes may be escaped."""
_MORE = "/..."


def without_secrets(item: Item) -> dict[str, Any]:
    """A subscription, or its attributes, in which a URL is kept as far as its host alone: webhooks
    have their keys in the path or the query, others in front of the host."""
    kept = dict(item)
    endpoint = item.get("Endpoint")
    if isinstance(endpoint, str) and endpoint.lower().startswith(_URLS):
        kept["Endpoint"] = _shortened(endpoint)
    return kept


def without_urls(policy: str) -> str:
    """A topic's policy, JSON text: it may name the URLs that can be subscribed."""
    return _URL.sub(lambda found: _shortened(found.group().replace("\\/", "/")), policy)


def _shortened(url: str) -> str:
    scheme = url.partition("://")[0].lower()
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # no host that could be told from what follows
        return f"{scheme}://{_MORE[1:]}"
    rest = _MORE if parts.path.strip("/") or parts.query or parts.fragment else ""
    return f"{scheme}://{host}{f':{port}' if port else ''}{rest}"
