"""Clients with prepared answers, and one read of each kind."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.stub import Stubber

from alarmchain.collector.clients import CONFIG, Clients
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import Snapshot

HERE, THERE = "123456789012", "999988887777"
HOME = "eu-west-1"
TRAIL = f"arn:aws:cloudtrail:{HOME}:{HERE}:trail/main"
TOPIC = f"arn:aws:sns:{HOME}:{HERE}:alarms"
SUBSCRIPTION = f"{TOPIC}:00000000-0000-0000-0000-000000000000"
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY_ARN = f"arn:aws:kms:{HOME}:{HERE}:key/{KEY}"
ROLE = f"arn:aws:iam::{THERE}:role/follow"
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
RENEW = "the AWS credentials have expired; renew them"
MESSAGE = "AWS's message"
EMPTY = Snapshot(HERE, AT.timestamp())
FILTER = {"filterName": "f", "logGroupName": "g"}
ALARM = {"AlarmName": "a"}


def read(kind: ReadKind, *what: str, region: str = HOME, account: str = "") -> Read:
    """Return a read in the home region."""
    return Read(kind, region, what, account)


READS = {
    ReadKind.TRAILS: read(ReadKind.TRAILS),
    ReadKind.TRAIL_STATUS: read(ReadKind.TRAIL_STATUS, TRAIL),
    ReadKind.TRAIL_SELECTORS: read(ReadKind.TRAIL_SELECTORS, TRAIL),
    ReadKind.LOG_GROUP: read(ReadKind.LOG_GROUP, "trail"),
    ReadKind.METRIC_FILTERS: read(ReadKind.METRIC_FILTERS, "trail"),
    ReadKind.METRIC_ALARMS: read(ReadKind.METRIC_ALARMS, "Space", "Metric"),
    ReadKind.ALL_ALARMS: read(ReadKind.ALL_ALARMS),
    ReadKind.MUTE_RULES: read(ReadKind.MUTE_RULES, "alarm"),
    ReadKind.OAM_LINKS: read(ReadKind.OAM_LINKS),
    ReadKind.ORGANIZATION: read(ReadKind.ORGANIZATION),
    ReadKind.TOPIC: read(ReadKind.TOPIC, TOPIC),
    ReadKind.SUBSCRIPTIONS: read(ReadKind.SUBSCRIPTIONS, TOPIC),
    ReadKind.SUBSCRIPTION: read(ReadKind.SUBSCRIPTION, SUBSCRIPTION),
    ReadKind.KEY: read(ReadKind.KEY, KEY),
    ReadKind.KEY_POLICY: read(ReadKind.KEY_POLICY, KEY),
}
"""One read of each kind."""
OF_REGION = (
    ReadKind.TRAILS,
    ReadKind.LOG_GROUP,
    ReadKind.METRIC_FILTERS,
    ReadKind.ALL_ALARMS,
    ReadKind.MUTE_RULES,
    ReadKind.OAM_LINKS,
)
"""The kinds that can be read for a whole region."""


class StubbedAws:
    """Clients with prepared answers, used in order; each request is checked."""

    def __init__(self) -> None:
        self.stubs: dict[str, Stubber] = {}
        self.built: list[tuple[str, str]] = []
        self.clients = Clients(self._build, ROLE)

    def _build(self, service: str, region: str) -> Any:
        self.built.append((service, region))
        return self.stub(service).client

    def stub(self, service: str) -> Stubber:
        """Return the stub of a service's client."""
        if service not in self.stubs:
            self.stubs[service] = Stubber(client_of(service))
            self.stubs[service].activate()
        return self.stubs[service]

    def answers(self, kind: ReadKind, answer: dict[str, Any], **expected: Any) -> None:
        """Prepare the next answer to the operation of a kind, for the arguments `expected`."""
        service, operation = kind.value.split(":")
        method = botocore.xform_name(operation)
        self.stub(service).add_response(method, answer, expected)

    def refuses(self, kind: ReadKind, code: str, status: int = 400, message: str = MESSAGE) -> None:
        """Prepare an error as the next answer to the operation of a kind."""
        service, operation = kind.value.split(":")
        method = botocore.xform_name(operation)
        self.stub(service).add_client_error(method, code, message, http_status_code=status)

    def done(self) -> None:
        """Fail unless every prepared answer was used."""
        for stub in self.stubs.values():
            stub.deactivate()
        for stub in self.stubs.values():
            stub.assert_no_pending_responses()


@cache
def client_of(service: str, attempts: int = 3) -> Any:
    """Return a client that all tests share: only one stub at a time answers for it."""
    config = CONFIG.merge(Config(retries={"total_max_attempts": attempts}))
    return session().client(service, region_name=HOME, config=config)


def session() -> boto3.Session:
    """Return a session with invalid credentials."""
    return boto3.Session(aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="none")


def collections(snapshot: Snapshot, region: str = HOME) -> dict[str, tuple[Any, ...]]:
    """Return the items of a region by collection, without empty collections."""
    return {name: items for name, items in snapshot.regions[region].collections.items() if items}
