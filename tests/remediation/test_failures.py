"""A run that fails at any call reports what it has made; the next run completes it."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.remediation.local_account import LocalAccount, Remediated
from tests.remediation.scenario import (
    RULE,
    is_compliant,
    make_key,
    make_trail,
    subscribe_listener,
    succeeded,
)

EMAIL = "a@example.com"
CALLS = (
    # FindLogGroup
    "DescribeTrails", "GetTrailStatus", "GetEventSelectors", "DescribeLogGroups",
    # ChooseTopic
    "DescribeKey", "GetKeyPolicy", "GetTopicAttributes",
    # ChooseFilterAndAlarm: the log group's filters, then those on each metric
    "DescribeMetricFilters", "DescribeMetricFilters", "DescribeMetricFilters", "DescribeAlarms",
    # PrepareTopic
    "GetTopicAttributes", "CreateTopic", "Subscribe",
    # MakeFilterAndAlarm
    "PutMetricFilter", "PutMetricAlarm",
    # ReadBackAndReevaluate
    "DescribeMetricFilters", "DescribeAlarms", "GetTopicAttributes", "DescribeConfigRules",
)  # fmt: skip
"""The calls of a run that makes everything, in their order."""
MADE = {
    "topics": ("CreateTopic", "made topic"),
    "subscriptions": ("Subscribe", "subscribed"),
    "filters": ("PutMetricFilter", "put metric filter"),
    "alarms": ("PutMetricAlarm", "put alarm"),
}


class Interrupted:
    """Make the scripts' call number `at` fail: refused, or with its answer lost."""

    def __init__(self, local_account: LocalAccount) -> None:
        self.local_account = local_account
        self.clients: dict[tuple[str, str], Any] = {}
        self.calls: list[str] = []
        self.at: int | None = None
        self.lost = False

    def client(self, service: str, region_name: str, config: Any = None) -> Any:
        """Replace boto3.client."""
        client = self.local_account.client(service, region_name)
        if client not in self.clients.values():
            self.clients[service, region_name] = client
            client.meta.events.register("before-call", self._before, "interrupt-before")
            client.meta.events.register("after-call", self._after, "interrupt-after")
        return client

    def _before(self, model: Any, **_: Any) -> None:
        self.calls.append(model.name)
        if len(self.calls) - 1 == self.at and not self.lost:
            why = {"Code": "AccessDenied", "Message": "not authorized"}
            raise ClientError({"Error": why}, model.name)

    def _after(self, model: Any, **_: Any) -> None:
        if len(self.calls) - 1 == self.at and self.lost:
            raise ReadTimeoutError(endpoint_url=model.name)

    def stop(self) -> None:
        """Let all calls succeed again."""
        for client in self.clients.values():
            client.meta.events.unregister("before-call", self._before, "interrupt-before")
            client.meta.events.unregister("after-call", self._after, "interrupt-after")
        self.clients.clear()


@pytest.fixture
def interrupted(
    local_account: LocalAccount, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Interrupted]:
    """Return the object that makes a call of the test's run fail."""
    interruption = Interrupted(local_account)
    monkeypatch.setattr(boto3, "client", interruption.client)
    yield interruption
    interruption.stop()


def run(local_account: LocalAccount, key: str) -> Remediated:
    """Run the remediation with every option."""
    return local_account.remediate(RULE, NotificationEmail=EMAIL, KmsKeyId=key)


def test_the_calls(local_account: LocalAccount, interrupted: Interrupted) -> None:
    """A complete run makes these calls, each of which fails in a test below."""
    make_trail(local_account)
    succeeded(run(local_account, make_key(local_account, lets_cloudwatch=True)))
    assert tuple(interrupted.calls) == CALLS


WRITES = {call for call, _ in MADE.values()}
SAMPLE = {("DescribeTrails", False), ("CreateTopic", True), ("PutMetricFilter", False)}
SAMPLE |= {("PutMetricAlarm", True), ("DescribeConfigRules", False)}
"""The failures that `make test` tries: one in each step that can fail differently."""


def _case(at: int, lost: bool) -> Any:
    marks = () if (CALLS[at], lost) in SAMPLE else pytest.mark.long
    return pytest.param(at, lost, id=f"{at}-{CALLS[at]}{'-lost' * lost}", marks=marks)


LAST = len(CALLS) - 1
"""Refusing to list the rules is reported, but the run succeeds."""


@pytest.mark.parametrize(
    ("at", "lost"),
    [
        *(_case(at, False) for at in range(len(CALLS))),
        *(_case(at, True) for at, call in enumerate(CALLS) if call in WRITES),
    ],
)
def test_after_a_failure(
    local_account: LocalAccount, interrupted: Interrupted, at: int, lost: bool
) -> None:
    """The run reports what it made before the failed call; the next run makes nothing twice."""
    make_trail(local_account)
    key = make_key(local_account, lets_cloudwatch=True)
    interrupted.at, interrupted.lost = at, lost
    failed = run(local_account, key)
    interrupted.stop()
    assert interrupted.calls == list(CALLS[: at + 1])
    assert failed.status == ("Success" if at == LAST else "Failed")
    message = failed.result["Reevaluation"] if at == LAST else failed.why
    assert CALLS[at] in message
    if at != LAST:
        resources = local_account.resources()
        for collection, (call, words) in MADE.items():
            mine = call == CALLS[at]
            assert bool(resources[collection]) is (call in CALLS[:at] or (mine and lost))
            assert (words in failed.why) is (bool(resources[collection]) and not mine)
    again = succeeded(run(local_account, key))
    assert "must confirm" in again.result["ToDo"]
    resources = local_account.resources()
    assert {collection: len(resources[collection]) for collection in MADE} == dict.fromkeys(MADE, 1)
    subscribe_listener(local_account)
    assert is_compliant(local_account)
