"""The AWS clients of a deployment: one for each service and region, with the caller's credentials.

Creating a client takes longer than most calls, because botocore reads the service's whole model.
"""

from functools import cache
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config

_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard"})
"""Times in seconds."""
_LOCK = Lock()


def client(service: str, region: str) -> Any:
    """Return the client of a service in a region. Threads can share it."""
    with _LOCK:  # threads cannot share the session that makes the clients
        return _client(service, region)


@cache
def _client(service: str, region: str) -> Any:
    return _session().client(service, region_name=region, config=_CONFIG)


@cache
def _session() -> boto3.Session:
    return boto3.Session()
