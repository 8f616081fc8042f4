"""Shows the progress of an audit on a terminal."""

import shutil
import sys
import time
from contextlib import AbstractContextManager
from threading import Lock
from types import TracebackType
from typing import Self

from alarmchain.cli.standard_streams import abandon

_BAR = 30
"""Characters of the bar."""
_CLEAR_LINE = "\r\x1b[2K"


class Progress(AbstractContextManager["Progress"]):
    """A bar on standard error that counts the regions of `accounts` accounts.

    Without a terminal, or if it is not `shown`, nothing is written.
    """

    def __init__(self, accounts: int, *, shown: bool = True) -> None:
        self._on_terminal = shown and sys.stderr is not None and sys.stderr.isatty()
        self._lock = Lock()
        self._began = time.monotonic()
        self._accounts = accounts
        self._left = accounts
        self._regions: dict[str, int] = {}
        self._started: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._show("")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._write("")

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
        """Update the bar. An account that has not begun counts with the average of the others."""
        regions = sum(self._regions.values())
        waiting = self._accounts - len(self._regions)
        finished = sum(max(count - 1, 0) for count in self._started.values())
        total = max(regions + waiting * (regions // max(len(self._regions), 1)), finished)
        bar = "#" * (_BAR * finished // max(total, 1))
        accounts = f"{self._accounts - self._left}/{self._accounts} accounts"
        seconds = int(time.monotonic() - self._began)
        clock = f"{seconds // 60}:{seconds % 60:02}"
        self._write(f"[{bar:<{_BAR}}] {finished}/{total}  {accounts}  {clock}  {current}")

    def _write(self, line: str) -> None:
        if self._on_terminal:
            width = shutil.get_terminal_size().columns - 1
            try:
                sys.stderr.write(_CLEAR_LINE + line[:width])
                sys.stderr.flush()
            except OSError:  # the terminal was closed; the audit goes on
                self._on_terminal = False
                abandon(sys.stderr)
