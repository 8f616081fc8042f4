"""The one loop: assess, read what could still change the verdict, assess again."""

from collections.abc import Callable

from alarmchain.collector.clients import Clients
from alarmchain.collector.collect import collect
from alarmchain.control import Control
from alarmchain.decision.assess import assess
from alarmchain.decision.assessment import Assessment
from alarmchain.parameters import Parameters
from alarmchain.snapshot.reads import Read
from alarmchain.snapshot.snapshot import Snapshot


def read_and_assess(
    control: Control,
    snapshot: Snapshot,
    region: str,
    parameters: Parameters,
    clients: Clients,
    before_read: Callable[[Read], None] = lambda read: None,
) -> tuple[Assessment, Snapshot]:
    """The final assessment, and the snapshot with all that was read for it.

    `before_read` is told of each read before it is read; what it raises ends the loop. Raises
    CollectError, and RuntimeError should a read be asked for again that was answered.
    """
    while (assessment := assess(control, snapshot, region, parameters)).missing_reads:
        for read in assessment.missing_reads:
            if read in snapshot.reads:
                raise RuntimeError(f"asked again for {describe_read(read)}")
            before_read(read)
            snapshot = collect(snapshot, [read], clients)
    return assessment, snapshot


def describe_read(read: Read) -> str:
    """A read in words: the action, what it is about, and where."""
    about = f" of {read.what[-1]}" if read.what else ""
    account = f" of account {read.account}" if read.account else ""
    return f"{read.kind.value}{about} in {read.region}{account}"
