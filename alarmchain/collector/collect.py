"""Answer reads: AWS → Snapshot."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from alarmchain.collector.clients import Clients
from alarmchain.collector.consistency import check
from alarmchain.collector.errors import RefusedError, failure, unreadable
from alarmchain.collector.readers import READERS, Filing, ReadRequest
from alarmchain.collector.sdk_gaps import MUTE_RULES, blind_to
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import Denied, Snapshot


def collect(snapshot: Snapshot, reads: Iterable[Read], clients: Clients) -> Snapshot:
    """The snapshot with every read answered.

    What is not there is answered by nothing. What is refused is a `Denied`, and a read in another
    account that fails for want of its role is two: of the role and of the read. What boto3 cannot
    see is put into `sdk_gaps`. Raises CollectError: AWS failed after all retries, or in a way that
    is no answer; never is that taken for an empty one.
    """
    for read in reads:
        if read not in snapshot.reads:
            snapshot = _answer(snapshot, read, clients)
    return snapshot


def _answer(snapshot: Snapshot, read: Read, clients: Clients) -> Snapshot:
    service = read.kind.value.partition(":")[0]
    try:
        client = clients.of(service, read.region, read.account)
    except RefusedError as refused:
        if not read.account:
            raise
        resource = clients.role or read.account
        role = Denied(ReadKind.ASSUME_ROLE.value, resource, read.region, refused.code, read.account)
        if role not in snapshot.denied:
            snapshot = replace(snapshot, denied=(*snapshot.denied, role))
        return snapshot.with_read(read, _denied(read, f"{role.action}: {refused.code}"))
    if read.kind is ReadKind.ASSUME_ROLE:
        return snapshot.with_read(read)
    sdk_gaps = blind_to(read.kind, client)
    if sdk_gaps:
        snapshot = replace(snapshot, sdk_gaps={**snapshot.sdk_gaps, **sdk_gaps})
    if MUTE_RULES in sdk_gaps:
        return snapshot.with_read(read)
    try:
        filings = _read(snapshot, read, client)
    except RefusedError as refused:
        return snapshot.with_read(read, _denied(read, refused.code))
    return _filed(snapshot, read.account, filings).with_read(read)


def _read(snapshot: Snapshot, read: Read, client: Any) -> list[Filing]:
    before = _part(snapshot, read.account)
    try:
        filings = list(READERS[read.kind](ReadRequest(read, client, before)))
    except (BotoCoreError, ClientError) as error:
        meaning = failure(error, read.kind.value, read.region)
        if meaning is not None:
            raise meaning from error
        filings = []
    except (ResponseParserError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise unreadable(error, read.kind.value, read.region) from error
    check(read, before, filings)
    return filings


def _filed(snapshot: Snapshot, account: str, filings: Iterable[Filing]) -> Snapshot:
    part = _part(snapshot, account)
    for filing in filings:
        part = part.with_items(filing.region, filing.collection, filing.items)
    if _is_own(snapshot, account):
        return part
    return replace(snapshot, linked={**snapshot.linked, account: part})


def _part(snapshot: Snapshot, account: str) -> Snapshot:
    """The account's own part of the snapshot."""
    if _is_own(snapshot, account):
        return snapshot
    return snapshot.linked.get(account, Snapshot(account, snapshot.collected_at))


def _is_own(snapshot: Snapshot, account: str) -> bool:
    return account in ("", snapshot.account)


def _denied(read: Read, code: str) -> Denied:
    return Denied(read.kind.value, "/".join(read.what) or "*", read.region, code)
