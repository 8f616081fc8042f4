"""A rule's handler, run as Lambda runs it, with a fake AWS."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from alarmchain.rule import handler
from alarmchain.testing import scheduled_event
from alarmchain.testing.account import ACCOUNT, REGION
from alarmchain.testing.aws import FakeAws
from deployment.folders import CHECKOUT

FOLDER = CHECKOUT / "rules" / "ConfigChanges"
OTHER = "999988887777"
UNKNOWN = "UNKNOWN: "


@dataclass
class Aws:
    """The fake AWS of the rules' own tests; it records calls and can make them fail."""

    account: dict[str, Any]
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    faults: dict[str, Callable[[], object]] = field(default_factory=dict)
    reported: list[dict[str, Any]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    requests: list[Mapping[str, Any]] = field(default_factory=list)

    def call(self, client: Any, operation: str, request: Mapping[str, Any]) -> Any:
        """Replace botocore's `_make_api_call`."""
        self.calls.append(
            (client.meta.service_model.service_name, client.meta.region_name, operation)
        )
        self.requests.append(request)
        if operation in self.faults:
            answer = self.faults[operation]()
            if answer is not None:
                return answer
        fake = FakeAws(self.account)
        answer = fake.answerer(client, operation, request)
        self.reported += fake.evaluations
        return answer

    @property
    def operations(self) -> list[str]:
        """Return the names of the called operations, in order."""
        return [operation for _, _, operation in self.calls]

    def fail(self, operation: str, code: str, status: int = 400) -> None:
        """Make every call of the operation end with the error, after all retries."""
        response = {
            "Error": {"Code": code, "Message": "AWS's message"},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }

        def raise_() -> None:
            raise ClientError(response, operation)

        self.faults[operation] = raise_

    def assume(self) -> None:
        """Make AssumeRole succeed."""
        self.faults["AssumeRole"] = lambda: {
            "Credentials": {
                "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
                "SecretAccessKey": "none",
                "SessionToken": "none",
            }
        }

    def verdict(self) -> tuple[str, str]:
        """Return the only reported verdict, on the account."""
        (evaluation,) = self.reported
        assert evaluation["ComplianceResourceType"] == "AWS::::Account"
        assert evaluation["ComplianceResourceId"] == ACCOUNT
        assert evaluation["OrderingTimestamp"] == "2026-01-01T00:00:00.000Z"
        assert 1 <= len(evaluation["Annotation"]) <= 256
        assert evaluation["Annotation"].isprintable()
        return evaluation["ComplianceType"], evaluation["Annotation"]


def context(seconds: float | None = 60, account: str = ACCOUNT) -> SimpleNamespace:
    """Return a Lambda context with this time left; None: a context without a time limit."""
    arn = f"arn:aws:lambda:{REGION}:{account}:function:RDK-Rule-Function-ConfigChanges"
    made = SimpleNamespace(invoked_function_arn=arn)
    if seconds is not None:
        made.get_remaining_time_in_millis = lambda: int(seconds * 1000)
    return made


def event(parameters: Mapping[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """Return a scheduled event; a member that is changed to None is left out."""
    made = scheduled_event("ConfigChanges", parameters or {}) | changes
    return {name: value for name, value in made.items() if value is not None}


def run(sent: Mapping[str, Any], lambda_context: object = None) -> Any:
    """Invoke the handler of the rule's folder with an event."""
    return handler(str(FOLDER / "ConfigChanges.py"))(sent, lambda_context or context())
