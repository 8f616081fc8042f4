"""OrganizationsChanges in a member account: what it records, and what it cannot."""

from dataclasses import replace
from typing import Any

import pytest

from alarmchain.decision.assess import assess
from alarmchain.decision.assessment import MOST_ANNOTATION, Assessment, Outcome
from alarmchain.parameters import Parameters
from alarmchain.report.findings import Findings
from alarmchain.report.formats import render
from alarmchain.snapshot.reads import ReadKind
from alarmchain.snapshot.snapshot import Snapshot
from alarmchain.snapshot.snapshot_json import from_json, to_json
from alarmchain.testing.account import ACCOUNT, REGION, good_account
from tests.builders import CONTROLS
from tests.reader import Run, read_and_assess

RULE = "OrganizationsChanges"
CONTROL = CONTROLS[RULE]
MANAGER = "999988887777"
ACTION = ReadKind.ORGANIZATION.value
MANAGEMENT = {call.event_name for call in CONTROL.management_calls}
MOMENT = "2026-11-20T12:00:00Z"
MEMBER = {"Id": "o-a1b2c3d4e5", "MasterAccountId": MANAGER}


def account(organization: list[dict[str, str]] | None, **changes: Any) -> Snapshot:
    """Return the leader region of an account whose chain is complete, but for the changes.

    `organization`: what DescribeOrganization says, [] for no organization, None for a file that
    lacks it.
    """
    region = good_account(CONTROL) | {"composite_alarms": []}
    del region["denied"]
    region["trails"][0]["Status"]["LatestCloudWatchLogsDeliveryTime"] = MOMENT
    region["metric_alarms"][0]["StateTransitionedTimestamp"] = MOMENT
    region |= changes | ({} if organization is None else {"organization": organization})
    return from_json(
        {
            "Format": "alarmchain-snapshot/1",
            "Account": ACCOUNT,
            "CollectedAt": MOMENT,
            "Regions": {REGION: region},
        }
    )


def narrowed(names: str) -> dict[str, Any]:
    """Return the filters of an account whose only filter matches these calls."""
    (item,) = good_account(CONTROL)["metric_filters"]
    pattern = f"{{ $.eventSource = organizations.amazonaws.com && ({names}) }}"
    return {"metric_filters": [item | {"filterPattern": pattern}]}


def own_calls() -> str:
    """Return the condition on the calls that a member account can make."""
    names = [call.event_name for call in CONTROL.calls["cis"]]
    return " || ".join(f"$.eventName = {name}" for name in names if name not in MANAGEMENT)


def assessed(snapshot: Snapshot, **options: Any) -> Run:
    """Return the run of the rule."""
    return read_and_assess(snapshot, RULE, **options)


def verdicts(assessment: Assessment) -> dict[bool, set[Outcome]]:
    """Return the outcomes of the calls, by whether only the management account can make them."""
    result: dict[bool, set[Outcome]] = {True: set(), False: set()}
    for name, call in assessment.calls.items():
        result[name in MANAGEMENT].add(call.outcome)
    return result


def test_the_calls_of_the_management_account() -> None:
    """Calls that a member or a delegated administrator can make are required everywhere."""
    everywhere = {call.event_name for calls in CONTROL.calls.values() for call in calls}
    everywhere -= MANAGEMENT
    assert {"LeaveOrganization", "AcceptHandshake", "DeclineHandshake"} < everywhere
    assert {"AttachPolicy", "CreatePolicy", "DetachPolicy", "CreateOrganization"} < everywhere


def test_a_member_account() -> None:
    """Only a member's own calls decide; the annotation says where the others are recorded."""
    run = assessed(account([MEMBER], **narrowed(own_calls())))
    found = run.assessment
    assert (found.outcome, found.compliance) == (Outcome.COVERED, "COMPLIANT")
    assert verdicts(found) == {True: {Outcome.NOT_APPLICABLE}, False: {Outcome.COVERED}}
    count = len([call for call in found.calls if call in MANAGEMENT])
    assert f"All {len(found.calls) - count} calls covered" in found.annotation
    assert f"{count} more calls are recorded in management account {MANAGER}" in found.annotation
    assert [read.kind for read in run.reads].count(ReadKind.ORGANIZATION) == 1
    assert run.reads[-1].kind is ReadKind.ORGANIZATION


def test_a_member_account_without_a_filter() -> None:
    """A call that it can make is reported, not one that only the management account can make."""
    found = assessed(account([MEMBER], metric_filters=[])).assessment
    assert found.outcome is Outcome.NOT_COVERED
    assert verdicts(found) == {True: {Outcome.NOT_APPLICABLE}, False: {Outcome.NOT_COVERED}}
    assert not any(name in found.remedy for name in MANAGEMENT)


@pytest.mark.parametrize(
    "organization", [[], [MEMBER | {"MasterAccountId": ACCOUNT}]], ids=["none", "management"]
)
def test_an_account_that_can_make_all_calls(organization: list[dict[str, str]]) -> None:
    """The management account, and an account in no organization, must cover all calls."""
    found = assessed(account(organization, **narrowed(own_calls()))).assessment
    assert found.outcome is Outcome.NOT_COVERED
    assert verdicts(found)[True] == {Outcome.NOT_COVERED}
    assert "assumed" not in found.annotation


def test_a_covered_account_needs_no_read() -> None:
    """If all calls are covered, the organization is not read, and the file does not change that."""
    run = assessed(account([MEMBER]))
    assert run.assessment.outcome is Outcome.COVERED
    assert verdicts(run.assessment)[True] == {Outcome.COVERED}
    assert ReadKind.ORGANIZATION not in {read.kind for read in run.reads}


def test_failed_calls() -> None:
    """A member's attempt is recorded in the member account, so FailedCalls requires all calls."""
    snapshot = account([MEMBER], **narrowed(own_calls()))
    run = assessed(snapshot, FailedCalls="required")
    assert verdicts(run.assessment)[True] == {Outcome.NOT_COVERED}
    assert ReadKind.ORGANIZATION not in {read.kind for read in run.reads}


def test_an_organization_that_cannot_be_read() -> None:
    """All calls stay required, and the annotation says what is assumed."""
    snapshot = account([MEMBER], **narrowed(own_calls()))
    found = assessed(snapshot, refused=[ACTION]).assessment
    assert found.outcome is Outcome.NOT_COVERED
    assert f"assumed: not a member account (denied: {ACTION}" in found.annotation


def test_a_file_without_the_organization() -> None:
    """A file that lacks the collection was not read for it; a file that has it keeps it."""
    absent = account(None, **narrowed(own_calls()))
    found = assess(CONTROL, absent, REGION, Parameters.read({}))
    assert verdicts(found)[True] == {Outcome.NOT_COVERED}
    assert f"not read: {ACTION}" in found.annotation
    whole = account([MEMBER])
    assert from_json(to_json(whole)) == whole


@pytest.mark.parametrize(
    "organization",
    [
        [MEMBER, MEMBER | {"MasterAccountId": ACCOUNT}],
        [{"Id": "o-a1b2c3d4e5", "MasterAccountId": "\x1b[31m" + "9" * 500}],
    ],
    ids=["two", "no account id"],
)
def test_an_unreadable_organization(organization: list[dict[str, Any]]) -> None:
    """All calls stay required, and the annotation stays one short line."""
    found = assessed(account(organization, **narrowed(own_calls()))).assessment
    assert verdicts(found)[True] == {Outcome.NOT_COVERED}
    assert "assumed: not a member account" in found.annotation
    assert len(found.annotation) <= MOST_ANNOTATION
    assert found.annotation.isprintable()


def test_a_rule_that_only_the_management_account_needs() -> None:
    """Without a call that a member can make, the rule is not applicable there."""
    calls = {"cis": CONTROL.management_calls, "extended": ()}
    control = replace(CONTROL, calls=calls, cis_pattern="")
    snapshot = account([MEMBER], metric_filters=[])
    found = assess(control, snapshot, REGION, Parameters.read({}))
    assert (found.outcome, found.compliance) == (Outcome.NOT_APPLICABLE, "NOT_APPLICABLE")
    assert found.annotation == (
        f"Not applicable: these calls are recorded in management account {MANAGER}; deploy this"
        " rule there"
    )
    table = render(Findings.of([found], 0.0, (control,)), "text")
    assert f"see account {MANAGER}" in table
