"""Injects faults at single API calls: errors of AWS or the network, and wrong answers."""

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
"""A call of a run: the operation, and the number of the call among its calls, from 0."""
Fault = Callable[["Injected", str, Answer], Answer]
"""Takes the right answer of an operation, and returns a wrong answer or raises an exception."""
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
    return lambda aws, operation, answer: {key: change(value) for key, value in answer.items()}


def _hollow(value: Any) -> Any:
    """Return items without their members and strings without characters."""
    if isinstance(value, list):
        return [{} if isinstance(item, dict) else _hollow(item) for item in value]
    if isinstance(value, dict):
        return {}
    return "" if isinstance(value, str) else value


def _mistyped(value: Any) -> Any:
    """Return each scalar as a string that is not allowed; botocore's JSON parser does not check."""
    if isinstance(value, list):
        return [_mistyped(item) for item in value]
    if isinstance(value, dict):
        return {key: _mistyped(member) for key, member in value.items()}
    return "\x00?"


def _nothing_but_null(value: Any) -> Any:
    if isinstance(value, list):
        return [_nothing_but_null(item) for item in value]
    return dict.fromkeys(value) if isinstance(value, dict) else None


def _gone(aws: "Injected", operation: str, answer: Answer) -> Answer:
    """Return the right answer, and remove everything from the account afterwards."""
    aws.vanish()
    return answer


def _broken_paging(aws: "Injected", operation: str, answer: Answer) -> Answer:
    """Return an empty page with the token of a next page, which cannot be read."""
    if not any(isinstance(value, list) for value in answer.values()):
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
    "empty lists": _mapped(
        lambda value: type(value)() if isinstance(value, list | dict) else value
    ),
    "hollow items": _mapped(_hollow),
    "nulls": _mapped(_nothing_but_null),
    "mistyped": _mapped(_mistyped),
    "all is gone afterwards": _gone,
    "second page is refused": _broken_paging,
}


@dataclass
class Injected:
    """A fake AWS in which some calls end in a fault.

    `faults`: the faults to inject. `places`: the calls that were made. `injected`: the faults that
    were injected. `unnoticed`: the calls whose fault did not change the answer.
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
        """Replace botocore's `_make_api_call`."""
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
        """Return the answer of AWS, or raise its error."""
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
        """Remove everything from the account."""
        self.account = {collection: [] for collection in self.account}


@contextmanager
def in_place_of_aws(aws: Injected) -> Iterator[None]:
    """Send the calls of boto3's clients to `aws`.

    The clients are shared by all runs, because creating them would take most of the time. So no run
    needs a session.
    """
    with (
        mock.patch.dict("os.environ", ENVIRONMENT),
        mock.patch("botocore.session.Session", mock.MagicMock()),
        mock.patch("boto3.client", lambda service, region=None, **_: client(service, region)),
        mock.patch("alarmchain.collector.clients.client_builder", return_value=client),
        mock.patch(
            "botocore.client.BaseClient._make_api_call",
            lambda client, operation, request: aws.call(client, operation, request),
        ),
    ):
        yield


SESSION = boto3.session.Session(
    aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="none"
)


@cache
def client(service: str, region: str | None) -> Any:
    """Return a real client with invalid credentials."""
    return SESSION.client(service, region_name=region)
