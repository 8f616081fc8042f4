"""Answers the reads of several rules with few calls: what many of them need is read once."""

from alarmchain.collector.api_pages import TooManyPagesError
from alarmchain.collector.clients import Clients
from alarmchain.collector.collect import collect
from alarmchain.collector.errors import CollectError
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import Snapshot

MOST_PAGES = 3
"""The most calls that one attempt to read a whole region may cost. A page has 50 metric filters or
100 alarms. An account with more of them is read as each rule asks."""


class SharedReads:
    """The reads of one account's audit.

    Each rule asks for its own metric and alarm. With several rules, one read of all metric filters,
    all alarms or all mute rules of the region takes fewer calls, unless the region has many.
    """

    def __init__(self, clients: Clients, rules: int) -> None:
        """`rules`: how many rules are audited."""
        self._clients = clients
        self._most_pages = min(MOST_PAGES, rules - 1)
        self._tried: set[Read] = set()

    def answer(self, snapshot: Snapshot, read: Read) -> Snapshot:
        """Return the snapshot with the answer of the read. Raises CollectError."""
        whole = read.of_region
        if whole is not None and self._most_pages > 0 and self._may_try(snapshot, whole):
            answered = self._answer_whole(snapshot, whole)
            if answered is not None:
                return answered
        return collect(snapshot, [read], self._clients)

    def _may_try(self, snapshot: Snapshot, whole: Read) -> bool:
        """Return whether the read of the region was not tried, and would be complete.

        A rule that mutes alarms is read for each known alarm, so all of them must be known.
        """
        if whole in self._tried:
            return False
        alarms = Read(ReadKind.ALL_ALARMS, whole.region, (), whole.account)
        return whole.kind is not ReadKind.MUTE_RULES or snapshot.answered(alarms)

    def _answer_whole(self, snapshot: Snapshot, whole: Read) -> Snapshot | None:
        """Return the snapshot with the answer; None if it fails, is refused or has many pages.

        It may fail where the read of one resource does not: a policy may allow that alone. An old
        boto3 may lack a member of this answer that the other does not have.
        """
        self._tried.add(whole)
        try:
            answered = collect(snapshot, [whole], self._clients, self._most_pages)
        except (CollectError, TooManyPagesError):
            return None
        complete = answered.answered(whole) and answered.sdk_gaps == snapshot.sdk_gaps
        return answered if complete else None
