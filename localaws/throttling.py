"""Request quotas of the local AWS: calls above the rate of an operation are throttled."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from threading import Lock

from localaws.calls import Call


@dataclass(slots=True)
class Quota:
    """A token bucket for each account, region and action.

    action is a shell pattern. rate is calls a second; a bucket holds the calls of one second.
    """

    action: str
    rate: float
    clock: Callable[[], float] = time.monotonic
    _buckets: dict[tuple[str, str, str], tuple[float, float]] = field(default_factory=dict)

    def accepts(self, call: Call) -> bool:
        """Return whether the call is within the quota, and count it."""
        if not fnmatchcase(call.action.lower(), self.action.lower()):
            return True
        key = (call.account, call.region, call.action)
        full = max(self.rate, 1.0)
        now = self.clock()
        tokens, last = self._buckets.get(key, (full, now))
        tokens = min(full, tokens + (now - last) * self.rate)
        accepted = tokens >= 1
        self._buckets[key] = (tokens - accepted, now)
        return accepted


class Quotas:
    """The active quotas."""

    def __init__(self) -> None:
        self._quotas: list[Quota] = []
        self._lock = Lock()

    def add(self, quota: Quota) -> None:
        with self._lock:
            self._quotas.append(quota)

    def clear(self) -> None:
        with self._lock:
            self._quotas.clear()

    def accept(self, call: Call) -> bool:
        """Return whether the call is within all quotas, and count it."""
        with self._lock:
            answers = [quota.accepts(call) for quota in self._quotas]
            return all(answers)
