"""Many accounts at once: the limit, and an interruption."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock
from typing import Any

import pytest

from alarmchain.cli.live import audit_accounts as audit_accounts_module
from alarmchain.cli.live.audit_accounts import AuditRequest, audit_accounts
from alarmchain.cli.progress import Progress
from alarmchain.collector.errors import CollectError
from alarmchain.control import known_controls
from alarmchain.parameters import Parameters
from alarmchain.report.findings import Failure

CONTROLS = tuple(known_controls().values())
ACCOUNTS = [f"{number:012}" for number in range(12)]
REGIONS = ("us-east-1", "eu-west-1", "eu-west-2")
AUDIT = AuditRequest(CONTROLS, Parameters.read({}), lambda clients: REGIONS)


def test_the_limit_of_accounts_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three accounts begin together; the fourth begins when one of them is done."""
    monkeypatch.setattr(audit_accounts_module, "AT_ONCE", 3)
    together, lock = Barrier(3, timeout=10), Lock()
    inside: list[str] = []
    most = 0

    def open_account(account: str) -> Any:
        nonlocal most
        with lock:
            inside.append(account)
            most = max(most, len(inside))
        together.wait()
        with lock:
            inside.remove(account)
        raise CollectError("no role")

    with Progress(len(ACCOUNTS)) as progress:
        outcomes = audit_accounts(ACCOUNTS, open_account, AUDIT, progress)
    assert most == 3
    assert sorted(outcomes, key=lambda outcome: outcome.account) == [
        Failure(account, "", "", "no role") for account in ACCOUNTS
    ]


def test_an_interruption_ends_it_at_the_next_region(monkeypatch: pytest.MonkeyPatch) -> None:
    """After Ctrl-C no account begins another region."""
    begun: list[str] = []
    visited: list[str] = []
    go = Barrier(2, timeout=10)

    class Slow:
        """An account's audit that is in its first region during the interruption."""

        def __init__(self, account: str, *_: Any) -> None:
            self.account = account

        def run(self, controls: Any, regions: tuple[str, ...], on_region: Any) -> Iterator[Any]:
            begun.append(self.account)
            on_region(regions[0])
            visited.append(regions[0])
            go.wait()  # the interruption begins
            go.wait()  # the executor is stopped
            for region in regions[1:]:
                on_region(region)
                visited.append(region)
            yield from ()

    def interrupted(_: Any) -> Any:
        go.wait()
        raise KeyboardInterrupt

    def no_clients(account: str) -> Any:
        return None

    class Pool(ThreadPoolExecutor):
        """An executor that lets the account continue when it is stopped."""

        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            if not wait:
                go.wait()
            super().shutdown(wait, cancel_futures=cancel_futures)

    monkeypatch.setattr(audit_accounts_module, "AT_ONCE", 1)
    monkeypatch.setattr(audit_accounts_module, "AccountAudit", Slow)
    monkeypatch.setattr(audit_accounts_module, "as_completed", interrupted)
    monkeypatch.setattr(audit_accounts_module, "ThreadPoolExecutor", Pool)
    with Progress(2) as progress, pytest.raises(KeyboardInterrupt):
        audit_accounts(ACCOUNTS[:2], no_clients, AUDIT, progress)
    assert begun == ACCOUNTS[:1]
    assert visited == [REGIONS[0]]
