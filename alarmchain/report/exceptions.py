"""The exceptions of --exceptions: faults that people accept until a day, and what they accept.

An exception changes no verdict. It names a fault by its reason, so another fault of the same rule
is not accepted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import cache, lru_cache

from alarmchain.report.lasting_reason import lasting_reason
from alarmchain.report.result_key import ResultKey

ANY = "*"
"""Any account, region or rule; in a reason, any text."""


@dataclass(frozen=True, slots=True)
class AcceptedException:
    """A fault that people accept.

    `number`: its place in the file, from 1. `account`, `region`, `rule`: which results, each one
    value or ANY. `reason`: the reason of the fault, in which ANY stands for any text; white space,
    and how long an alarm has been in ALARM, do not count. `calls`: the calls with the fault, () for
    all. `until`: the last day, in UTC, on which it is accepted. `why`: why people accept it.
    """

    number: int
    account: str
    region: str
    rule: str
    reason: str
    until: date
    why: str
    calls: tuple[str, ...] = ()

    def accepts(self, call: str, *reasons: str) -> bool:
        """Return whether the exception accepts that a call is not covered.

        `reasons`: the texts of its one reason; one that matches is enough.
        """
        is_its_call = not self.calls or call in self.calls
        return is_its_call and any(_matches(self.reason, reason) for reason in reasons)

    def __str__(self) -> str:
        region = "all regions" if self.region == ANY else self.region
        account = "all accounts" if self.account == ANY else self.account
        rule = "every rule" if self.rule == ANY else self.rule
        return f"exception {self.number} ({rule} in {region} of {account})"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The exceptions that together accept every fault of a result; at least one."""

    exceptions: tuple[AcceptedException, ...]

    @property
    def until(self) -> date:
        """Return the last day on which every fault is accepted."""
        return min(exception.until for exception in self.exceptions)

    @property
    def why(self) -> str:
        """Return why people accept the faults."""
        return "; ".join(dict.fromkeys(exception.why for exception in self.exceptions))


class ExceptionStatus(Enum):
    """What an exception does in an audit.

    `UNUSED`: it accepts no fault of the audited results that it selects, or a result has another
    fault, too. `NOT_AUDITED`: it selects no result.
    """

    IN_USE = "in_use"
    EXPIRED = "expired"
    UNUSED = "unused"
    NOT_AUDITED = "not_audited"


@dataclass(frozen=True, slots=True)
class AppliedException:
    """An exception with what it does in an audit; `note` is "" if it does what it should."""

    exception: AcceptedException
    status: ExceptionStatus
    note: str = ""


@dataclass(frozen=True, slots=True)
class AppliedExceptions:
    """What the exceptions do in an audit, in the file's order.

    `accepted`: the results that are excepted. `expired`: the results that were excepted until an
    exception expired, with all exceptions that accepted them.
    """

    exceptions: tuple[AppliedException, ...] = ()
    accepted: Mapping[ResultKey, Acceptance] = field(default_factory=dict)
    expired: Mapping[ResultKey, Acceptance] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return a line for each exception that is expired or unused, and one for all of those
        that select nothing audited."""
        lines = [each.note for each in self.exceptions if each.note]
        outside = [
            str(each.exception.number)
            for each in self.exceptions
            if each.status is ExceptionStatus.NOT_AUDITED
        ]
        if outside:
            subject = "exception" if len(outside) == 1 else "exceptions"
            verb = "selects" if len(outside) == 1 else "select"
            numbers = ", ".join(outside)
            lines.append(f"{subject} {numbers} {verb} no result of this audit")
        return tuple(lines)


def _comparable(reason: str) -> str:
    """Return the reason in one line, as it is in every audit of the same fault."""
    return lasting_reason(" ".join(reason.split()))


@lru_cache(maxsize=65536)  # the regions of an account often share a reason
def _matches(pattern: str, reason: str) -> bool:
    return _pattern(pattern).fullmatch(_comparable(reason)) is not None


@cache
def _pattern(reason: str) -> re.Pattern[str]:
    """Return the pattern of a reason; its time is linear, as each group keeps its first match."""
    first, *others = (re.escape(part) for part in _comparable(reason).split(ANY))
    if not others:
        return re.compile(first)
    middle = "".join(f"(?>.*?{part})" for part in others[:-1])
    return re.compile(f"{first}{middle}.*{others[-1]}")
