"""How far an audit is, for whoever waits at a terminal; elsewhere nothing is written."""

import sys
from contextlib import AbstractContextManager
from threading import Lock
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar


class Progress(AbstractContextManager["Progress"]):
    """A bar on standard error that counts regions, with `accounts` accounts to come."""

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
        self._known: dict[str, int] = {}
        self._begun: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def account(self, account: str, regions: int) -> None:
        """The account has so many regions to look at."""
        with self._lock:
            self._known[account] = regions
            self._show("")

    def region(self, account: str, region: str) -> None:
        """A region is looked at."""
        with self._lock:
            self._begun[account] = self._begun.get(account, 0) + 1
            self._show(f"{account} {region}")

    def done(self, account: str) -> None:
        """The account is finished."""
        with self._lock:
            self._left -= 1
            self._begun[account] = self._known.setdefault(account, 0) + 1
            self._show("")

    def _show(self, doing: str) -> None:
        """Of accounts not yet begun as many regions are expected as of the others on average."""
        regions = sum(self._known.values())
        waiting = self._accounts - len(self._known)
        total = regions + waiting * (regions // max(len(self._known), 1))
        finished = sum(max(count - 1, 0) for count in self._begun.values())
        words = f"{self._accounts - self._left}/{self._accounts} accounts  {doing}"
        self._bar.update(
            self._task, total=max(total, finished), completed=finished, description=words
        )
