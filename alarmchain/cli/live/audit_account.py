"""One account as it is now."""

import time
from collections.abc import Callable, Iterable, Iterator

from botocore.loaders import Loader

from alarmchain.cli.live.trail_owner_cache import Shared
from alarmchain.collector.clients import Clients
from alarmchain.collector.errors import CollectError
from alarmchain.control import Call, Control
from alarmchain.decision.assessment import Assessment
from alarmchain.decision.read_and_assess import read_and_assess
from alarmchain.parameters import Parameters
from alarmchain.report.findings import Failure
from alarmchain.snapshot.reads import Read
from alarmchain.snapshot.snapshot import Snapshot

UNREACHABLE = 3
"""So many regions in a row that can't be reached, and the account's others are not tried: waiting
for each of them in vain would take minutes, and it is the network."""


def now() -> float:
    """Epoch seconds, whole ones: as a snapshot file has them."""
    return float(int(time.time()))


class AccountAudit:
    """An audit of one account: what was read for one rule or region serves the others.

    It holds the one snapshot, which grows, and the reads that failed, which are not tried again.
    """

    def __init__(
        self,
        account: str,
        clients: Clients,
        parameters: Parameters,
        at: float,
        shared: Shared,
    ) -> None:
        """`at`: the moment of which it tells, in epoch seconds; `shared` by all accounts."""
        self._account = account
        self._clients = clients
        self._parameters = parameters
        self._snapshot = Snapshot(account, at)
        self._shared = shared
        self._failed: dict[Read, CollectError] = {}

    def run(
        self,
        controls: tuple[Control, ...],
        regions: Iterable[str],
        told: Callable[[str], None] = lambda region: None,
    ) -> Iterator[Assessment | Failure]:
        """Every control in every region; `told` hears of each region before it is looked at."""
        in_vain, last = 0, ""
        for region in regions:
            told(region)
            if in_vain >= UNREACHABLE:
                why = f"not tried, for {in_vain} regions in a row failed; the last: {last}"
                yield from (Failure(self._account, region, one.name, why) for one in controls)
                continue
            lost = 0
            self._snapshot = self._shared.given_to(self._snapshot)
            for control in controls:
                try:
                    yield self._follow(control, region)
                except CollectError as error:
                    lost, last = lost + int(error.transient), str(error)
                    yield Failure(self._account, region, control.name, str(error))
                except Exception as error:  # noqa: BLE001 - told as an error, and the rest goes on
                    why = f"cannot be assessed: {type(error).__name__}: {error}"
                    yield Failure(self._account, region, control.name, why)
            self._shared.keep(self._snapshot)
            in_vain = in_vain + 1 if lost == len(controls) else 0

    def _follow(self, control: Control, region: str) -> Assessment:
        asked: list[Read] = []

        def before(read: Read) -> None:
            asked.append(read)
            if read in self._failed:
                raise self._failed[read]

        try:
            assessment, self._snapshot = read_and_assess(
                control, self._snapshot, region, self._parameters, self._clients, before
            )
        except CollectError as error:
            self._failed |= dict.fromkeys(asked[-1:], error)
            raise
        return assessment


def unheard_of(calls: Iterable[Call]) -> list[Call]:
    """Those of the calls that botocore has no operation for, though it knows their service.

    CloudTrail's names are not always the APIs' own, so such a call may exist all the same.
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
