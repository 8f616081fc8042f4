"""Lists in pages, as AWS returns them: an opaque token leads to the next page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from localaws.errors import AwsError


def page[T](
    items: Sequence[T], token: str | None, limit: int | None, maximum: int, refused: str = ""
) -> tuple[list[T], str | None]:
    """Return the page of ``items`` at ``token`` (None: the first page), and the next token.

    limit is the caller's, maximum is the API's. Raises AwsError (code ``refused``, by default
    InvalidParameterException) for an unknown token or a limit out of range.
    """
    code = refused or "InvalidParameterException"
    if limit is not None and not 1 <= int(limit) <= maximum:
        raise AwsError(code, f"the limit is {limit}; expected 1 to {maximum}")
    start = _read(token, code) if token else 0
    end = start + int(limit or maximum)
    following = base64.urlsafe_b64encode(f"from:{end}".encode()).decode()
    return list(items[start:end]), following if end < len(items) else None


def _read(token: str, code: str) -> int:
    try:
        kind, _, start = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
    except (binascii.Error, UnicodeError):
        kind, start = "", ""
    if kind != "from" or not start.isdigit():
        raise AwsError(code, f"the specified nextToken is invalid: {token}")
    return int(start)
