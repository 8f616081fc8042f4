"""The comparison of an audit with its baseline: what is new, changed, unchanged and fixed."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

import pytest

from alarmchain.decision.assessment import Assessment, CallAssessment, Outcome
from alarmchain.json_document import DocumentError, iso
from alarmchain.report.audit_json import render
from alarmchain.report.baseline import Baseline
from alarmchain.report.baseline_comparison import with_baseline
from alarmchain.report.comparison import Change
from alarmchain.report.exception_matching import with_exceptions
from alarmchain.report.exceptions import AcceptedException
from alarmchain.report.findings import Failure, Findings
from tests.report.findings_builder import CONTROLS, NOW, example_account

ACCOUNT, REGION = "123456789012", "us-east-1"
COVERED, GAP, DOUBT = Outcome.COVERED, Outcome.NOT_COVERED, Outcome.UNKNOWN
NOT_APPLICABLE = Outcome.NOT_APPLICABLE
A, B = "topic 'a' has no subscription", "topic 'b' has no subscription"
(TEMPLATE,) = (each for each in example_account().results if each.rule == "CMKChanges")


def result(
    calls: Mapping[str, tuple[Outcome, str]], rule: str = "CMKChanges", account: str = ACCOUNT
) -> Assessment:
    """Return a result with the outcome of its worst call."""
    order = (GAP, DOUBT, COVERED, NOT_APPLICABLE)
    outcome = min((outcome for outcome, _ in calls.values()), key=order.index)
    assessed = {name: CallAssessment(outcome, reason) for name, (outcome, reason) in calls.items()}
    return replace(TEMPLATE, rule=rule, account=account, outcome=outcome, calls=assessed)


def findings(*outcomes: Assessment | Failure) -> Findings:
    """Return the findings of an audit with these outcomes."""
    return Findings.of(outcomes, NOW, CONTROLS)


def as_baseline(earlier: Findings) -> Baseline:
    """Return the baseline that an audit with these findings writes."""
    return Baseline.of(json.loads(render(earlier)))


def one(outcome: Outcome, reason: str = "") -> Mapping[str, tuple[Outcome, str]]:
    """Return a single call."""
    return {"DisableKey": (outcome, reason)}


def two(first: Outcome, second: Outcome, reason: str = A) -> Mapping[str, tuple[Outcome, str]]:
    """Return two calls; those that are not covered have the reason."""
    return {
        name: (outcome, "" if outcome is COVERED else reason)
        for name, outcome in (("DisableKey", first), ("ScheduleKeyDeletion", second))
    }


CHANGES = {
    # the calls in the baseline and now, what has changed, the exit status
    "covered both times": (one(COVERED), one(COVERED), None, 0),
    "a new gap": (one(COVERED), one(GAP, A), Change.NEW, 1),
    "a new doubt": (one(COVERED), one(DOUBT, A), Change.NEW, 1),
    "a doubt becomes a gap": (one(DOUBT, A), one(GAP, A), Change.NEW, 1),
    "a gap becomes a doubt": (one(GAP, A), one(DOUBT, B), Change.CHANGED, 1),
    "fixed": (one(GAP, A), one(COVERED), Change.FIXED, 0),
    "a doubt is resolved": (one(DOUBT, A), one(COVERED), Change.FIXED, 0),
    "the same gap": (one(GAP, A), one(GAP, A), Change.UNCHANGED, 0),
    "the same doubt": (one(DOUBT, A), one(DOUBT, A), Change.UNCHANGED, 0),
    "another fault": (one(GAP, A), one(GAP, B), Change.CHANGED, 1),
    "the same, some hours later": (
        one(GAP, "alarm 'a' has been in ALARM for 72 h, so a new event is lost"),
        one(GAP, "alarm 'a' has been in ALARM for 96 h, so a new event is lost"),
        Change.UNCHANGED,
        0,
    ),
    "one more call": (two(GAP, COVERED), two(GAP, GAP), Change.NEW, 1),
    "one call less": (two(GAP, GAP), two(GAP, COVERED), Change.UNCHANGED, 0),
    "another call": (two(GAP, COVERED), two(COVERED, GAP), Change.NEW, 1),
    "doubt about another call": (two(GAP, COVERED), two(GAP, DOUBT), Change.NEW, 1),
    "a new call": (one(GAP, A), two(GAP, GAP), Change.NEW, 1),
    "a new call, covered": (one(GAP, A), two(GAP, COVERED), Change.UNCHANGED, 0),
    "applicable now": (one(NOT_APPLICABLE, A), one(GAP, A), Change.NEW, 1),
    "not applicable now": (one(GAP, A), one(NOT_APPLICABLE, A), None, 0),
}  # fmt: skip


@pytest.mark.parametrize(("before", "now", "change", "status"), CHANGES.values(), ids=CHANGES)
def test_what_has_changed(
    before: Mapping[str, tuple[Outcome, str]],
    now: Mapping[str, tuple[Outcome, str]],
    change: Change | None,
    status: int,
) -> None:
    """A call that is worse than before makes a result new; the exit status says so."""
    compared = with_baseline(findings(result(now)), as_baseline(findings(result(before))))
    assert (compared.change_of(compared.results[0]), compared.exit_code) == (change, status)
    assert compared.results[0].outcome is result(now).outcome


BOTH = (result(one(COVERED)), result(one(GAP, A), "CloudTrailChanges"))
FAILED = Failure(ACCOUNT, REGION, "CMKChanges", "timed out")
LOST = Failure(ACCOUNT, "", "", "no role")
MISSING = {
    # before, now, what is not compared, the accounts that were not audited, the exit status
    "a rule that failed": (BOTH, (FAILED, BOTH[1]), ["CMKChanges"], (), 2),
    "an account that failed": (BOTH, (LOST,), ["CMKChanges", "CloudTrailChanges"], (), 2),
    "a rule that was not audited": (BOTH, BOTH[1:], ["CMKChanges"], (), 0),
    "an account that was not audited": (
        (*BOTH, result(one(GAP, A), account="999999999999")),
        BOTH,
        [],
        ("999999999999",),
        0,
    ),
    "a failed account that was not audited": (
        (*BOTH, Failure("999999999999", "", "", "no role")),
        BOTH,
        [],
        ("999999999999",),
        0,
    ),
    "not applicable now": (BOTH, (BOTH[0], result(one(NOT_APPLICABLE, A), BOTH[1].rule)),
        ["CloudTrailChanges"], (), 0),
}  # fmt: skip


@pytest.mark.parametrize(
    ("before", "now", "not_compared", "accounts", "status"), MISSING.values(), ids=MISSING
)
def test_what_is_missing_is_never_fixed(
    before: Iterable[Assessment | Failure],
    now: Iterable[Assessment | Failure],
    not_compared: list[str],
    accounts: tuple[str, ...],
    status: int,
) -> None:
    """A half-read account is not compared, and the notes name what is missing."""
    compared = with_baseline(findings(*now), as_baseline(findings(*before)))
    comparison = compared.comparison
    assert comparison is not None
    assert [key.rule for key in comparison.not_compared] == not_compared
    assert comparison.missing_accounts == accounts
    assert (comparison.count(Change.FIXED), compared.exit_code) == (0, status)
    assert len(compared.notes) == bool(not_compared) + bool(accounts)
    assert all(name in " ".join(compared.notes) for name in (*not_compared, *accounts))


@pytest.mark.parametrize(
    "before",
    [(FAILED, BOTH[1]), BOTH[1:]],
    ids=["it failed in the baseline", "it was not audited in the baseline"],
)
def test_what_the_baseline_lacks_is_new(before: Iterable[Assessment | Failure]) -> None:
    """A gap that the baseline could not see counts; a covered result needs no attention."""
    open_now = findings(result(one(GAP, A)), BOTH[1])
    compared = with_baseline(open_now, as_baseline(findings(*before)))
    states = [compared.change_of(each) for each in compared.results]
    assert (states, compared.exit_code) == ([Change.NEW, Change.UNCHANGED], 1)
    assert with_baseline(findings(*BOTH), as_baseline(findings(*before))).exit_code == 0


def test_another_account_is_refused() -> None:
    """A baseline of another account is refused; the message names the accounts."""
    others = [result(one(COVERED), account=f"{number:012}") for number in range(1, 6)]
    with pytest.raises(DocumentError) as refused:
        with_baseline(findings(*BOTH), as_baseline(findings(*others)))
    assert str(refused.value) == (
        "it is of account 000000000001, 000000000002, 000000000003 and 2 more,"
        f" but account {ACCOUNT} was audited"
    )


@pytest.mark.parametrize(("hours", "is_noted"), [(1, True), (0, False), (-1, False)])
def test_a_baseline_that_is_later_is_noted(hours: int, is_noted: bool) -> None:
    """A baseline that is later than the audit gives a note: new and fixed may be exchanged."""
    now = findings(*BOTH)
    moment = now.collected_at + hours * 3600
    before = [replace(each, collected_at=moment) for each in BOTH]
    compared = with_baseline(now, as_baseline(findings(*before)))
    note = (
        f"the baseline was read at {iso(moment)}, after this audit: what is called new may have"
        " been fixed since, and what is called fixed may be new"
    )
    assert compared.notes == (note,) * is_noted


def test_many_missing_results_take_one_line() -> None:
    """The note names the first results and the number of the others."""
    before = [replace(BOTH[0], region=f"us-east-{number}") for number in range(1, 6)]
    compared = with_baseline(findings(BOTH[1]), as_baseline(findings(*before)))
    assert compared.notes == (
        "5 results of the baseline not compared, without a result now: "
        + ", ".join(f"CMKChanges in us-east-{number} of {ACCOUNT}" for number in (1, 2, 3))
        + " and 2 more",
    )


OPEN_RESULT = result(one(GAP, A))
EXCEPTION = AcceptedException(1, "*", "*", "CMKChanges", A, date(2100, 1, 1), "it is planned")
EXPIRED = replace(EXCEPTION, until=date(2020, 1, 1))


def accepted(exceptions: Iterable[AcceptedException]) -> Callable[[Findings], Findings]:
    """Return a function that applies the exceptions."""
    return lambda before: with_exceptions(before, tuple(exceptions))


TOGETHER = {
    # the exceptions of the baseline and now, the change, the exit status
    "excepted both times": ([EXCEPTION], [EXCEPTION], Change.UNCHANGED, 0),
    "excepted since": ([], [EXCEPTION], Change.UNCHANGED, 0),
    "no longer excepted": ([EXCEPTION], [], Change.NEW, 1),
    "expired since": ([EXCEPTION], [EXPIRED], Change.NEW, 1),
    "expired, and known to the baseline": ([], [EXPIRED], Change.UNCHANGED, 1),
}


@pytest.mark.parametrize(("before", "now", "change", "status"), TOGETHER.values(), ids=TOGETHER)
def test_exceptions_and_a_baseline(
    before: list[AcceptedException], now: list[AcceptedException], change: Change, status: int
) -> None:
    """A result that is no longer excepted counts again, whatever the baseline has."""
    earlier = as_baseline(with_exceptions(findings(OPEN_RESULT), before))
    compared = with_baseline(with_exceptions(findings(OPEN_RESULT), now), earlier)
    assert (compared.change_of(compared.results[0]), compared.exit_code) == (change, status)


def test_a_new_gap_may_be_excepted() -> None:
    """A new fault with an exception is called new, and does not change the exit status."""
    now = with_exceptions(findings(OPEN_RESULT), [EXCEPTION])
    compared = with_baseline(now, as_baseline(findings(result(one(COVERED)))))
    assert (compared.change_of(compared.results[0]), compared.exit_code) == (Change.NEW, 0)
    assert compared.summary == (
        "1 result: 0 covered, 1 not covered, 0 unknown; 1 excepted;"
        " since the baseline of 2026-11-20T12:00:00Z: 1 new, 0 changed, 0 unchanged, 0 fixed"
    )
