"""Accounts side by side: no more than so many at once, and an end when one is asked for."""

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
AUDIT = AuditRequest(CONTROLS, Parameters.read({}), lambda clients: REGIONS, 0.0)


def test_no_more_at_once_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three begin together, and the fourth when one of them is done."""
    monkeypatch.setattr(audit_accounts_module, "AT_ONCE", 3)
    together, lock = Barrier(3, timeout=10), Lock()
    inside: list[str] = []
    most = 0

    def opened(account: str) -> Any:
        nonlocal most
        with lock:
            inside.append(account)
            most = max(most, len(inside))
        together.wait()
        with lock:
            inside.remove(account)
        raise CollectError("no role")

    with Progress(len(ACCOUNTS)) as watch:
        found = audit_accounts(ACCOUNTS, opened, AUDIT, watch)
    assert most == 3
    assert sorted(found, key=lambda one: one.account) == [
        Failure(account, "", "", "no role") for account in ACCOUNTS
    ]


def test_an_interruption_ends_it_at_the_next_region(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C reaches the one that waits for the accounts; none of them begins another region."""
    begun, go = [], Barrier(2, timeout=10)
    looked: list[str] = []

    class Slow:
        """An account's audit that is in its first region when the interruption comes."""

        def __init__(self, account: str, *_: Any) -> None:
            self.account = account

        def run(self, controls: Any, regions: tuple[str, ...], told: Any) -> Iterator[Any]:
            begun.append(self.account)
            told(regions[0])
            looked.append(regions[0])
            go.wait()  # the interruption is under way
            go.wait()  # and has been heard
            for region in regions[1:]:
                told(region)
                looked.append(region)
            yield from ()

    def interrupted(_: Any) -> Any:
        go.wait()
        raise KeyboardInterrupt

    class Pool(ThreadPoolExecutor):
        """Lets the account go on once the executor was told to end."""

        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            if not wait:
                go.wait()
            super().shutdown(wait, cancel_futures=cancel_futures)

    monkeypatch.setattr(audit_accounts_module, "AT_ONCE", 1)
    monkeypatch.setattr(audit_accounts_module, "AccountAudit", Slow)
    monkeypatch.setattr(audit_accounts_module, "as_completed", interrupted)
    monkeypatch.setattr(audit_accounts_module, "ThreadPoolExecutor", Pool)
    with Progress(2) as watch, pytest.raises(KeyboardInterrupt):
        audit_accounts(ACCOUNTS[:2], lambda account: None, AUDIT, watch)  # type: ignore[arg-type,return-value]
    assert begun == ACCOUNTS[:1]
    assert looked == [REGIONS[0]]
