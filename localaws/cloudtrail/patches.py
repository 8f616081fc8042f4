"""Patches moto's CloudTrail."""

from __future__ import annotations

from moto.cloudtrail.responses import CloudTrailResponse

from localaws.bridge import add_operations
from localaws.cloudtrail.api import OPERATIONS


def install() -> None:
    """Patch moto's CloudTrail in this process; a second call does nothing."""
    if not getattr(CloudTrailResponse, "_localaws", False):
        CloudTrailResponse._localaws = True  # type: ignore[attr-defined]
        add_operations(CloudTrailResponse, OPERATIONS)
