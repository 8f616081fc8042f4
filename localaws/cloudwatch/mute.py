"""The schedules of alarm mute rules (CloudWatch API, PutAlarmMuteRule and Schedule).

``cron(Minutes Hours Day-of-month Month Day-of-week)`` or ``at(yyyy-MM-ddThh:mm)``, in a time zone,
for an ISO 8601 duration from one minute to 15 days. If a cron expression has both day fields, a
day that matches one of them is enough, as in cron.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

type Status = Literal["SCHEDULED", "ACTIVE", "EXPIRED"]

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?", re.ASCII)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: tuple[tuple[str, range, dict[str, int]], ...] = (
    ("minutes", range(60), {}),
    ("hours", range(24), {}),
    ("day of month", range(1, 32), {}),
    ("month", range(1, 13), {name: number for number, name in enumerate(_MONTHS, 1)}),
    ("day of week", range(7), {name: number for number, name in enumerate(_DAYS)}),
)


@dataclass(frozen=True, slots=True)
class Cron:
    """The allowed values of each field of a cron expression (None: any value)."""

    minutes: frozenset[int] | None
    hours: frozenset[int] | None
    days: frozenset[int] | None
    months: frozenset[int] | None
    weekdays: frozenset[int] | None

    def on_day(self, day: datetime) -> bool:
        if self.months is not None and day.month not in self.months:
            return False
        weekday = day.isoweekday() % 7
        named = [day.day in self.days] if self.days is not None else []
        named += [weekday in self.weekdays] if self.weekdays is not None else []
        return any(named) if named else True

    def starts(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """Yield every start from ``since`` to ``until``, in their time zone."""
        day = since.replace(hour=0, minute=0, second=0, microsecond=0)
        while day <= until:
            if self.on_day(day):
                for hour in sorted(self.hours if self.hours is not None else range(24)):
                    for minute in sorted(self.minutes if self.minutes is not None else range(60)):
                        start = datetime.combine(day, time(hour, minute), day.tzinfo)
                        if since <= start <= until:
                            yield start
            day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The schedule of a mute rule. Times are epoch seconds."""

    pattern: Cron | datetime
    duration: timedelta
    zone: tzinfo
    start: float | None
    expire: float | None

    @property
    def mute_type(self) -> str:
        return "RECURRING" if isinstance(self.pattern, Cron) else "ONE_TIME"

    def muted_until(self, now: float) -> float | None:
        """Return the end of the muting that is active at ``now``; None if none is."""
        if (self.start or 0) > now or (self.expire is not None and self.expire <= now):
            return None
        local = datetime.fromtimestamp(now, self.zone)
        earliest = local - self.duration
        starts = (
            self.pattern.starts(earliest, local)
            if isinstance(self.pattern, Cron)
            else [self.pattern]
        )
        ends = [
            (start + self.duration).timestamp() for start in starts if earliest < start <= local
        ]
        if not ends:
            return None
        return min(max(ends), self.expire) if self.expire is not None else max(ends)

    def status(self, now: float) -> Status:
        """Return ACTIVE while the rule mutes, EXPIRED if it never will again, else SCHEDULED."""
        if self.muted_until(now) is not None:
            return "ACTIVE"
        if self.expire is not None and self.expire <= now:
            return "EXPIRED"
        if isinstance(self.pattern, Cron):
            return "SCHEDULED"
        return "EXPIRED" if (self.pattern + self.duration).timestamp() <= now else "SCHEDULED"


def read_schedule(rule: Mapping[str, Any]) -> Schedule:
    """Return the schedule of a PutAlarmMuteRule request. Raises ValueError with the fault."""
    schedule = rule["Rule"]["Schedule"]
    zone = _zone(schedule.get("Timezone") or "UTC")
    return Schedule(
        _pattern(schedule["Expression"], zone),
        _duration(schedule["Duration"]),
        zone,
        _seconds(rule.get("StartDate")),
        _seconds(rule.get("ExpireDate")),
    )


def _seconds(moment: datetime | None) -> float | None:
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"Timezone is {name!r}; expected a name like Europe/London") from None


def _duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    days, hours, minutes = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    duration = timedelta(days=days, hours=hours, minutes=minutes)
    if not timedelta(minutes=1) <= duration <= timedelta(days=15):
        raise ValueError(f"Duration is {text!r}; expected ISO 8601 from PT1M to P15D")
    return duration


def _pattern(expression: str, zone: tzinfo) -> Cron | datetime:
    kind, _, rest = expression.partition("(")
    inside = rest.removesuffix(")").strip()
    if rest.endswith(")") and kind == "at":
        try:
            return datetime.strptime(inside, "%Y-%m-%dT%H:%M").replace(tzinfo=zone)
        except ValueError:
            pass
    parts = inside.split()
    if rest.endswith(")") and kind == "cron" and len(parts) == len(_FIELDS):
        return Cron(*map(_field, parts, range(len(_FIELDS))))
    raise ValueError(
        f"Expression is {expression!r}; expected cron(minutes hours day month weekday) "
        "or at(yyyy-MM-ddThh:mm)"
    )


def _field(text: str, position: int) -> frozenset[int] | None:
    name, allowed, names = _FIELDS[position]
    if text in ("*", "?"):
        return None
    values: set[int] = set()
    for part in text.upper().split(","):
        first, dash, last = part.partition("-")
        ends = [str(names.get(end, end)) for end in ((first, last) if dash else (first, first))]
        if not all(end.isdigit() and int(end) in allowed for end in ends):
            raise ValueError(f"{name} is {text!r}; expected {allowed[0]} to {allowed[-1]} or *")
        values |= set(range(int(ends[0]), int(ends[1]) + 1))
    return frozenset(values)
