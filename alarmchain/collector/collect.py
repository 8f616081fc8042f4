"""Answer reads: AWS → Snapshot."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from alarmchain.collector.api_pages import PageLimit
from alarmchain.collector.clients import Clients
from alarmchain.collector.consistency import check
from alarmchain.collector.errors import CollectError, RefusedError, failure, unreadable
from alarmchain.collector.readers import READERS, CollectedItems, ReadRequest
from alarmchain.collector.sdk_models import find_sdk_gaps
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.sdk_gaps import NEWER_MEMBERS
from alarmchain.snapshot.snapshot import Denied, Snapshot


def collect(
    snapshot: Snapshot, reads: Iterable[Read], clients: Clients, most_pages: int | None = None
) -> Snapshot:
    """Return the snapshot with every read answered.

    A resource that does not exist adds no item. A refused read adds a `Denied`; if the role into
    another account cannot be assumed, there are two: one for sts:AssumeRole, one for the read. What
    boto3 does not know is added to `sdk_gaps`. Raises CollectError if AWS failed after all retries
    or gave an unreadable answer: that is never taken for an empty answer. Raises TooManyPagesError
    if a read takes more than `most_pages`; None allows any number.
    """
    for read in reads:
        if read not in snapshot.reads:
            snapshot = _answer(snapshot, read, clients, most_pages)
    return snapshot


def _answer(snapshot: Snapshot, read: Read, clients: Clients, most_pages: int | None) -> Snapshot:
    service = read.kind.value.partition(":")[0]
    try:
        client = clients.of(service, read.region, read.account)
    except RefusedError as error:
        if not read.account:
            raise
        resource = clients.role or read.account
        role = Denied(ReadKind.ASSUME_ROLE.value, resource, read.region, error.code, read.account)
        if role not in snapshot.denied:
            snapshot = replace(snapshot, denied=(*snapshot.denied, role))
        return snapshot.with_read(read, _denied(read, f"{role.action}: {error.code}"))
    if read.kind is ReadKind.ASSUME_ROLE:
        return snapshot.with_read(read)
    sdk_gaps = find_sdk_gaps(read.kind, client)
    snapshot = replace(snapshot, sdk_gaps={**snapshot.sdk_gaps, **sdk_gaps})
    if read.kind in NEWER_MEMBERS and NEWER_MEMBERS[read.kind].operation in sdk_gaps:
        return snapshot.with_read(read)  # boto3 cannot call the operation
    try:
        answer = _read(snapshot, read, client, PageLimit(most_pages))
    except RefusedError as error:
        return snapshot.with_read(read, _denied(read, error.code))
    part = snapshot.part(read.account)
    for items in answer:
        part = part.with_items(items.region, items.collection, items.items)
    return snapshot.with_part(part).with_read(read)


def _read(snapshot: Snapshot, read: Read, client: Any, limit: PageLimit) -> list[CollectedItems]:
    before = snapshot.part(read.account)
    try:
        answer = list(READERS[read.kind](ReadRequest(read, client, before, limit)))
    except (BotoCoreError, ClientError) as error:
        meaning = failure(error, read.kind.value, read.region)
        if meaning is not None:
            raise meaning from error
        if not read.may_find_nothing:
            what = f"{read.kind.value} in {read.region} failed"
            raise CollectError(
                f"{what}: a resource was deleted during the read: {error}", transient=True
            ) from error
        answer = []
    except (ResponseParserError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise unreadable(error, read.kind.value, read.region) from error
    check(read, before, answer)
    return answer


def _denied(read: Read, code: str) -> Denied:
    return Denied(read.kind.value, "/".join(read.what) or "*", read.region, code)
