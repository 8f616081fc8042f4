"""The state of AWS Config in one account and region."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from localaws.bridge import Caller, Regional
from localaws.clock import Clock
from localaws.errors import AwsError

type ResourceKey = tuple[str, str]
"""(resource type, resource id), such as ("AWS::::Account", "123456789012")."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One verdict from PutEvaluations. Times are aware datetimes."""

    resource: ResourceKey
    compliance: str
    annotation: str | None
    ordered: Any
    recorded: datetime
    invoked: datetime


@dataclass(slots=True)
class Status:
    """A rule's status, as DescribeConfigRuleEvaluationStatus returns it."""

    first_activated: datetime
    last_successful_invocation: datetime | None = None
    last_failed_invocation: datetime | None = None
    last_successful_evaluation: datetime | None = None
    last_failed_evaluation: datetime | None = None
    error_code: str | None = None
    error_message: str | None = None
    started: bool = False


@dataclass(slots=True)
class Execution:
    """A remediation of one resource: its automation, or the reason why none started."""

    resource: ResourceKey
    invoked: datetime
    automation_id: str | None = None
    failure: str | None = None


@dataclass(slots=True)
class Pack:
    """A conformance pack and the stack with its rules."""

    name: str
    identifier: str
    arn: str
    stack_name: str
    request: dict[str, Any]
    rules: tuple[str, ...]
    requested: datetime
    state: str = "CREATE_IN_PROGRESS"
    reason: str | None = None
    stack_arn: str | None = None
    completed: datetime | None = None


@dataclass(slots=True)
class State:
    """The state, by the name of a rule or pack."""

    evaluations: dict[str, dict[ResourceKey, Evaluation]] = field(default_factory=dict)
    statuses: dict[str, Status] = field(default_factory=dict)
    tokens: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)
    last_start: dict[str, datetime] = field(default_factory=dict)
    remediations: dict[str, dict[str, Any]] = field(default_factory=dict)
    executions: dict[str, dict[ResourceKey, Execution]] = field(default_factory=dict)
    attempts: dict[tuple[str, ResourceKey], list[datetime]] = field(default_factory=dict)
    exceptions: dict[tuple[str, ResourceKey], str] = field(default_factory=dict)
    packs: dict[str, Pack] = field(default_factory=dict)

    def forget_rule(self, name: str) -> None:
        """Drop the state of a deleted rule."""
        for each in (self.evaluations, self.statuses, self.executions, self.last_start):
            each.pop(name, None)
        for mapping in (self.attempts, self.exceptions):
            for key in [key for key in mapping if key[0] == name]:
                del mapping[key]  # type: ignore[attr-defined]

    def status(self, name: str) -> Status:
        """Return the status of a rule; it is created on first use."""
        return self.statuses.setdefault(name, Status(first_activated=now()))


state = Regional(State)


def now() -> datetime:
    """Return the local AWS's time, rounded to milliseconds as in AWS Config."""
    return datetime.fromtimestamp(round(Clock.now(), 3), UTC)


def rules_of(caller: Caller) -> dict[str, Any]:
    """Return moto's rules of the caller's account and region, by name."""
    from moto.config.models import config_backends

    rules: dict[str, Any] = config_backends[caller.account][caller.region].config_rules
    return rules


def rule_named(caller: Caller, name: str) -> Any:
    """Return moto's rule. Raises NoSuchConfigRuleException if no rule has the name."""
    rule = rules_of(caller).get(name)
    if rule is None:
        message = (
            f"The ConfigRule '{name}' provided in the request is invalid. "
            "Please check the configRule name"
        )
        raise AwsError("NoSuchConfigRuleException", message)
    return rule


def page[T](
    items: list[T], request: dict[str, Any], default: int, key: str = "Limit"
) -> tuple[list[T], dict[str, str]]:
    """Return one page of a list, and ``{"NextToken": ...}`` if there are more pages.

    Raises InvalidNextTokenException for an invalid token.
    """
    token = request.get("NextToken") or "0"
    if not token.isdigit() or int(token) > len(items):
        raise AwsError("InvalidNextTokenException", "The nextToken provided is invalid")
    start, size = int(token), request.get(key) or default
    end = start + size
    return items[start:end], ({"NextToken": str(end)} if end < len(items) else {})
