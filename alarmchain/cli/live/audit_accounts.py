"""An audit of many accounts at once; what fails in one is told, and the others go on.

Within an account one read follows another, so that each of its API quotas meets one reader.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from threading import Event

from alarmchain.cli.live.audit_account import AccountAudit
from alarmchain.cli.live.targets import Regions
from alarmchain.cli.live.trail_owner_cache import Shared
from alarmchain.cli.progress import Progress
from alarmchain.collector.clients import Clients
from alarmchain.collector.errors import CollectError
from alarmchain.control import Control
from alarmchain.decision.assessment import Assessment
from alarmchain.parameters import Parameters
from alarmchain.report.findings import Failure

AT_ONCE = 16
"""Accounts that are read side by side; each is mostly waiting for AWS."""

Found = list[Assessment | Failure]


@dataclass(frozen=True, slots=True)
class Audit:
    """What is asked of every account. `at` in epoch seconds."""

    controls: tuple[Control, ...]
    parameters: Parameters
    regions: Regions
    at: float


class _StoppedError(Exception):
    """The audit is given up."""


def audit_accounts(
    accounts: Iterable[str], open_account: Callable[[str], Clients], audit: Audit, watch: Progress
) -> Found:
    """Every control in every region of every account.

    `open_account` gives an account's clients, or raises CollectError: that account is then one
    Failure. KeyboardInterrupt ends the work at the next region.
    """
    accounts = tuple(accounts)
    stop, shared = Event(), Shared()

    def one(account: str) -> Found:
        def told(region: str) -> None:
            if stop.is_set():
                raise _StoppedError
            watch.region(account, region)

        try:
            clients = open_account(account)
            regions = audit.regions(clients)
            watch.account(account, len(regions))
            run = AccountAudit(account, clients, audit.parameters, audit.at, shared).run
            return list(run(audit.controls, regions, told))
        except CollectError as error:
            return [Failure(account, "", "", str(error))]
        finally:
            watch.done(account)

    with ThreadPoolExecutor(min(AT_ONCE, len(accounts))) as pool:
        started: list[Future[Found]] = [pool.submit(one, account) for account in accounts]
        try:
            return [item for future in as_completed(started) for item in future.result()]
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
