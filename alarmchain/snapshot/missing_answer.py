"""Why a snapshot lacks the answer of a read, for reports: not read, denied or not available."""

from alarmchain.arn import Arn
from alarmchain.chain.api_item import clip, quote
from alarmchain.chain.judgement import Judgement, unknown
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import UNSUPPORTED, Denied, Snapshot

_ANSWER_OF = "the answer of "


def missing_answer(snapshot: Snapshot, read: Read) -> Judgement:
    """Return UNKNOWN for a read whose answer the snapshot lacks."""
    action, subject = read.kind.value, _subject(read)
    asked = f"{action}{_whole_subject(read)}"
    denial = snapshot.denial(read)
    if denial is None:
        return unknown(
            f"not read: {action}{subject}",
            observed=f"no answer of {asked}",
            wanted=f"{_ANSWER_OF}{action}",
            remedy=f"allow {action}",
        )
    if denial.code in UNSUPPORTED:
        return unknown(
            f"not available: {action}{subject} ({denial.code})",
            observed=f"{denial.code} from {asked}",
            wanted=f"{_ANSWER_OF}{action}",
            remedy=f"none: the API in {read.region} does not have this operation",
        )
    return unknown(
        f"denied: {action}{subject}" + (f" ({clip(denial.code, 40)})" if denial.code else ""),
        observed=f"{denial.code or 'denial'} from {asked}",
        wanted=f"{_ANSWER_OF}{action}",
        remedy=f"allow {_denied_action(snapshot, read, denial)}",
    )


def lacks_answer(judgement: Judgement) -> bool:
    """Return whether the judgement is unknown because a read has no answer."""
    return judgement.wanted.startswith(_ANSWER_OF)


def _denied_action(snapshot: Snapshot, read: Read, denial: Denied) -> str:
    """Return what to allow: the read's action, or assuming the role of the other account."""
    assume = ReadKind.ASSUME_ROLE.value
    if not denial.code.startswith(assume):
        return read.kind.value
    roles = (
        each.resource
        for each in snapshot.denied
        if each.action == assume and each.account == read.account
    )
    role = next(roles, "")
    return f"{assume} of {role}" if Arn.parse(role) else assume


def _subject(read: Read) -> str:
    """Return the read's resource, region and account for a message."""
    arn = Arn.parse(read.what[0]) if read.what else None
    name = arn.resource if arn else " ".join(read.what[:2])
    return f"{f' of {quote(name)}' if name else ''}{_where(read)}"


def _whole_subject(read: Read) -> str:
    """Return the read's resource, region and account, not shortened."""
    return f"{f' of {" ".join(read.what)}' if read.what else ''}{_where(read)}"


def _where(read: Read) -> str:
    return f" in {read.region}" + (f" of account {read.account}" if read.account else "")
