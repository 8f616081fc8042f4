"""A simulated organization: 1,000 accounts x 17 regions, AWS's quotas, a fixed time for a call.

A simulation in virtual time. An invocation makes one call after the other. The quota of an
operation in an account and region is a token bucket; calls above it are throttled and retried as in
botocore's standard mode. The results are the time, the throttled calls and the final failures.
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
"""Seconds for a call."""
START = 1.5
"""Seconds of a cold start before the first call, with RDK's 256 MB."""
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
"""Calls a second in an account and region; a bucket holds the calls of one second.

Sources: the endpoints and quotas of CloudTrail, CloudWatch, CloudWatch Logs and SNS in the AWS
General Reference. The quota of PutEvaluations is undocumented; a high value keeps it irrelevant.
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
"""The calls of one rule in a compliant account, as `make bench` counts them. All but the first go
to the trail's home region. PutEvaluations follows, in the rule's region."""
AUDIT_ONCE = 10
"""The calls of an audit in the home region, in addition to one DescribeTrails for each region."""


@dataclass(slots=True)
class Bucket:
    """A quota of `rate` calls a second."""

    rate: float
    tokens: float = 0.0
    at: float = 0.0

    def take(self, now: float) -> bool:
        """Return whether a call at `now` (never earlier than the last call) is accepted."""
        self.tokens = min(self.rate, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass(slots=True)
class Outcome:
    """The result of a simulation. Times are in seconds."""

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
    """Run jobs, each a list of (operation, place) calls, on a number of parallel workers.

    They start evenly over `spread` seconds. A call fails for good after `attempts` attempts.
    The random numbers are seeded, so the result is always the same.
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
        running_job = heapq.heappop(running)
        now = running_job.due
        operation, place = running_job.calls[running_job.step]
        rate = QUOTAS.get(operation)
        bucket = buckets.setdefault((operation, place), Bucket(rate or 1e9, rate or 1e9))
        outcome.calls += 1
        if bucket.take(now):
            running_job.step, running_job.attempt, running_job.due = (
                running_job.step + 1,
                1,
                now + CALL,
            )
        else:
            outcome.throttled += 1
            # botocore's standard mode: a random share of 2^attempt seconds, at most 20.
            running_job.due = now + CALL + min(chance.random() * 2 ** (running_job.attempt - 1), 20)
            running_job.attempt += 1
        if running_job.attempt > attempts or running_job.step == len(running_job.calls):
            outcome.failed += running_job.attempt > attempts
            outcome.seconds = max(outcome.seconds, running_job.due)
            outcome.longest = max(outcome.longest, running_job.due - running_job.began)
            start(running_job.due)
        else:
            heapq.heappush(running, running_job)
    return outcome


def one_account() -> list[list[tuple[str, str]]]:
    """Return the calls of every rule in every region of an account with a multi-region trail."""
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
    """Simulate one account's rules at once and spread, a central function, and an audit."""
    for spread in (0, 10, 60):
        for attempts in (3, ATTEMPTS):
            outcome = simulate(one_account(), RULES * REGIONS, spread, attempts)
            name = f"{RULES * REGIONS} evaluations within {spread} s, {attempts} attempts"
            note = (
                f"one account; {outcome.throttled} of {outcome.calls} calls throttled,"
                f" longest {outcome.longest:.0f} s"
            )
            aim = 0 if attempts == ATTEMPTS else None
            yield Measurement(SECTION, name, outcome.failed, "failed", aim, note)
    evaluations = ACCOUNTS * REGIONS * RULES
    for workers in (10, 100, 1_000):
        outcome = simulate(_central(), workers, 0)
        name = f"a central function, {workers} at once"
        note = f"{evaluations:,} evaluations, {outcome.failed:,} failed"
        yield Measurement(SECTION, name, outcome.seconds / 60, "min", None, note)
    calls = REGIONS + AUDIT_ONCE
    for workers in (1, 10, 50):
        hours = ACCOUNTS * calls * CALL / workers / 60
        note = f"{calls} calls an account"
        yield Measurement(SECTION, f"audit, {workers} accounts at once", hours, "min", None, note)


def _central() -> list[list[tuple[str, str]]]:
    """Return every account's evaluations in the mixed order of AWS Config's daily schedule."""
    jobs = [
        [(operation, f"{account} {place}") for operation, place in job]
        for account in range(ACCOUNTS)
        for job in one_account()
    ]
    random.Random(2).shuffle(jobs)  # noqa: S311 - no secret
    return jobs
