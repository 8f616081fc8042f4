"""What of a snapshot was read, what was denied, and what is still to be read.

What was not read is noted in `wanted`, so that it can be read and the question asked again. What
was denied stays unknown, with the action to allow.
"""

from collections.abc import Callable

from alarmchain.arn import Arn
from alarmchain.chain.api_item import clip, quote
from alarmchain.chain.judgement import Judgement, unknown
from alarmchain.chain.topic.iam_wildcard import matches
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import Denied, Region, Snapshot


class ReadStatus:
    """The state of all reads of one snapshot; `account` "" is the audited account itself."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        answered = set(snapshot.reads.values())
        # What was asked for is answered exactly; refusals told beside that name what they hit.
        self._refusals = tuple(one for one in snapshot.denied if one not in answered)
        self.wanted: dict[Read, None] = {}

    def noting[T](self, ask: Callable[[], T]) -> tuple[T, tuple[Read, ...]]:
        """What `ask` returns, and all that it wanted, whether or not it was wanted before."""
        before, self.wanted = self.wanted, {}
        try:
            found = ask()
            return found, tuple(self.wanted)
        finally:
            self.wanted = {**before, **self.wanted}

    def part(self, account: str) -> Snapshot:
        """What was read in an account."""
        if account in ("", self._snapshot.account):
            return self._snapshot
        return self._snapshot.linked.get(account, Snapshot(account, self._snapshot.collected_at))

    def region(self, name: str, account: str) -> Region:
        """What was read in a region of an account."""
        return self.part(account).regions.get(name, Region())

    def read(self, kind: ReadKind, region: str, what: tuple[str, ...], account: str) -> Read:
        """The read as it is filed: the audited account is the unnamed one."""
        return Read(kind, region, what, "" if account == self._snapshot.account else account)

    def gap(self, read: Read, *collections: str) -> Judgement | None:
        """Why the rooms lack what is needed, None if they don't: they are complete, or it was
        read. A refusal of just this read outweighs a room that looks complete."""
        if self.answered(read):
            return None
        region = self.region(read.region, read.account)
        complete = all(region.complete(collection) for collection in collections)
        denied = self._denial(read)
        if complete and (denied is None or denied.account != read.account):
            return None
        return self.missing(read)

    def answered(self, read: Read) -> bool:
        """Whether it was read."""
        return read in self._snapshot.reads and self._snapshot.reads[read] is None

    def was_refused(self, read: Read) -> bool:
        """Whether a refusal is told that is none of our own reads'."""
        return self._told_denial(read) is not None

    def _denial(self, read: Read) -> Denied | None:
        return self._snapshot.reads.get(read) or self._told_denial(read)

    def _told_denial(self, read: Read) -> Denied | None:
        if read in self._snapshot.reads:
            return None
        return next((denied for denied in self._refusals if _concerns(denied, read)), None)

    def missing(self, read: Read) -> Judgement:
        """That the answer is not there; noted as wanted, where it may be read."""
        denied = self._denial(read)
        action, what = read.kind.value, _shown(read)
        if denied is None:
            if read not in self._snapshot.reads:
                self.wanted[read] = None
            return unknown(
                f"not read: {action}{what}",
                wanted=f"the answer of {action}",
                remedy=f"allow {action}",
            )
        role = ReadKind.ASSUME_ROLE.value
        return unknown(
            f"denied: {action}{what}" + (f" ({clip(denied.code, 40)})" if denied.code else ""),
            observed=denied.code,
            wanted=f"the answer of {action}",
            remedy=f"allow {role if denied.code.startswith(role) else action}",
        )


def _shown(read: Read) -> str:
    """Of what, and where, for a sentence."""
    arn = Arn.parse(read.what[0]) if read.what else None
    name = arn.resource if arn else " ".join(read.what[:2])
    of = f" of {quote(name)}" if name else ""
    return f"{of} in {read.region}" + (f" of account {read.account}" if read.account else "")


def _concerns(denied: Denied, read: Read) -> bool:
    """Whether a refusal that was told keeps the read's answer, or a part of it, from us."""
    if denied.action != read.kind.value or denied.region not in ("", read.region):
        return False
    if denied.account not in ("", read.account):
        return False
    if len(read.what) != 1 or denied.resource in ("", "*"):
        return True
    return read.what[0] in denied.resource or matches(denied.resource, read.what[0])
