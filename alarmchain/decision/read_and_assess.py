"""The one loop: assess, read what could still change the verdict, assess again."""

from collections.abc import Callable

from alarmchain.collector import Clients, collect
from alarmchain.control import Control
from alarmchain.decision.assess import assess
from alarmchain.decision.assessment import Assessment
from alarmchain.parameters import Parameters
from alarmchain.snapshot.reads import Need
from alarmchain.snapshot.snapshot import Snapshot


def follow(
    control: Control,
    snapshot: Snapshot,
    region: str,
    parameters: Parameters,
    clients: Clients,
    before_read: Callable[[Need], None] = lambda need: None,
) -> tuple[Assessment, Snapshot]:
    """The final assessment, and the snapshot with all that was read for it.

    `before_read` is told of each need before it is read; what it raises ends the loop. Raises
    CollectError, and RuntimeError should a need be asked for again that was answered.
    """
    while (assessment := assess(control, snapshot, region, parameters)).needs:
        for need in assessment.needs:
            if need in snapshot.reads:
                raise RuntimeError(f"asked again for {described(need)}")
            before_read(need)
            snapshot = collect(snapshot, [need], clients)
    return assessment, snapshot


def described(need: Need) -> str:
    """A need in words: the action, what it is about, and where."""
    about = f" of {need.what[-1]}" if need.what else ""
    account = f" of account {need.account}" if need.account else ""
    return f"{need.kind.value}{about} in {need.region}{account}"
