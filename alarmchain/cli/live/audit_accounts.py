"""Audits many accounts at once; a failure in one account does not stop the others.

The reads of an account are sequential, so that each of its API quotas has a single reader.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from threading import Event

from alarmchain.cli.live.audit_account import AccountAudit, now
from alarmchain.cli.live.targets import RegionsOf
from alarmchain.cli.live.trail_owner_cache import TrailOwnerCache
from alarmchain.cli.progress import Progress
from alarmchain.collector.clients import Clients
from alarmchain.collector.errors import CollectError
from alarmchain.control import Control
from alarmchain.decision.assessment import Assessment
from alarmchain.parameters import Parameters
from alarmchain.report.findings import Failure

AT_ONCE = 16
"""Accounts that are read at the same time; each mostly waits for AWS."""

Outcomes = list[Assessment | Failure]


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """What is audited in every account."""

    controls: tuple[Control, ...]
    parameters: Parameters
    regions: RegionsOf


class _StoppedError(Exception):
    """The audit was stopped."""


def audit_accounts(
    accounts: Iterable[str],
    open_account: Callable[[str], Clients],
    request: AuditRequest,
    progress: Progress,
) -> Outcomes:
    """Return the result of every control in every region of every account.

    `open_account` returns an account's clients, or raises CollectError: that account is then one
    Failure. KeyboardInterrupt ends the work at the next region.
    """
    accounts = tuple(accounts)
    stop, trail_owners = Event(), TrailOwnerCache()

    def audit(account: str) -> Outcomes:
        def on_region(region: str) -> None:
            if stop.is_set():
                raise _StoppedError
            progress.region(account, region)

        try:
            clients = open_account(account)
            regions = request.regions(clients)
            progress.account(account, len(regions))
            account_audit = AccountAudit(account, clients, request.parameters, now(), trail_owners)
            return list(account_audit.run(request.controls, regions, on_region))
        except CollectError as error:
            return [Failure(account, "", "", str(error))]
        finally:
            progress.done(account)

    with ThreadPoolExecutor(min(AT_ONCE, len(accounts))) as pool:
        futures: list[Future[Outcomes]] = [pool.submit(audit, account) for account in accounts]
        try:
            return [each for future in as_completed(futures) for each in future.result()]
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
