"""Work that AWS does after its answer: asynchronous invocations, automations, remediations."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Condition, Event, Thread
from typing import Any

log = logging.getLogger(__name__)


class Background:
    """Run each job in its own thread, and know when all are done."""

    def __init__(self) -> None:
        self._running = 0
        self._changed = Condition()
        self.stopping = Event()

    def run(self, job: Callable[..., Any], *arguments: Any) -> None:
        """Start ``job`` and return at once. An exception is logged: it is our own bug."""
        with self._changed:
            self._running += 1
        Thread(target=self._job, args=(job, arguments), daemon=True).start()

    def _job(self, job: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        try:
            job(*arguments)
        except Exception:
            if not self.stopping.is_set():
                log.exception("background job %s failed", getattr(job, "__name__", job))
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def settle(self, timeout: float) -> None:
        """Wait until no job runs. Raises TimeoutError after ``timeout`` seconds."""
        until = time.monotonic() + timeout
        with self._changed:
            while self._running:
                left = until - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"{self._running} jobs still run after {timeout} s")
                self._changed.wait(left)

    def pause(self, seconds: float) -> None:
        """Sleep, but stop sleeping when the server stops."""
        self.stopping.wait(seconds)


background = Background()
"""One for the process, because moto's state is global to the process."""
