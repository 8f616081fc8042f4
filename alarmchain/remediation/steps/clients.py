"""Make boto3's clients. The text is copied into the scripts."""

from typing import Any

import boto3
from botocore.config import Config

RETRIES = Config(retries={"mode": "standard", "total_max_attempts": 8})


def client(service: str, region: str) -> Any:
    """Return the service's client, which tries a throttled call eight times."""
    return boto3.client(service, region_name=region, config=RETRIES)
