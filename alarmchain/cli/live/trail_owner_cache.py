"""A cache of what was read in the accounts that own organization trails."""

from collections.abc import Mapping
from dataclasses import replace
from threading import Lock

from alarmchain.snapshot.reads import Read
from alarmchain.snapshot.snapshot import Denied, Snapshot


class TrailOwnerCache:
    """What one account's audit read in a trail owner's account, for the other accounts.

    The accounts share the trail, so its log group is read a few times, not once for each account.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._parts: dict[str, tuple[Snapshot, Mapping[Read, Denied | None]]] = {}
        self._sdk_gaps: dict[str, str] = {}

    def store(self, snapshot: Snapshot) -> None:
        """Store the linked accounts of the snapshot, unless a read was denied there: the role of
        another account may be allowed to make it."""
        with self._lock:
            for owner, part in snapshot.linked.items():
                reads = {
                    read: denied for read, denied in snapshot.reads.items() if read.account == owner
                }
                _, known = self._parts.get(owner, (part, {}))
                if len(reads) > len(known) and not any(reads.values()):
                    self._parts[owner] = (part, reads)
                    self._sdk_gaps |= snapshot.sdk_gaps

    def add_to(self, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot with the stored accounts that it has not read itself.

        With them come the gaps of the boto3 that read them: their answers may lack members.
        """
        with self._lock:
            parts, sdk_gaps = dict(self._parts), dict(self._sdk_gaps)
        for owner, (part, reads) in parts.items():
            if owner != snapshot.account and owner not in snapshot.linked:
                snapshot = replace(
                    snapshot,
                    linked={**snapshot.linked, owner: part},
                    reads={**snapshot.reads, **reads},
                    sdk_gaps={**snapshot.sdk_gaps, **sdk_gaps},
                )
        return snapshot
