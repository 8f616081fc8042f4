"""Read all pages of an API operation, as items in the form of a snapshot."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from alarmchain.snapshot.snapshot import TIMES, Item

FREE_TEXT = frozenset({"Description", "StateReason", "StateReasonData"})
"""Members with text that people wrote. No verdict depends on them, and they are not kept, because
they may contain an address or a token."""
_ADDRESS = re.compile(r"://|@|\d{7}")
"""What a URL, an e-mail address or a telephone number has. An AlarmDescription with it is not kept,
any other is: a subscription's filter policy may depend on it."""

_PAGE_SIZES = {"describe_alarms": 100, "list_alarm_mute_rules": 100}
"""The largest page size, for operations whose default is smaller."""


class TooManyPagesError(Exception):
    """A read takes more pages than the caller allows."""


class PageLimit:
    """Counts the pages of one read; `most` None allows any number."""

    def __init__(self, most: int | None = None) -> None:
        self._left = most

    def of(self, read: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        """Yield the pages. Raises TooManyPagesError instead of reading one page too many."""
        if self._left == 0:
            raise TooManyPagesError
        for page in read:
            if self._left is not None:
                self._left -= 1
            yield page
            if self._left == 0 and any(page.get(token) for token in _TOKENS):
                raise TooManyPagesError


_TOKENS = ("NextToken", "nextToken")
"""The members of a page that say that there is another."""


def pages(client: Any, operation: str, **request: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every page of an operation. A page is read only when the caller needs it.

    Raises ValueError if there are more pages and boto3 has no paginator for the operation.
    """
    if client.can_paginate(operation):
        size = _PAGE_SIZES.get(operation)
        yield from client.get_paginator(operation).paginate(
            PaginationConfig={"PageSize": size} if size else {}, **request
        )
    else:
        answer = getattr(client, operation)(**request)
        if answer.get("NextToken"):
            raise ValueError(f"{operation} has more pages, and boto3 has no paginator for it")
        yield answer


def items(read: Iterable[Mapping[str, Any]], key: str) -> Iterator[Item]:
    """Yield the items under `key` of the pages."""
    for page in read:
        for item in page.get(key) or ():
            yield kept(item)


def kept(answer: Mapping[str, Any]) -> Item:
    """Return the answer without free text and data about the call; times as in a snapshot.

    Only top-level members are left out: nested names may be the account's own.
    """
    left_out = FREE_TEXT | {"ResponseMetadata"}
    if _ADDRESS.search(str(answer.get("AlarmDescription", ""))):
        left_out |= {"AlarmDescription"}
    return {key: _kept(key, value) for key, value in answer.items() if key not in left_out}


def _kept(key: str, value: object) -> object:
    if isinstance(value, datetime):
        return value.timestamp() if key in TIMES else value.astimezone(UTC).isoformat()
    if isinstance(value, dict):
        return {name: _kept(name, member) for name, member in value.items()}
    if isinstance(value, list):
        return [_kept(key, element) for element in value]
    return value
