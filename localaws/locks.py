"""A lock for each service, because moto's models are not thread-safe."""

from __future__ import annotations

from collections import defaultdict
from threading import Lock, RLock
from typing import Any

_locks: defaultdict[str, Any] = defaultdict(RLock)
_guard = Lock()


def service_lock(service: str) -> Any:
    """Return the lock of a service (botocore's name). Do not wait for the server with it held."""
    with _guard:
        return _locks[service]
