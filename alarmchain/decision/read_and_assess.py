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
    """Return the final assessment, and the snapshot with everything that was read for it.

    `before_read` is called with each read before it is made; an error that it raises ends the loop.
    Raises CollectError, and RuntimeError if `assess` asks again for a read that was made.
    """
    while (assessment := assess(control, snapshot, region, parameters)).missing_reads:
        for read in assessment.missing_reads:
            if read in snapshot.reads:
                raise RuntimeError(f"asked again for {describe_read(read)}")
            before_read(read)
            snapshot = collect(snapshot, [read], clients)
    return assessment, snapshot


def describe_read(read: Read) -> str:
    """Return the read in words: the action, the resource, the region and the account."""
    resource = f" of {read.what[-1]}" if read.what else ""
    account = f" of account {read.account}" if read.account else ""
    return f"{read.kind.value}{resource} in {read.region}{account}"
