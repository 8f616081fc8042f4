"""What may be shown of an endpoint: whoever knows a URL that takes alarms can use it."""

import re

_URL = re.compile(
    r"(https?)://(?:[^/?#]*@)?(\[[0-9a-f:.]*\]|[^/?#@:\[\]\\\s]*)(?::(\d{0,5}))?(?:[/?#](.*))?",
    re.IGNORECASE | re.DOTALL,
)
"""A URL: scheme, host, port and what follows the first slash or mark; a user name has no group."""
_IN_JSON = re.compile(r'https?:\\?/\\?/[^"\s]*', re.IGNORECASE)
"""A URL in JSON, whose slashes may be escaped."""
_REDACTED = re.compile(r"\d+ \(redacted\)", re.ASCII)
"""The number that `collect --redact-endpoints` gives an address."""
_MORE = "/..."


def without_path(endpoint: str) -> str:
    """Return the endpoint; a URL is cut after its host, which `/...` shows.

    Webhooks have their keys in the path or the query, others before the host.
    """
    scheme, mark, _ = endpoint.partition("://")
    if not mark or scheme.lower() not in ("http", "https"):
        return endpoint
    match = _URL.fullmatch(endpoint)
    if match is None:  # the host cannot be separated from what follows
        return f"{scheme.lower()}://{_MORE[1:]}"
    _, host, port, path = match.groups()
    if path and _REDACTED.fullmatch(path):
        return endpoint
    rest = _MORE if path and path.strip("/") else ""
    return f"{scheme.lower()}://{host.lower()}{f':{port}' if port else ''}{rest}"


def without_urls(policy: str) -> str:
    """Return a topic's policy (JSON text) with cut URLs: it may name subscribable ones."""
    return _IN_JSON.sub(lambda url: without_path(url.group().replace("\\/", "/")), policy)
