"""Shows the progress of an audit on a terminal."""

import sys
from contextlib import AbstractContextManager
from threading import Lock
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar


class Progress(AbstractContextManager["Progress"]):
    """A bar on standard error that counts the regions of `accounts` accounts.

    Without a terminal nothing is written.
    """

    def __init__(self, accounts: int) -> None:
        console = Console(stderr=True)
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
        self._bar = Bar(
            *columns,
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._lock = Lock()
        self._task = self._bar.add_task(f"0/{accounts} accounts", total=None)
        self._left = accounts
        self._accounts = accounts
        self._regions: dict[str, int] = {}
        self._started: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def account(self, account: str, regions: int) -> None:
        """Note how many regions of the account are audited."""
        with self._lock:
            self._regions[account] = regions
            self._show("")

    def region(self, account: str, region: str) -> None:
        """Note that the audit of a region begins."""
        with self._lock:
            self._started[account] = self._started.get(account, 0) + 1
            self._show(f"{account} {region}")

    def done(self, account: str) -> None:
        """Note that the audit of the account is finished."""
        with self._lock:
            self._left -= 1
            self._started[account] = self._regions.setdefault(account, 0) + 1
            self._show("")

    def _show(self, current: str) -> None:
        """Update the bar. An account that is not begun counts with the others' average."""
        regions = sum(self._regions.values())
        waiting = self._accounts - len(self._regions)
        total = regions + waiting * (regions // max(len(self._regions), 1))
        finished = sum(max(count - 1, 0) for count in self._started.values())
        description = f"{self._accounts - self._left}/{self._accounts} accounts  {current}"
        self._bar.update(
            self._task, total=max(total, finished), completed=finished, description=description
        )
