"""One API call after another, each item in the form in which a snapshot keeps it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from alarmchain.snapshot.snapshot import TIMES, Item

FREE_TEXT = frozenset({"AlarmDescription", "Description", "StateReason", "StateReasonData"})
"""Members that people write for people: nothing hangs on them, and whatever may stand in them, an
address or a token, is not kept."""

_PAGE_SIZES = {"describe_alarms": 100, "list_alarm_mute_rules": 100}
"""The most that AWS gives at once, where its default is less."""


def pages(client: Any, operation: str, **request: Any) -> Iterator[Mapping[str, Any]]:
    """Every page of an operation, read as it is asked for; a single one if it does not page.

    Raises ValueError where there are more pages than boto3 knows how to ask for.
    """
    if client.can_paginate(operation):
        size = _PAGE_SIZES.get(operation)
        yield from client.get_paginator(operation).paginate(
            PaginationConfig={"PageSize": size} if size else {}, **request
        )
    else:
        answer = getattr(client, operation)(**request)
        if answer.get("NextToken"):
            raise ValueError(f"{operation} has more pages, and boto3 cannot turn them")
        yield answer


def items(client: Any, operation: str, key: str, **request: Any) -> Iterator[Item]:
    """The items under `key` of every page."""
    for page in pages(client, operation, **request):
        for item in page.get(key) or ():
            yield kept(item)


def kept(answer: Mapping[str, Any]) -> Item:
    """The answer without what is about the call itself, and free text; times as the snapshot has
    them. Further down in it names are the account's own, and all stay."""
    left_out = FREE_TEXT | {"ResponseMetadata"}
    return {key: _kept(key, value) for key, value in answer.items() if key not in left_out}


def _kept(key: str, value: object) -> object:
    if isinstance(value, datetime):
        return value.timestamp() if key in TIMES else value.astimezone(UTC).isoformat()
    if isinstance(value, dict):
        return {name: _kept(name, one) for name, one in value.items()}
    if isinstance(value, list):
        return [_kept(key, one) for one in value]
    return value
