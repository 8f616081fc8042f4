"""The schedules of alarm mute rules."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from localaws.cloudwatch.mute import read_schedule


def rule(expression: str, duration: str = "PT2H", zone: str = "", **dates: datetime) -> Any:
    schedule = {"Expression": expression, "Duration": duration}
    return {"Rule": {"Schedule": schedule | ({"Timezone": zone} if zone else {})}, **dates}


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


FRIDAY = "2026-11-20"
CASES = [
    (rule("cron(0 2 * * *)"), f"{FRIDAY}T01:59", "SCHEDULED", None),
    (rule("cron(0 2 * * *)"), f"{FRIDAY}T02:00", "ACTIVE", f"{FRIDAY}T04:00"),
    (rule("cron(0 2 * * *)"), f"{FRIDAY}T03:59", "ACTIVE", f"{FRIDAY}T04:00"),
    (rule("cron(0 2 * * *)"), f"{FRIDAY}T04:00", "SCHEDULED", None),
    (rule("cron(0 18 * * FRI)", "P2DT12H"), "2026-11-22T12:00", "ACTIVE", "2026-11-23T06:00"),
    (rule("cron(0 18 * * FRI)", "P2DT12H"), "2026-11-19T12:00", "SCHEDULED", None),
    (rule("cron(0 23 * * *)"), "2026-11-21T00:30", "ACTIVE", "2026-11-21T01:00"),
    (rule("cron(30 1-3,5 20 NOV *)", "PT1M"), f"{FRIDAY}T03:30", "ACTIVE", f"{FRIDAY}T03:31"),
    (rule("cron(30 1-3,5 20 DEC *)", "PT1M"), f"{FRIDAY}T03:30", "SCHEDULED", None),
    (rule("cron(0 2 1 * FRI)"), f"{FRIDAY}T02:30", "ACTIVE", f"{FRIDAY}T04:00"),
    (rule("cron(0 11 * * *)", zone="Asia/Tokyo"), f"{FRIDAY}T02:30", "ACTIVE", f"{FRIDAY}T04:00"),
    (rule("at(2026-11-20T14:00)"), f"{FRIDAY}T13:00", "SCHEDULED", None),
    (rule("at(2026-11-20T14:00)"), f"{FRIDAY}T15:00", "ACTIVE", f"{FRIDAY}T16:00"),
    (rule("at(2026-11-20T14:00)"), f"{FRIDAY}T16:00", "EXPIRED", None),
    (
        rule("cron(0 2 * * *)", ExpireDate=datetime(2026, 11, 20, 3, tzinfo=UTC)),
        f"{FRIDAY}T02:30",
        "ACTIVE",
        f"{FRIDAY}T03:00",
    ),
    (
        rule("cron(0 2 * * *)", ExpireDate=datetime(2026, 11, 20, 3, tzinfo=UTC)),
        f"{FRIDAY}T03:00",
        "EXPIRED",
        None,
    ),
    (
        rule("cron(0 2 * * *)", StartDate=datetime(2026, 11, 21, tzinfo=UTC)),
        f"{FRIDAY}T02:30",
        "SCHEDULED",
        None,
    ),
]


@pytest.mark.parametrize(("given", "now", "status", "until"), CASES)
def test_schedule(given: Any, now: str, status: str, until: str | None) -> None:
    """A rule is scheduled, active until a time, or expired."""
    schedule = read_schedule(given)
    assert schedule.status(at(now)) == status
    assert schedule.muted_until(at(now)) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (rule("rate(1 day)"), "Expression"),
        (rule("cron(0 2 * *)"), "Expression"),
        (rule("at(tomorrow)"), "Expression"),
        (rule("cron(60 2 * * *)"), "minutes"),
        (rule("cron(0 2 * * FUN)"), "day of week"),
        (rule("cron(0 2 * * *)", "PT0M"), "Duration"),
        (rule("cron(0 2 * * *)", "P16D"), "Duration"),
        (rule("cron(0 2 * * *)", "2 hours"), "Duration"),
        (rule("cron(0 2 * * *)", zone="Mars/Olympus"), "Timezone"),
    ],
)
def test_refused(given: Any, reason: str) -> None:
    """An invalid schedule is refused with the name of the member."""
    with pytest.raises(ValueError, match=reason):
        read_schedule(given)
