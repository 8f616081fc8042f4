"""What accounts have in common: the chain of an organization's trail, in the trail's account."""

from collections.abc import Mapping
from dataclasses import replace
from threading import Lock

from alarmchain.snapshot.reads import Read
from alarmchain.snapshot.snapshot import Denied, Snapshot


class Shared:
    """What was read in the owners of organization trails by one account serves the others, whose
    trail is the same: its log group meets a few readers, not one for each member."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._parts: dict[str, tuple[Snapshot, Mapping[Read, Denied | None]]] = {}

    def keep(self, snapshot: Snapshot) -> None:
        """Keeps what the snapshot has of other accounts, unless a read was refused there: what one
        account's role may not read, another's may."""
        with self._lock:
            for owner, part in snapshot.linked.items():
                reads = {
                    read: denied for read, denied in snapshot.reads.items() if read.account == owner
                }
                _, known = self._parts.get(owner, (part, {}))
                if len(reads) > len(known) and not any(reads.values()):
                    self._parts[owner] = (part, reads)

    def given_to(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with all that is known of other accounts that it has not looked at."""
        with self._lock:
            parts = dict(self._parts)
        for owner, (part, reads) in parts.items():
            if owner != snapshot.account and owner not in snapshot.linked:
                snapshot = replace(
                    snapshot,
                    linked={**snapshot.linked, owner: part},
                    reads={**snapshot.reads, **reads},
                )
        return snapshot
