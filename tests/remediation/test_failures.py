"""A run that fails at any call of any step: it says what it had made, and the next one finishes."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.remediation.conftest import Place, Remediated
from tests.remediation.test_runs import RULE, compliant, encrypted, listened, made, succeeded

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
"""Of a run that makes all there is to make, in their order."""
MADE = {
    "topics": ("CreateTopic", "made topic"),
    "subscriptions": ("Subscribe", "subscribed"),
    "filters": ("PutMetricFilter", "put metric filter"),
    "alarms": ("PutMetricAlarm", "put alarm"),
}


class Interrupted:
    """Fails the call at `place` of those that scripts make: refused, or lost once it is done."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.clients: dict[tuple[str, str], Any] = {}
        self.calls: list[str] = []
        self.at: int | None = None
        self.lost = False

    def client(self, service: str, region_name: str) -> Any:
        """In the place of boto3.client."""
        client = self.place.client(service, region_name)
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
        """No call fails any more."""
        for client in self.clients.values():
            client.meta.events.unregister("before-call", self._before, "interrupt-before")
            client.meta.events.unregister("after-call", self._after, "interrupt-after")
        self.clients.clear()


@pytest.fixture
def interrupted(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Interrupted]:
    """What a test sets up before its run."""
    found = Interrupted(place)
    monkeypatch.setattr(boto3, "client", found.client)
    yield found
    found.stop()


def run(place: Place, key: str) -> Remediated:
    """A run that wants all there is."""
    return place.remediate(RULE, NotificationEmail=EMAIL, KmsKeyId=key)


def test_the_calls(place: Place, interrupted: Interrupted) -> None:
    """A whole run makes these calls: each of them is failed below."""
    made(place)
    succeeded(run(place, encrypted(place, lets_cloudwatch=True)))
    assert tuple(interrupted.calls) == CALLS


WRITES = {call for call, _ in MADE.values()}
LAST = len(CALLS) - 1
"""A refusal to say which rules there are is told, and no failure."""


@pytest.mark.parametrize(
    ("at", "lost"),
    [
        *((at, False) for at in range(len(CALLS))),
        *((at, True) for at, call in enumerate(CALLS) if call in WRITES),
    ],
    ids=lambda value: f"{value}-{CALLS[value]}" if type(value) is int else ("lost" * value),
)
def test_after_a_failure(place: Place, interrupted: Interrupted, at: int, lost: bool) -> None:
    """What stands is told, but for what the failed call may have made; nothing is made twice."""
    made(place)
    key = encrypted(place, lets_cloudwatch=True)
    interrupted.at, interrupted.lost = at, lost
    failed = run(place, key)
    interrupted.stop()
    assert interrupted.calls == list(CALLS[: at + 1])
    assert failed.status == ("Success" if at == LAST else "Failed")
    said = failed.result["Reevaluation"] if at == LAST else failed.why
    assert CALLS[at] in said
    if at != LAST:
        standing = place.standing()
        for collection, (call, words) in MADE.items():
            mine = call == CALLS[at]
            assert bool(standing[collection]) is (call in CALLS[:at] or (mine and lost))
            assert (words in failed.why) is (bool(standing[collection]) and not mine)
    again = succeeded(run(place, key))
    assert "has to confirm" in again.result["ToDo"]
    standing = place.standing()
    assert {collection: len(standing[collection]) for collection in MADE} == dict.fromkeys(MADE, 1)
    listened(place)
    assert compliant(place)
