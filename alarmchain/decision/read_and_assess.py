"""The one loop: assess, read what could still change the verdict, assess again. Pure by itself."""

from collections.abc import Callable

from alarmchain.control import Control
from alarmchain.decision.assess import assess
from alarmchain.decision.assessment import Assessment
from alarmchain.parameters import Parameters
from alarmchain.snapshot.reads import Read
from alarmchain.snapshot.snapshot import Snapshot

Answer = Callable[[Snapshot, Read], Snapshot]
"""A function that returns the snapshot with the answer of the read, which it takes from AWS."""


def read_and_assess(
    control: Control, snapshot: Snapshot, region: str, parameters: Parameters, answer: Answer
) -> tuple[Assessment, Snapshot]:
    """Return the final assessment, and the snapshot with everything that was read for it.

    An error that `answer` raises ends the loop. Raises RuntimeError if `assess` asks again for a
    read that was made.
    """
    while (assessment := assess(control, snapshot, region, parameters)).missing_reads:
        for read in assessment.missing_reads:
            if read in snapshot.reads:
                raise RuntimeError(f"asked again for {describe_read(read)}")
            snapshot = answer(snapshot, read)
    return assessment, snapshot


def describe_read(read: Read) -> str:
    """Return the read in words: the action, the resource, the region and the account."""
    resource = f" of {read.what[-1]}" if read.what else ""
    account = f" of account {read.account}" if read.account else ""
    return f"{read.kind.value}{resource} in {read.region}{account}"
