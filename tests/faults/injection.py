"""Faults at single API calls: what AWS, the network or a body that cannot be read may answer."""

import copy
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from unittest import mock

import boto3
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from alarmchain.testing import ENVIRONMENT
from alarmchain.testing.aws import FakeAws

Answer = dict[str, Any]
Place = tuple[str, int]
"""A call of a run: the operation and which of its calls, from 0."""
Fault = Callable[["Injected", str, Answer], Answer]
"""Given the right answer of an operation: another answer, or an exception."""
MOST_CALLS = 200
_CREDENTIALS = ("AccessKeyId", "SecretAccessKey", "SessionToken")


def _error(code: str, status: int) -> Fault:
    def fault(aws: "Injected", operation: str, answer: Answer) -> Answer:
        response = {
            "Error": {"Code": code, "Message": "made to fail"},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }
        raise ClientError(response, operation)

    return fault


def _raised(error: Exception) -> Fault:
    def fault(aws: "Injected", operation: str, answer: Answer) -> Answer:
        raise error

    return fault


def _mapped(change: Callable[[Any], Any]) -> Fault:
    return lambda aws, operation, answer: {key: change(one) for key, one in answer.items()}


def _hollow(value: Any) -> Any:
    """Items without their members, texts without characters."""
    if isinstance(value, list):
        return [{} if isinstance(one, dict) else _hollow(one) for one in value]
    if isinstance(value, dict):
        return {}
    return "" if isinstance(value, str) else value


def _mistyped(value: Any) -> Any:
    """Each scalar a text that it cannot mean; botocore's JSON parser does not look."""
    if isinstance(value, list):
        return [_mistyped(one) for one in value]
    if isinstance(value, dict):
        return {key: _mistyped(one) for key, one in value.items()}
    return "\x00?"


def _nothing_but_null(value: Any) -> Any:
    if isinstance(value, list):
        return [_nothing_but_null(one) for one in value]
    return dict.fromkeys(value) if isinstance(value, dict) else None


def _gone(aws: "Injected", operation: str, answer: Answer) -> Answer:
    """From now on the account has nothing of all that was read before."""
    aws.vanish()
    return answer


def _broken_paging(aws: "Injected", operation: str, answer: Answer) -> Answer:
    """A page that holds nothing and names another, which can't be had."""
    if not any(isinstance(one, list) for one in answer.values()):
        return answer
    aws.no_more_pages = True
    return {"nextToken": "2", "NextToken": "2"} | {key: [] for key in answer}


FAULTS: Mapping[str, Fault] = {
    "throttled": _error("Throttling", 400),
    "too many requests": _error("TooManyRequestsException", 429),
    "internal error": _error("InternalFailure", 500),
    "unavailable": _error("ServiceUnavailable", 503),
    "read times out": _raised(ReadTimeoutError(endpoint_url="https://aws.example")),
    "connect times out": _raised(ConnectTimeoutError(endpoint_url="https://aws.example")),
    "no connection": _raised(EndpointConnectionError(endpoint_url="https://aws.example")),
    "denied": _error("AccessDenied", 403),
    "not found": _error("ResourceNotFoundException", 400),
    "invalid": _error("ValidationException", 400),
    "token expired": _error("ExpiredTokenException", 400),
    "unheard-of": _error("SomethingNew", 418),
    "unreadable body": _raised(ResponseParserError("invalid XML received")),
    "empty answer": lambda aws, operation, answer: {},
    "empty lists": _mapped(lambda one: type(one)() if isinstance(one, list | dict) else one),
    "hollow items": _mapped(_hollow),
    "nulls": _mapped(_nothing_but_null),
    "mistyped": _mapped(_mistyped),
    "all is gone afterwards": _gone,
    "second page is refused": _broken_paging,
}


@dataclass
class Injected:
    """A fake AWS in which the calls at some places end in a fault.

    `places`: the calls that were made; `injected`: the faults that came about; `unnoticed`: those
    that left the right answer as it was.
    """

    account: Mapping[str, Any]
    faults: Mapping[Place, str] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    places: list[Place] = field(default_factory=list)
    reported: list[dict[str, Any]] = field(default_factory=list)
    injected: dict[Place, str] = field(default_factory=dict)
    unnoticed: set[Place] = field(default_factory=set)
    no_more_pages: bool = False

    def call(self, client: Any, operation: str, request: Mapping[str, Any]) -> Answer:
        """Stands for botocore's `_make_api_call`."""
        place = (operation, self.calls[operation])
        self.calls[operation] += 1
        self.places.append(place)
        if self.calls.total() > MOST_CALLS:
            raise AssertionError(f"more than {MOST_CALLS} calls: {self.calls}")
        answer = self.right_answer(client, operation, request)
        name = self.faults.get(place)
        if self.no_more_pages and {"nextToken", "NextToken"} & request.keys():
            name = "throttled"
        if name is not None:
            self.injected[place] = name
            before, account = copy.deepcopy(answer), self.account
            answer = FAULTS[name](self, operation, answer)
            if answer == before and account is self.account:
                self.unnoticed.add(place)
        if operation == "PutEvaluations":
            self.reported += request["Evaluations"]
        return answer

    def right_answer(self, client: Any, operation: str, request: Mapping[str, Any]) -> Answer:
        """As AWS would; raises what AWS would."""
        match operation:
            case "AssumeRole":
                return {"Credentials": dict.fromkeys(_CREDENTIALS, "x")}
            case "DescribeKey":
                return {"KeyMetadata": copy.deepcopy(self._key(request)["Metadata"])}
            case "GetKeyPolicy":
                return {"Policy": self._key(request)["Policy"]}
        answer = FakeAws(self.account).answerer(client, operation, request)
        if operation == "DescribeAlarms":
            answer["CompositeAlarms"] = copy.deepcopy(self.account.get("composite_alarms", []))
        return answer

    def _key(self, request: Mapping[str, Any]) -> Any:
        for key in self.account.get("keys", ()):
            if request["KeyId"] in (key["KeyId"], key["Metadata"]["Arn"]):
                return key
        raise ClientError({"Error": {"Code": "NotFoundException", "Message": "none"}}, "a key")

    def vanish(self) -> None:
        """Leaves nothing in the account."""
        self.account = {collection: [] for collection in self.account}


@contextmanager
def in_place_of_aws(aws: Injected) -> Iterator[None]:
    """boto3's clients ask `aws`; they are kept, for making them is most of the time."""
    with (
        mock.patch.dict("os.environ", ENVIRONMENT),
        mock.patch("boto3.client", lambda service, region=None, **_: client(service, region)),
        mock.patch("alarmchain.collector.clients.client_builder", return_value=client),
        mock.patch(
            "botocore.client.BaseClient._make_api_call",
            lambda client, operation, request: aws.call(client, operation, request),
        ),
    ):
        yield


@cache
def client(service: str, region: str | None) -> Any:
    """A real client that leads nowhere."""
    return boto3.session.Session(
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="none", region_name=region
    ).client(service)
