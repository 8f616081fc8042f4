"""Audits one account as it is now."""

import time
from collections.abc import Callable, Iterable, Iterator

from botocore.loaders import Loader

from alarmchain.cli.live.shared_reads import SharedReads
from alarmchain.cli.live.trail_owner_cache import TrailOwnerCache
from alarmchain.collector.clients import Clients
from alarmchain.collector.errors import CollectError
from alarmchain.control import Call, Control
from alarmchain.decision.assessment import Assessment, Outcome
from alarmchain.decision.read_and_assess import read_and_assess
from alarmchain.parameters import Parameters
from alarmchain.report.findings import Failure
from alarmchain.snapshot.reads import Read
from alarmchain.snapshot.snapshot import Snapshot

UNREACHABLE = 3
"""After so many unreachable regions in a row, the account's other regions are not tried. The cause
is probably the network, and waiting for each region would take minutes."""


def now() -> float:
    """Return the time in whole epoch seconds, as a snapshot file has it."""
    return float(int(time.time()))


class AccountAudit:
    """An audit of one account, in which all rules and regions share what was read.

    It holds the account's snapshot, which grows, and the failed reads, which are not repeated.
    """

    def __init__(
        self,
        account: str,
        clients: Clients,
        parameters: Parameters,
        at: float,
        trail_owners: TrailOwnerCache,
    ) -> None:
        """`at`: the time of the audit, in epoch seconds; all accounts share `trail_owners`."""
        self._account = account
        self._clients = clients
        self._parameters = parameters
        self._snapshot = Snapshot(account, at)
        self._trail_owners = trail_owners
        self._failed: dict[Read, CollectError] = {}

    def run(
        self,
        controls: tuple[Control, ...],
        regions: Iterable[str],
        on_region: Callable[[str], None] = lambda region: None,
    ) -> Iterator[Assessment | Failure]:
        """Yield the result of every control in every region.

        `on_region` is called with each region before it is read.
        """
        reads = SharedReads(self._clients, len(controls))
        unreachable, last_error = 0, ""
        for region in regions:
            on_region(region)
            not_tried = ""
            if unreachable >= UNREACHABLE:
                not_tried = (
                    f"not tried: {unreachable} regions in a row failed, the last: {last_error}"
                )
            failed = reached = False
            self._snapshot = self._trail_owners.add_to(self._snapshot)
            for control in controls:
                try:
                    assessment = self._assess(control, region, reads, not_tried)
                    reached |= assessment.outcome is not Outcome.NOT_APPLICABLE
                    yield assessment
                except CollectError as error:
                    failed |= error.transient
                    reached |= not error.transient
                    last_error = last_error if not_tried else str(error)
                    yield Failure(self._account, region, control.name, str(error))
                except Exception as error:  # noqa: BLE001 - reported; the others are still assessed
                    reached = True
                    reason = f"the assessment failed: {type(error).__name__}: {error}"
                    yield Failure(self._account, region, control.name, reason)
            self._trail_owners.store(self._snapshot)
            if reached:
                unreachable = 0
            elif failed and not not_tried:
                unreachable += 1

    def _assess(
        self, control: Control, region: str, reads: SharedReads, not_tried: str
    ) -> Assessment:
        """Return the assessment; all answers are kept, also before a read that fails.

        `not_tried`: why nothing may be read, "" if it may. Raises CollectError.
        """

        def answer(snapshot: Snapshot, read: Read) -> Snapshot:
            if not_tried:
                raise CollectError(not_tried, transient=True)
            if read in self._failed:
                raise self._failed[read]
            try:
                self._snapshot = reads.answer(snapshot, read)
            except CollectError as error:
                self._failed[read] = error
                raise
            return self._snapshot

        assessment, _ = read_and_assess(control, self._snapshot, region, self._parameters, answer)
        return assessment


def unknown_operations(calls: Iterable[Call]) -> list[Call]:
    """Return the calls whose service botocore knows, but not their operation.

    Such a call may still exist: CloudTrail's names sometimes differ from the API's.
    """
    loader = Loader()
    services = set(loader.list_available_services("service-2"))
    unknown = []
    for call in calls:
        service = call.event_source.partition(".")[0]
        if service in services:
            operations = loader.load_service_model(service, "service-2")["operations"]
            unknown += [] if call.event_name in operations else [call]
    return unknown
