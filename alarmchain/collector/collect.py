"""Needs answered: AWS → Snapshot."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from alarmchain.collector.clients import Clients
from alarmchain.collector.consistency import check
from alarmchain.collector.errors import RefusedError, failure, unreadable
from alarmchain.collector.readers import READERS, Filing, Read
from alarmchain.collector.sdk_gaps import MUTE_RULES, blind_to
from alarmchain.snapshot.reads import Need, ReadKind
from alarmchain.snapshot.snapshot import Denied, Snapshot


def collect(snapshot: Snapshot, needs: Iterable[Need], clients: Clients) -> Snapshot:
    """The snapshot with every need answered.

    What is not there is answered by nothing. What is refused is a `Denied`, and a read in another
    account that fails for want of its role is two: of the role and of the read. What boto3 cannot
    see is put into `sdk_gaps`. Raises CollectError: AWS failed after all retries, or in a way that
    is no answer; never is that taken for an empty one.
    """
    for need in needs:
        if need not in snapshot.reads:
            snapshot = _answer(snapshot, need, clients)
    return snapshot


def _answer(snapshot: Snapshot, need: Need, clients: Clients) -> Snapshot:
    service = need.kind.value.partition(":")[0]
    try:
        client = clients.of(service, need.region, need.account)
    except RefusedError as refused:
        if not need.account:
            raise
        resource = clients.role or need.account
        role = Denied(ReadKind.ASSUME_ROLE.value, resource, need.region, refused.code, need.account)
        if role not in snapshot.denied:
            snapshot = replace(snapshot, denied=(*snapshot.denied, role))
        return snapshot.with_read(need, _denied(need, f"{role.action}: {refused.code}"))
    if need.kind is ReadKind.ASSUME_ROLE:
        return snapshot.with_read(need)
    sdk_gaps = blind_to(need.kind, client)
    if sdk_gaps:
        snapshot = replace(snapshot, sdk_gaps={**snapshot.sdk_gaps, **sdk_gaps})
    if MUTE_RULES in sdk_gaps:
        return snapshot.with_read(need)
    try:
        filings = _read(snapshot, need, client)
    except RefusedError as refused:
        return snapshot.with_read(need, _denied(need, refused.code))
    return _filed(snapshot, need.account, filings).with_read(need)


def _read(snapshot: Snapshot, need: Need, client: Any) -> list[Filing]:
    before = _part(snapshot, need.account)
    try:
        filings = list(READERS[need.kind](Read(need, client, before)))
    except (BotoCoreError, ClientError) as error:
        meaning = failure(error, need.kind.value, need.region)
        if meaning is not None:
            raise meaning from error
        filings = []
    except (ResponseParserError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise unreadable(error, need.kind.value, need.region) from error
    check(need, before, filings)
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


def _denied(need: Need, code: str) -> Denied:
    return Denied(need.kind.value, "/".join(need.what) or "*", need.region, code)
