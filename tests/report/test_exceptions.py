"""What exceptions accept, when they expire, and which notes they cause."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from alarmchain.decision.assessment import CallAssessment, Outcome
from alarmchain.report.exception_matching import with_exceptions
from alarmchain.report.exceptions import AcceptedException, ExceptionStatus
from alarmchain.report.findings import Findings
from tests.report.findings_builder import example_account, one_finding

EXAMPLE = example_account()
TODAY = datetime.fromtimestamp(EXAMPLE.collected_at, UTC).date()
ACCOUNT = EXAMPLE.accounts[0]
REASON = "key-custodians@example.com has not confirmed the subscription to topic 'key-custodians'"
EXCEPTION = AcceptedException(
    1, ACCOUNT, "us-east-1", "CMKChanges", REASON, TODAY, "the new custodian begins in December"
)
"""Accepts what is wrong with CMKChanges in the example."""


def excepted(findings: Findings) -> list[str]:
    """Return the rules with an excepted result."""
    return [each.rule for each in findings.results if findings.exception_of(each)]


MATCHES = {
    "as it is": ({}, True),
    "any account": ({"account": "*"}, True),
    "any region": ({"region": "*"}, True),
    "any rule": ({"rule": "*"}, True),
    "another account": ({"account": "999999999999"}, False),
    "another region": ({"region": "eu-west-1"}, False),
    "another rule": ({"rule": "CloudTrailChanges"}, False),
    "a wildcard at the end": ({"reason": "key-custodians@example.com has not *"}, True),
    "a wildcard at the start": ({"reason": "* to topic 'key-custodians'"}, True),
    "wildcards around": ({"reason": "* confirmed the subscription *"}, True),
    "a wildcard for nothing": ({"reason": f"*{REASON}*"}, True),
    "a part alone": ({"reason": "confirmed the subscription"}, False),
    "the wrong order": ({"reason": "*to topic*confirmed*"}, False),
    "one text for both ends": ({"reason": f"{REASON}*{REASON}"}, False),
    "lines as the report breaks them": ({"reason": REASON.replace(" to ", "\n      to ")}, True),
    "a pattern of another language": ({"reason": REASON.replace(".", "?")}, False),
    "a dot is a dot": ({"reason": REASON.replace("s@", ".@")}, False),
    "another case": ({"reason": REASON.upper()}, False),
    "both calls": ({"calls": ("DisableKey", "ScheduleKeyDeletion")}, True),
    "one of two calls": ({"calls": ("DisableKey",)}, False),
    "until tomorrow": ({"until": date(2026, 11, 21)}, True),
    "until yesterday": ({"until": date(2026, 11, 19)}, False),
}


@pytest.mark.parametrize(("change", "is_accepted"), MATCHES.values(), ids=MATCHES)
def test_what_an_exception_accepts(change: dict[str, object], is_accepted: bool) -> None:
    """An exception accepts its fault in the results that it selects, until its last day."""
    exception = replace(EXCEPTION, **change)  # type: ignore[arg-type]
    assert excepted(with_exceptions(EXAMPLE, [exception])) == ["CMKChanges"] * is_accepted


STUCK = "alarm 'wait for 5 h' has been in ALARM for 72 h, so a new event sends no notification"
HOURS = {
    # the reason of the exception, whether it accepts STUCK
    "as it is": (STUCK, True),
    "a day before": (STUCK.replace("72", "48"), True),
    "any number": (STUCK.replace("72", "*"), True),
    "another alarm": (STUCK.replace("5 h", "6 h"), False),
}


@pytest.mark.parametrize(("reason", "is_accepted"), HOURS.values(), ids=HOURS)
def test_the_hours_in_alarm_do_not_count(reason: str, is_accepted: bool) -> None:
    """A reason with other hours in ALARM is the same fault for an exception."""
    exception = replace(EXCEPTION, account="*", reason=reason)
    assert bool(excepted(with_exceptions(one_finding(STUCK), [exception]))) is is_accepted


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_the_text_of_a_cause_is_accepted_in_each_of_its_regions(region: str) -> None:
    """The reason names the link's region where that is another one; the text report leaves it out
    for all regions."""
    where = "" if region == "us-east-1" else " in us-east-1"
    (result,) = one_finding(f"log group 'trail'{where} has no metric filter").results
    findings = Findings.of([replace(result, region=region)], EXAMPLE.collected_at, ())
    exception = replace(
        EXCEPTION, account="*", region="*", reason="log group 'trail' has no metric filter"
    )
    assert excepted(with_exceptions(findings, [exception])) == ["CMKChanges"]
    elsewhere = replace(exception, reason="log group 'trail' in us-west-2 has no metric filter")
    assert excepted(with_exceptions(findings, [elsewhere])) == []


def test_an_exception_changes_no_verdict() -> None:
    """An exception changes no result; the excepted one just does not count."""
    findings = with_exceptions(EXAMPLE, [EXCEPTION])
    assert findings.results == EXAMPLE.results
    assert [each.rule for each in EXAMPLE.results if EXAMPLE.counts(each)] == [
        "CMKChanges", "CloudTrailChanges", "SecurityGroupChanges",
    ]  # fmt: skip
    assert [each.rule for each in findings.results if findings.counts(each)] == [
        "CloudTrailChanges", "SecurityGroupChanges",
    ]  # fmt: skip
    assert findings.exit_code == 1
    assert findings.summary == "4 results: 1 covered, 3 not covered, 0 unknown; 1 excepted"


def test_without_any_other_fault_the_status_is_0() -> None:
    """One exception may accept all results that are not covered; then the status is 0."""
    every = replace(EXCEPTION, rule="*", reason="*")
    findings = with_exceptions(EXAMPLE, [every])
    assert (findings.exit_code, findings.notes) == (0, ())
    assert len(excepted(findings)) == 3


def test_a_second_fault_of_the_same_rule_counts() -> None:
    """Every call that is not covered needs an exception; several exceptions may share them."""
    (result,) = (each for each in EXAMPLE.results if each.rule == "CMKChanges")
    other = CallAssessment(Outcome.UNKNOWN, "denied sns:GetTopicAttributes in us-east-1")
    result = replace(result, calls={**result.calls, "ScheduleKeyDeletion": other})
    findings = replace(EXAMPLE, results=(result,))
    alone = with_exceptions(findings, [EXCEPTION])
    assert excepted(alone) == []
    assert alone.notes == (
        f"exception 1 (CMKChanges in us-east-1 of {ACCOUNT}) is not enough: CMKChanges in us-east-1"
        f" of {ACCOUNT} has another fault, ScheduleKeyDeletion: {other.reason}",
    )
    until = date(2026, 11, 22)
    second = replace(EXCEPTION, number=2, reason=other.reason, until=until, why="it is new")
    both = with_exceptions(findings, [replace(EXCEPTION, until=date(2027, 1, 1)), second])
    acceptance = both.exception_of(result)
    assert acceptance is not None
    assert (acceptance.until, acceptance.why) == (until, f"{EXCEPTION.why}; it is new")
    assert (both.exit_code, both.notes) == (0, ())
    # When one expires, the result counts again.
    late = with_exceptions(replace(findings, collected_at=EXAMPLE.collected_at + 3 * 86400), [
        replace(EXCEPTION, until=date(2027, 1, 1)), second,
    ])  # fmt: skip
    assert late.exit_code == 1
    expired = late.expired_exception_of(result)
    assert expired is not None
    assert expired.until == until


def test_the_last_day_is_the_audits_in_utc() -> None:
    """The last second of the day is accepted, the next is not."""
    midnight = datetime(2026, 11, 21, tzinfo=UTC).timestamp()
    for moment, rules in ((midnight - 1, ["CMKChanges"]), (midnight, [])):
        findings = with_exceptions(replace(EXAMPLE, collected_at=moment), [EXCEPTION])
        assert excepted(findings) == rules


def test_a_failure_is_never_accepted() -> None:
    """An exception accepts no failure, so the status stays 2."""
    findings = with_exceptions(
        one_finding("some reason that is long"),
        [replace(EXCEPTION, account="*", region="*", rule="*", reason="some reason *")],
    )
    assert len(excepted(findings)) == 1
    assert findings.exit_code == 2


NAME = f"exception 1 (CMKChanges in us-east-1 of {ACCOUNT})"
FAULT = f"CMKChanges in us-east-1 of {ACCOUNT} has another fault, DisableKey: {REASON}"
NOTES = {
    "in use": ({}, ExceptionStatus.IN_USE, ()),
    "expired": (
        {"until": date(2026, 11, 19)},
        ExceptionStatus.EXPIRED,
        (f"{NAME} expired on 2026-11-19: what it accepted counts again",),
    ),
    "expired and not audited": (
        {"until": date(2026, 11, 19), "region": "eu-west-1"},
        ExceptionStatus.EXPIRED,
        (
            f"exception 1 (CMKChanges in eu-west-1 of {ACCOUNT}) expired on 2026-11-19:"
            " what it accepted counts again",
        ),
    ),
    "another fault": (
        {"reason": "topic 'key-custodians' does not exist"},
        ExceptionStatus.UNUSED,
        (f"{NAME} accepts nothing: {FAULT}",),
    ),
    "a call that no rule has": (
        {"calls": ("DisableKey", "DisableKeys")},
        ExceptionStatus.UNUSED,
        (
            f"{NAME} accepts nothing: calls names 'DisableKeys';"
            " expected one of DisableKey, ScheduleKeyDeletion",
        ),
    ),
    "a covered rule": (
        {"rule": "ConfigChanges"},
        ExceptionStatus.UNUSED,
        (
            f"exception 1 (ConfigChanges in us-east-1 of {ACCOUNT}) is not needed: each result that"
            " it selects is covered or accepted by another exception",
        ),
    ),
    "another region": (
        {"region": "eu-west-1", "account": "*", "rule": "*"},
        ExceptionStatus.NOT_AUDITED,
        ("exception 1 selects no result of this audit",),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "status", "notes"), NOTES.values(), ids=NOTES)
def test_what_is_said_of_an_exception(
    change: dict[str, object], status: ExceptionStatus, notes: tuple[str, ...]
) -> None:
    """An expired or unused exception has a note that says what to look at."""
    exception = replace(EXCEPTION, **change)  # type: ignore[arg-type]
    findings = with_exceptions(EXAMPLE, [exception])
    (applied,) = findings.exceptions.exceptions
    assert (applied.status, findings.notes) == (status, notes)


def test_exceptions_for_other_accounts_share_a_note() -> None:
    """A file for a whole organization does not fill the report of one account."""
    numbers = (1, 2, 3)
    exceptions = [replace(EXCEPTION, number=each, account="999999999999") for each in numbers]
    notes = with_exceptions(EXAMPLE, exceptions).notes
    assert notes == ("exceptions 1, 2, 3 select no result of this audit",)


def test_a_second_exception_for_the_same_fault_is_not_needed() -> None:
    """The first one counts; the second can be removed."""
    findings = with_exceptions(EXAMPLE, [EXCEPTION, replace(EXCEPTION, number=2)])
    statuses = [each.status for each in findings.exceptions.exceptions]
    assert statuses == [ExceptionStatus.IN_USE, ExceptionStatus.UNUSED]


def test_a_long_reason_takes_no_time() -> None:
    """Many wildcards do not make the search slow."""
    exception = replace(EXCEPTION, reason="*".join("a" * 40) + "b")
    assert not exception.accepts("DisableKey", "a" * 5000)
