"""A rule's clients retry a fault that passes, with botocore's own retries."""

import io
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError, ReadTimeoutError

from alarmchain.rule import ATTEMPTS, _bounded_session
from alarmchain.testing import ENVIRONMENT
from alarmchain.testing.account import REGION

THROTTLED = (400, b'{"__type": "ThrottlingException", "message": "Rate exceeded"}')
UNAVAILABLE = (503, b'{"__type": "ServiceUnavailableException"}')
FINE = (200, b'{"trailList": []}')


class Body(io.BytesIO):
    """The body of a response, with the interface of urllib3."""

    def stream(self) -> Iterator[bytes]:
        """Yield the whole body."""
        yield self.read()


def describe_trails(answers: list[Any]) -> tuple[Any, int]:
    """Call DescribeTrails with the rule's own client; return its answer and the number of waits.

    `answers`: the status and body of each HTTP response in order, or the exception to raise.
    """
    remaining = iter(answers)

    def send(request: Any, **_: object) -> AWSResponse:
        answer = next(remaining)
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        return AWSResponse(request.url, status, {}, Body(body))

    with mock.patch.dict("os.environ", ENVIRONMENT), mock.patch("time.sleep") as sleep:
        session = _bounded_session()
        client = session.create_client("cloudtrail", region_name=REGION)
        client.meta.events.register("before-send", send)
        return client.describe_trails()["trailList"], sleep.call_count


@pytest.mark.parametrize(
    "fault", [THROTTLED, UNAVAILABLE, ReadTimeoutError(endpoint_url="https://aws.example")]
)
def test_a_fault_that_passes(fault: Any) -> None:
    """A fault at all attempts but the last does no harm."""
    assert describe_trails([fault] * (ATTEMPTS - 1) + [FINE]) == ([], ATTEMPTS - 1)


def test_a_fault_that_stays() -> None:
    """A fault at all attempts is an error, after which Lambda tries again."""
    with pytest.raises(ClientError, match="Throttling"):
        describe_trails([THROTTLED] * ATTEMPTS + [FINE])


def test_a_refusal_is_not_tried_again() -> None:
    """A denial is an error at the first attempt, because it would not pass."""
    with pytest.raises(ClientError, match="AccessDenied"):
        describe_trails([(400, b'{"__type": "AccessDeniedException"}'), FINE])
