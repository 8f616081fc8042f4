"""An organization on paper: 1,000 accounts x 17 regions, AWS's quotas, a fixed time for a call.

A simulation in virtual time: invocations ask one call after the other; an operation's quota in one
account and region is a token bucket; what comes above it is throttled and tried again as botocore's
standard mode does. It tells how long it takes, how often AWS says no, and what fails for good.
"""

import heapq
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from alarmchain.rule import ATTEMPTS
from bench.measure import Measurement

SECTION = "scale"
ACCOUNTS, REGIONS, RULES = 1_000, 17, 4
CALL = 0.05
"""Seconds that a call takes."""
START = 1.5
"""Seconds of a cold start before the first call, at RDK's 256 MB."""
QUOTAS: Mapping[str, float] = {
    "DescribeTrails": 10,
    "GetTrailStatus": 10,
    "GetEventSelectors": 10,
    "DescribeLogGroups": 5,
    "DescribeMetricFilters": 5,
    "DescribeAlarmsForMetric": 9,
    "DescribeAlarms": 9,
    "GetTopicAttributes": 30,
    "ListSubscriptionsByTopic": 30,
    "GetSubscriptionAttributes": 30,
    "PutEvaluations": 50,
}
"""Calls a second in one account and region; a bucket holds one second's worth.

Sources: the endpoints and quotas of CloudTrail, CloudWatch, CloudWatch Logs and SNS in the AWS
General Reference; PutEvaluations' is undocumented, and generous here so as not to decide.
"""
RULE_AT_HOME = (
    "DescribeTrails",
    "GetEventSelectors",
    "GetTrailStatus",
    "DescribeLogGroups",
    "DescribeMetricFilters",
    "DescribeAlarmsForMetric",
    "ListAlarmMuteRules",
    "GetTopicAttributes",
    "ListSubscriptionsByTopic",
    "GetSubscriptionAttributes",
    "DescribeMetricFilters",
)
"""What one rule asks of a compliant account, as `make bench` counts it; all but the first of these
in the trail's home region. PutEvaluations follows, in the rule's own."""
AUDIT_ONCE = 20
"""Calls of an audit in the home region, beside one DescribeTrails for each region."""


@dataclass(slots=True)
class Bucket:
    """A quota of `rate` calls a second."""

    rate: float
    tokens: float = 0.0
    at: float = 0.0

    def take(self, now: float) -> bool:
        """Whether a call at `now` (never before the last one's) is let through."""
        self.tokens = min(self.rate, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass(slots=True)
class Outcome:
    """What came of a simulation; times in seconds."""

    seconds: float = 0.0
    longest: float = 0.0
    calls: int = 0
    throttled: int = 0
    failed: int = 0


@dataclass(order=True, slots=True)
class _Invocation:
    due: float
    number: int
    began: float = field(compare=False)
    calls: Sequence[tuple[str, str]] = field(compare=False)
    step: int = field(compare=False, default=0)
    attempt: int = field(compare=False, default=1)


def simulate(
    jobs: Sequence[Sequence[tuple[str, str]]],
    workers: int,
    spread: float,
    attempts: int = ATTEMPTS,
) -> Outcome:
    """Runs jobs, each a list of (operation, place) calls, on so many workers side by side.

    They fall due evenly over `spread` seconds; a call is given up after so many attempts.
    Deterministic: chance is seeded.
    """
    chance = random.Random(1)  # noqa: S311 - no secret
    buckets: dict[tuple[str, str], Bucket] = {}
    outcome = Outcome()
    due = [number * spread / len(jobs) for number in range(len(jobs))]
    waiting = iter(range(len(jobs)))
    running: list[_Invocation] = []

    def start(now: float) -> None:
        number = next(waiting, None)
        if number is not None:
            begin = max(now, due[number])
            heapq.heappush(running, _Invocation(begin + START, number, begin, jobs[number]))

    for _ in range(min(workers, len(jobs))):
        start(0.0)
    while running:
        one = heapq.heappop(running)
        now = one.due
        operation, place = one.calls[one.step]
        rate = QUOTAS.get(operation)
        bucket = buckets.setdefault((operation, place), Bucket(rate or 1e9, rate or 1e9))
        outcome.calls += 1
        if bucket.take(now):
            one.step, one.attempt, one.due = one.step + 1, 1, now + CALL
        else:
            outcome.throttled += 1
            # botocore's standard mode: a random share of 2^attempt seconds, at most 20.
            one.due = now + CALL + min(chance.random() * 2 ** (one.attempt - 1), 20)
            one.attempt += 1
        if one.attempt > attempts or one.step == len(one.calls):
            outcome.failed += one.attempt > attempts
            outcome.seconds = max(outcome.seconds, one.due)
            outcome.longest = max(outcome.longest, one.due - one.began)
            start(one.due)
        else:
            heapq.heappush(running, one)
    return outcome


def one_account() -> list[list[tuple[str, str]]]:
    """The calls of every rule in every region of one account whose trail is multi-region."""
    return [
        [
            (RULE_AT_HOME[0], f"region {region}"),
            *((operation, "home") for operation in RULE_AT_HOME[1:]),
            ("PutEvaluations", f"region {region}"),
        ]
        for region in range(REGIONS)
        for _ in range(RULES)
    ]


def measure() -> Iterator[Measurement]:
    """One account's rules at once and spread; a central function; an audit from one machine."""
    for spread in (0, 10, 60):
        for attempts in (3, ATTEMPTS):
            found = simulate(one_account(), RULES * REGIONS, spread, attempts)
            name = f"{RULES * REGIONS} evaluations within {spread} s, {attempts} attempts"
            note = (
                f"one account; {found.throttled} of {found.calls} calls throttled,"
                f" longest {found.longest:.0f} s"
            )
            aim = 0 if attempts == ATTEMPTS else None
            yield Measurement(SECTION, name, found.failed, "failed", aim, note)
    evaluations = ACCOUNTS * REGIONS * RULES
    for workers in (10, 100, 1_000):
        found = simulate(_central(), workers, 0)
        name = f"a central function, {workers} at once"
        note = f"{evaluations:,} evaluations, {found.failed:,} failed"
        yield Measurement(SECTION, name, found.seconds / 60, "min", None, note)
    calls = REGIONS + AUDIT_ONCE
    for workers in (1, 10, 50):
        hours = ACCOUNTS * calls * CALL / workers / 60
        note = f"{calls} calls an account"
        yield Measurement(SECTION, f"audit, {workers} accounts at once", hours, "min", None, note)


def _central() -> list[list[tuple[str, str]]]:
    """Every account's evaluations, region by region, as AWS Config's daily schedule mixes them."""
    jobs = [
        [(operation, f"{account} {place}") for operation, place in job]
        for account in range(ACCOUNTS)
        for job in one_account()
    ]
    random.Random(2).shuffle(jobs)  # noqa: S311 - no secret
    return jobs
