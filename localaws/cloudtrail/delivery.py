"""Delivery of a CloudTrail record to the log groups of the trails that record it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from localaws.accounts import DEFAULT_ACCOUNT
from localaws.clock import Clock
from localaws.cloudtrail.selectors import takes
from localaws.cloudtrail.trails import (
    every_trail,
    fault_of,
    leaves_out,
    log_group,
    reaches,
    records_for,
)
from localaws.locks import service_lock

MAX_BYTES = 256 * 1024
"""Larger records are not sent to CloudWatch Logs (CloudTrail user guide)."""


def deliver(
    record: Mapping[str, Any], region: str, account: str = DEFAULT_ACCOUNT
) -> tuple[str, ...]:
    """Deliver the record of a call at once, and return the ARNs of the log groups that got it.

    A trail delivers the record if it is logging, covers the region, account and service, selects
    the record, and has an existing log group and no delivery fault. The group's metric filters and
    alarms are evaluated.
    """
    message = json.dumps(record, separators=(",", ":"))
    if len(message.encode()) > MAX_BYTES:
        return ()
    with service_lock("cloudtrail"):
        trails = [
            trail
            for trail in every_trail()
            if trail.status.is_logging
            and records_for(trail, account)
            and reaches(trail, region)
            and not leaves_out(trail, record)
            and takes(trail.event_selectors, trail.advanced_event_selectors, record)
            and fault_of(trail) is None
        ]
        groups = [group for trail in trails if (group := log_group(trail)) is not None]
    for group in groups:
        _put(group, f"{account}_CloudTrail_{region}", message)
    return tuple(group.arn for group in groups)


def _put(group: Any, stream: str, message: str) -> None:
    with service_lock("logs"):
        if stream not in group.streams:
            group.create_log_stream(stream)
        event = {"timestamp": int(Clock.now() * 1000), "message": message}
        group.put_log_events(stream, [event])
