"""The calls that the local AWS received, and the errors that a test asks it to answer with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from threading import Lock


@dataclass(frozen=True, slots=True)
class Call:
    """One API call.

    service is botocore's name (``cloudwatch``, ``logs``), operation is the API's name
    (``PutMetricAlarm``), principal is ``user``, ``role/NAME``, or the AWS service that called.
    """

    service: str
    operation: str
    region: str
    account: str
    access_key: str
    principal: str

    @property
    def action(self) -> str:
        """The call as an IAM action: ``logs:PutMetricFilter``."""
        return f"{self.service}:{self.operation}"


class CallLog:
    """The calls since the last clear, in order of arrival."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._lock = Lock()

    def add(self, call: Call) -> None:
        with self._lock:
            self._calls.append(call)

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()

    def __iter__(self) -> Iterator[Call]:
        with self._lock:
            return iter(tuple(self._calls))

    def __len__(self) -> int:
        return len(self._calls)

    def actions(self, *, principal: str = "*", account: str = "*", region: str = "*") -> list[str]:
        """Return ``service:Operation`` of each call that matches the patterns, in order."""
        return [
            call.action
            for call in self
            if fnmatchcase(call.principal, principal)
            and fnmatchcase(call.account, account)
            and fnmatchcase(call.region, region)
        ]


@dataclass(slots=True)
class Fault:
    """An error to answer with. ``times`` counts down; None lasts until the next reset.

    action, account, region and principal are shell patterns.
    """

    action: str
    code: str
    message: str
    status: int
    times: int | None = None
    account: str = "*"
    region: str = "*"
    principal: str = "*"

    def fits(self, call: Call) -> bool:
        return (
            self.times != 0
            and fnmatchcase(call.action.lower(), self.action.lower())
            and fnmatchcase(call.account, self.account)
            and fnmatchcase(call.region, self.region)
            and fnmatchcase(call.principal, self.principal)
        )


class Faults:
    """The active faults. The first that matches a call answers it."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = Lock()

    def add(self, fault: Fault) -> None:
        service, colon, operation = fault.action.partition(":")
        if not (service and colon and operation):
            raise ValueError(f"action is {fault.action!r}; expected SERVICE:OPERATION")
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def take(self, call: Call) -> Fault | None:
        """Return the fault that answers this call and count it; None if the call may proceed."""
        with self._lock:
            for fault in self._faults:
                if fault.fits(call):
                    if fault.times is not None:
                        fault.times -= 1
                    return fault
        return None


def denial_code(service: str) -> str:
    """Return the error code of a service for a missing permission."""
    return {
        "sns": "AuthorizationError",
        "ec2": "UnauthorizedOperation",
        "s3": "AccessDenied",
        "iam": "AccessDenied",
        "sts": "AccessDenied",
        "cloudwatch": "AccessDenied",
        "cloudformation": "AccessDenied",
    }.get(service, "AccessDeniedException")
