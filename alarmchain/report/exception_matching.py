"""Find the results that exceptions accept, and the exceptions that are expired or unused."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product

from alarmchain.decision.assessment import Assessment
from alarmchain.report.exceptions import (
    ANY,
    Acceptance,
    AcceptedException,
    AppliedException,
    AppliedExceptions,
    ExceptionStatus,
)
from alarmchain.report.findings import OPEN, Findings
from alarmchain.report.general_text import Subject, without_home
from alarmchain.report.result_key import ResultKey, result_key

_MOST_NAMES = 12
"""Calls that a note lists."""


def with_exceptions(findings: Findings, exceptions: Iterable[AcceptedException]) -> Findings:
    """Return the findings with what the exceptions do on the day of the audit, in UTC."""
    today = datetime.fromtimestamp(findings.collected_at, UTC).date()
    applied = apply_exceptions(tuple(exceptions), findings.results, today)
    return replace(findings, exceptions=applied)


def apply_exceptions(
    exceptions: tuple[AcceptedException, ...], results: Iterable[Assessment], today: date
) -> AppliedExceptions:
    """Return what the exceptions do: a result is excepted if they accept each of its faults."""
    selector = _Selector(exceptions)
    selected: dict[int, list[Assessment]] = {}
    accepted: dict[ResultKey, Acceptance] = {}
    expired: dict[ResultKey, Acceptance] = {}
    for result in results:
        here = selector.select(result)
        for exception in here:
            selected.setdefault(exception.number, []).append(result)
        valid = [exception for exception in here if today <= exception.until]
        if acceptance := _acceptance(result, valid):
            accepted[result_key(result)] = acceptance
        elif len(valid) < len(here) and (acceptance := _acceptance(result, here)):
            expired[result_key(result)] = acceptance
    used = {each.number for acceptance in accepted.values() for each in acceptance.exceptions}

    def applied(exception: AcceptedException) -> AppliedException:
        if today > exception.until:
            note = f"{exception} expired on {exception.until}: what it accepted counts again"
            return AppliedException(exception, ExceptionStatus.EXPIRED, note)
        if exception.number in used:
            return AppliedException(exception, ExceptionStatus.IN_USE)
        results_here = selected.get(exception.number)
        if results_here is None:
            return AppliedException(exception, ExceptionStatus.NOT_AUDITED)
        left = [result for result in results_here if result_key(result) not in accepted]
        why = _wrong_call(exception, results_here) or _why_unused(exception, left)
        return AppliedException(exception, ExceptionStatus.UNUSED, f"{exception} {why}")

    return AppliedExceptions(tuple(map(applied, exceptions)), accepted, expired)


class _Selector:
    """Finds the exceptions for a result without a look at all others."""

    def __init__(self, exceptions: Iterable[AcceptedException]) -> None:
        self._by_key: dict[tuple[str, str, str], list[AcceptedException]] = {}
        for exception in exceptions:
            key = (exception.account, exception.rule, exception.region)
            self._by_key.setdefault(key, []).append(exception)

    def select(self, result: Assessment) -> list[AcceptedException]:
        """Return the exceptions for the result's account, rule and region, in the file's order."""
        keys = product((result.account, ANY), (result.rule, ANY), (result.region, ANY))
        selected = (exception for key in keys for exception in self._by_key.get(key, ()))
        return sorted(selected, key=lambda exception: exception.number)


def _acceptance(result: Assessment, exceptions: Iterable[AcceptedException]) -> Acceptance | None:
    """Return the first exception for each fault, or None if there is no fault or one has none."""
    candidates = tuple(exceptions)
    used: dict[int, AcceptedException] = {}
    for fault in _faults(result):
        exception = next((each for each in candidates if each.accepts(*fault)), None)
        if exception is None:
            return None
        used[exception.number] = exception
    return Acceptance(tuple(used.values())) if used else None


def _faults(result: Assessment) -> Iterator[tuple[str, str, str]]:
    """Yield the calls that are not covered, or unknown, each with two texts of its reason.

    The second is that of the link's own region. The text report shows it for all regions.
    """
    if result.outcome in OPEN:
        subject = Subject.of(result)
        for name, call in result.calls.items():
            if call.outcome in OPEN:
                yield name, call.reason, without_home(call.reason, subject)


def _wrong_call(exception: AcceptedException, selected: Iterable[Assessment]) -> str:
    """Return that the exception names a call that no result has, "" if each call is one's."""
    known = dict.fromkeys(name for result in selected for name in result.calls)
    wrong = [call for call in exception.calls if call not in known]
    if not wrong:
        return ""
    names = [*known][:_MOST_NAMES]
    more = f" and {len(known) - _MOST_NAMES} more" if len(known) > _MOST_NAMES else ""
    return f"accepts nothing: calls names '{wrong[0]}'; expected one of {', '.join(names)}{more}"


def _why_unused(exception: AcceptedException, left: Iterable[Assessment]) -> str:
    """Return why the exception accepts no result; `left`: those that it selects and that are not
    excepted."""
    open_results = [result for result in left if result.outcome in OPEN]
    for result in open_results:
        others = [fault for fault in _faults(result) if not exception.accepts(*fault)]
        if len(others) < len(list(_faults(result))):
            call, reason, _ = others[0]
            return f"is not enough: {result_key(result)} has another fault, {call}: {reason}"
    for result in open_results[:1]:
        call, reason, _ = next(_faults(result))
        return f"accepts nothing: {result_key(result)} has another fault, {call}: {reason}"
    return "is not needed: each result that it selects is covered or accepted by another exception"
