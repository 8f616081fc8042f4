"""Remove secrets from endpoints: whoever knows a URL that takes alarms can use it."""

import re
from typing import Any
from urllib.parse import urlsplit

from alarmchain.snapshot.snapshot import Item

_URLS = ("http://", "https://")
_URL = re.compile(r'https?:\\?/\\?/[^"\s]*', re.IGNORECASE)
"""A URL in JSON, whose slashes may be escaped."""
_MORE = "/..."


def without_secrets(item: Item) -> dict[str, Any]:
    """Return a subscription, or its attributes, whose URL is cut after the host.

    Webhooks have their keys in the path or the query, others before the host.
    """
    kept = dict(item)
    endpoint = item.get("Endpoint")
    if isinstance(endpoint, str) and endpoint.lower().startswith(_URLS):
        kept["Endpoint"] = _shortened(endpoint)
    return kept


def without_urls(policy: str) -> str:
    """Return a topic's policy (JSON text) with shortened URLs: it may name subscribable ones."""
    return _URL.sub(lambda url: _shortened(url.group().replace("\\/", "/")), policy)


def _shortened(url: str) -> str:
    scheme = url.partition("://")[0].lower()
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # the host cannot be separated from what follows
        return f"{scheme}://{_MORE[1:]}"
    rest = _MORE if parts.path.strip("/") or parts.query or parts.fragment else ""
    return f"{scheme}://{host}{f':{port}' if port else ''}{rest}"
