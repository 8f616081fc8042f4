"""What may be shown of an endpoint: everybody who knows a webhook's URL can use it."""

import re

_URL = re.compile(
    r"(https?)://(?:[^/?#]*@)?(\[[0-9a-f:.]*\]|[^/?#@:\[\]\\\s]*)(?::(\d{0,5}))?(?:[/?#](.*))?",
    re.IGNORECASE | re.DOTALL,
)
"""A URL: scheme, host, port and what follows the first slash or mark; a user name has no group."""
_SCHEME = re.compile(r"\s*(https?):", re.IGNORECASE)
_SLASH = re.compile(r"\\/|\\u002f", re.IGNORECASE)
"""An escaped slash in JSON."""
_IN_JSON = re.compile(rf'https?:(?:/|{_SLASH.pattern}){{2}}(?:\\.|[^"\\\s])*', re.IGNORECASE)
"""A URL in JSON, up to the end of the text or a space; a quotation mark in it is escaped."""
_REDACTED = re.compile(r"\d+ \(redacted\)", re.ASCII)
"""The number that `collect --redact-endpoints` gives an address."""
_MORE = "/..."


def without_path(endpoint: str) -> str:
    """Return the endpoint; a URL is cut after its host, and then ends with `/...`.

    A webhook has its key in the path or the query; other URLs have a password before the host.
    """
    scheme = _SCHEME.match(endpoint)
    if scheme is None:
        return endpoint
    match = _URL.fullmatch(endpoint.strip())
    if match is None:  # the host cannot be separated from what follows
        return f"{scheme[1].lower()}://{_MORE[1:]}"
    _, host, port, path = match.groups()
    if path and _REDACTED.fullmatch(path):
        return endpoint
    rest = _MORE if path and path.strip("/") else ""
    return f"{scheme[1].lower()}://{host.lower()}{f':{port}' if port else ''}{rest}"


def without_urls(policy: str) -> str:
    """Return a topic's policy (JSON text) with cut URLs, which may be endpoints of subscribers."""
    return _IN_JSON.sub(lambda url: without_path(_SLASH.sub("/", url.group())), policy)
