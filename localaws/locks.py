"""moto's models are not made for threads: a lock for each service."""

from __future__ import annotations

from collections import defaultdict
from threading import Lock, RLock
from typing import Any

_locks: defaultdict[str, Any] = defaultdict(RLock)
_guard = Lock()


def service_lock(service: str) -> Any:
    """The lock of a service, by botocore's name. Never hold it while waiting for the server."""
    with _guard:
        return _locks[service]
