"""The least is read, the loop ends, and what is denied is named."""

from collections import Counter
from typing import Any

import pytest

from alarmchain.snapshot.reads import ReadKind
from alarmchain.snapshot.snapshot import Snapshot
from alarmchain.snapshot.snapshot_json import from_json
from tests.builders import (
    ACCOUNT,
    CALLS,
    OTHER_ACCOUNT,
    REGION,
    account,
    alarm,
    alarm_arn,
    collections,
    composite,
    group_arn,
    judged,
    key,
    log_group,
    metric_filter,
    names,
    nothing,
    status,
    subscription,
    topic,
    topic_arn,
    trail,
)
from tests.reader import read_and_assess

CHAIN = Counter(
    {
        ReadKind.TRAILS: 1,
        ReadKind.TRAIL_SELECTORS: 1,
        ReadKind.TRAIL_STATUS: 1,
        ReadKind.LOG_GROUP: 1,
        ReadKind.METRIC_FILTERS: 2,  # of the log group, and all that write to the metric
        ReadKind.METRIC_ALARMS: 1,
        ReadKind.MUTE_RULES: 1,
        ReadKind.TOPIC: 1,
        ReadKind.SUBSCRIPTIONS: 1,
        ReadKind.SUBSCRIPTION: 1,
    }
)
"""What a compliant account costs: with PutEvaluations 12 calls."""


def whole(**changes: Any) -> Snapshot:
    """Return a compliant account with these collections."""
    return from_json(account(**changes))


def counted(full: Snapshot, **parameters: str) -> Counter[ReadKind]:
    """The reads of a compliant account, by kind."""
    run = read_and_assess(full, **parameters)
    assert run.assessment.compliance == "COMPLIANT", run.assessment.annotation
    return Counter(read.kind for read in run.reads)


def test_compliant_account() -> None:
    """Eleven reads."""
    assert sum(CHAIN.values()) == 11
    assert counted(whole()) == CHAIN


def test_customer_managed_key() -> None:
    """Two more."""
    full = whole(topics=[topic(KmsMasterKeyId="1234")], keys=[key()])
    assert counted(full) == CHAIN + Counter({ReadKind.KEY: 1, ReadKind.KEY_POLICY: 1})


def test_mute_rules_are_not_read_for_a_topic_that_tells_nobody() -> None:
    """They change nothing there, and a live audit reports the alarm as an audit of a file does."""
    full = whole(topics=[topic(subscriptions=[])])
    first = read_and_assess(full)
    assert ReadKind.MUTE_RULES not in {read.kind for read in first.reads}
    assert first.assessment.chain == judged(full).chain


def crowded() -> Snapshot:
    """A compliant account with 100 filters, 5,000 alarms and 300 topics."""
    filters = [metric_filter(names(f"Call{n}"), name=f"a{n}", metric=f"X{n}") for n in range(99)]
    alarms = [alarm(f"a{n}", metric=f"X{n % 99}") for n in range(4999)]
    topics = [topic(f"t{n}") for n in range(299)]
    return whole(
        metric_filters=[*filters, metric_filter()],
        metric_alarms=[*alarms, alarm("zz")],
        topics=[*topics, topic()],
    )


def test_crowded_account() -> None:
    """What is not on the chain costs nothing."""
    assert counted(crowded()) == CHAIN


@pytest.mark.parametrize(
    ("full", "more"),
    [
        pytest.param(
            whole(
                metric_filters=[metric_filter(names(name), name=name) for name in CALLS],
            ),
            {},
            id="a filter for each call",
        ),
        pytest.param(
            whole(topics=[topic(subscriptions=[subscription(number=n) for n in range(300)])]),
            {},
            id="300 subscriptions",
        ),
        pytest.param(whole(trails=[trail("zz", Status=None), trail()]), {}, id="a trail beside"),
        pytest.param(
            whole(metric_alarms=[alarm(AlarmActions=[])], composite_alarms=[composite()]),
            {ReadKind.ALL_ALARMS: 1},
            id="a composite: all alarms are swept",
        ),
        pytest.param(
            whole(metric_alarms=[alarm(AlarmActions=[topic_arn("gone"), topic_arn()])]),
            {ReadKind.TOPIC: 1},
            id="a topic that is gone",
        ),
    ],
)
def test_other_accounts(full: Snapshot, more: dict[ReadKind, int]) -> None:
    """Only what has to be looked for costs more."""
    assert counted(full) == CHAIN + Counter(more)


NEEDED = (
    *(
        ReadKind.TRAILS,
        ReadKind.TRAIL_SELECTORS,
        ReadKind.TRAIL_STATUS,
        ReadKind.LOG_GROUP,
        ReadKind.METRIC_FILTERS,
    ),
    *(
        ReadKind.MUTE_RULES,
        ReadKind.TOPIC,
        ReadKind.SUBSCRIPTIONS,
        ReadKind.SUBSCRIPTION,
        ReadKind.KEY,
    ),
    ReadKind.KEY_POLICY,
)


@pytest.mark.parametrize("kind", NEEDED, ids=lambda kind: kind.value)
def test_denied(kind: ReadKind) -> None:
    """Each action denied in turn gives UNKNOWN, and the annotation names the action."""
    full = whole(topics=[topic(KmsMasterKeyId="1234")], keys=[key()])
    found = read_and_assess(full, refused=[kind.value]).assessment
    assert found.compliance == "NON_COMPLIANT"
    assert found.annotation.startswith("UNKNOWN: CreateTrail (and 4 more): denied: ")
    assert kind.value in found.annotation
    assert found.remedy == f"allow {kind.value}"


def test_denied_but_not_needed() -> None:
    """Without DescribeAlarmsForMetric the sweep over all alarms tells as much, and without the
    sweep the metric's own alarms suffice."""
    one = read_and_assess(whole(), refused=[ReadKind.METRIC_ALARMS.value])
    assert one.assessment.compliance == "COMPLIANT"
    assert ReadKind.ALL_ALARMS in {read.kind for read in one.reads}
    assert counted(whole()) == CHAIN
    assert (
        read_and_assess(whole(), refused=[ReadKind.ALL_ALARMS.value]).assessment.compliance
        == "COMPLIANT"
    )


def test_alarms_denied() -> None:
    """If neither read of alarms is allowed, the annotation names the read of all alarms."""
    both = [ReadKind.METRIC_ALARMS.value, ReadKind.ALL_ALARMS.value]
    found = read_and_assess(whole(), refused=both).assessment
    assert found.outcome.value == "unknown"
    assert "denied: cloudwatch:DescribeAlarms in us-east-1" in found.annotation


def test_everything_denied() -> None:
    """Without any permission, one read is tried."""
    run = read_and_assess(whole(), refused=[kind.value for kind in ReadKind])
    assert [read.kind for read in run.reads] == [ReadKind.TRAILS]
    assert "cloudtrail:DescribeTrails" in run.assessment.annotation


ORG = trail(
    "org", account=OTHER_ACCOUNT, IsOrganizationTrail=True, Status=None, EventSelectors=None
)
ROLE = f"arn:aws:iam::{OTHER_ACCOUNT}:role/reader"


def organization(**changes: Any) -> Snapshot:
    """A member account with its organization's trail, and the chain in the owner's account."""
    theirs: dict[str, Any] = {
        "trails": [trail("org", account=OTHER_ACCOUNT, IsOrganizationTrail=True)],
        "metric_alarms": [
            alarm(
                AlarmArn=alarm_arn(account=OTHER_ACCOUNT),
                AlarmActions=[topic_arn(account=OTHER_ACCOUNT)],
            )
        ],
        "topics": [topic(account=OTHER_ACCOUNT)],
        **changes,
    }
    linked = {OTHER_ACCOUNT: {"Regions": {REGION: collections(**theirs)}}}
    ours = {**nothing(), "trails": [ORG], "log_groups": [log_group()], "topics": [topic()]}
    decoy = {"metric_filters": [metric_filter()], "metric_alarms": [alarm()]}
    return from_json(account({REGION: {**ours, **decoy}}, linked=linked))


def test_organization_trail_without_role() -> None:
    """The trail is not followed; of the rest only its status is read, as a member may."""
    run = read_and_assess(organization())
    assert run.assessment.outcome.value == "unknown"
    assert "OrganizationTrailRoleArn" in run.assessment.annotation
    assert [read.kind for read in run.reads] == [ReadKind.TRAILS, ReadKind.TRAIL_STATUS]


def test_stopped_organization_trail_without_role() -> None:
    """That it is stopped is reported before that its account was not read."""
    stopped = {**ORG, "Status": status(IsLogging=False)}
    run = read_and_assess(from_json(account(trails=[stopped])))
    assert run.assessment.outcome.value == "not_covered"
    assert "trail 'org' is stopped" in run.assessment.annotation


def test_a_topic_without_a_key() -> None:
    """No key is read for it, whatever the calls of the rule do to keys."""
    document = account(metric_filters=[metric_filter(names("DisableKey", "ScheduleKeyDeletion"))])
    run = read_and_assess(from_json(document), "CMKChanges")
    assert run.assessment.outcome.value == "covered"
    assert {ReadKind.KEY, ReadKind.KEY_POLICY}.isdisjoint(read.kind for read in run.reads)


def delegated(**changes: Any) -> Snapshot:
    """A delegated administrator: the trail has the management account's ARN, all else is ours."""
    ours = trail("org", account=OTHER_ACCOUNT, IsOrganizationTrail=True)
    ours["CloudWatchLogsLogGroupArn"] = group_arn()
    return from_json(account(**{"trails": [ours], **changes}))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "All 5 calls covered"),
        ({"metric_filters": []}, "has no metric filter"),
        ({"metric_alarms": []}, "no alarm in us-east-1 watches"),
        ({"log_groups": []}, "does not exist in us-east-1"),
    ],
)
def test_delegated_administrator(changes: dict[str, object], words: str) -> None:
    """The chain is followed in the account of the log group, the administrator's own."""
    run = read_and_assess(delegated(**changes))
    assert words in run.assessment.annotation
    assert {read.account for read in run.reads} == {""}


def test_log_group_of_another_account_with_our_name() -> None:
    """A log group of that name in the audited account gets nothing from the trail."""
    far = trail(CloudWatchLogsLogGroupArn=group_arn(account=OTHER_ACCOUNT))
    assert judged(account(trails=[far])).outcome.value == "unknown"
    stopped = {**far, "Status": status(IsLogging=False)}
    assert "is stopped" in judged(account(trails=[stopped])).annotation
    half = {**far, "EventSelectors": [{"ReadWriteType": "ReadOnly"}]}
    assert "records only ReadOnly" in judged(account(trails=[half])).annotation


def test_management_account_of_a_delegated_administrator() -> None:
    """With a role in the administrator's account, the chain is followed there."""
    far = trail(
        IsOrganizationTrail=True, CloudWatchLogsLogGroupArn=group_arn(account=OTHER_ACCOUNT)
    )
    their_alarm = alarm(
        AlarmArn=alarm_arn(account=OTHER_ACCOUNT), AlarmActions=[topic_arn(account=OTHER_ACCOUNT)]
    )
    theirs = collections(
        trails=[far], metric_alarms=[their_alarm], topics=[topic(account=OTHER_ACCOUNT)]
    )
    document = account(
        {REGION: {**nothing(), "trails": [far]}},
        linked={OTHER_ACCOUNT: {"Regions": {REGION: theirs}}},
    )
    run = read_and_assess(from_json(document), OrganizationTrailRoleArn=ROLE)
    assert run.assessment.outcome.value == "covered", run.assessment.annotation


def test_organization_trail_with_role() -> None:
    """It is followed in its owner's account: all reads but the first are made there."""
    run = read_and_assess(organization(), OrganizationTrailRoleArn=ROLE)
    assert run.assessment.compliance == "COMPLIANT", run.assessment.annotation
    assert [read.account for read in run.reads] == ["", *[OTHER_ACCOUNT] * 11]
    assert {link.account for link in run.assessment.chain} == {OTHER_ACCOUNT}


@pytest.mark.parametrize(
    "changes",
    [
        {"metric_alarms": [alarm(Threshold=5.0, AlarmArn=alarm_arn(account=OTHER_ACCOUNT))]},
        {"trails": [trail("org", account=OTHER_ACCOUNT)]},
        {"trails": []},
        {"metric_filters": []},
    ],
    ids=["alarm", "no organization trail there", "no trail there", "no filter there"],
)
def test_organization_trail_broken(changes: dict[str, object]) -> None:
    """A chain broken in the owner's account is not mended by the decoy in the member's."""
    run = read_and_assess(organization(**changes), OrganizationTrailRoleArn=ROLE)
    assert run.assessment.compliance == "NON_COMPLIANT"


@pytest.mark.parametrize(
    "kind", [ReadKind.TRAILS, ReadKind.TRAIL_SELECTORS, ReadKind.TOPIC], ids=str
)
def test_denied_in_the_owners_account(kind: ReadKind) -> None:
    """A read that the role may not make is named with the account."""
    full = organization()
    snapshot = read_and_assess(full, OrganizationTrailRoleArn=ROLE, refused=[kind.value]).assessment
    if kind is ReadKind.TRAILS:  # the first is our own
        assert snapshot.annotation.count("denied: cloudtrail:DescribeTrails in us-east-1") == 1
    else:
        assert f"of account {OTHER_ACCOUNT}" in snapshot.annotation


def test_role_of_a_third_account() -> None:
    """A role elsewhere would show the same trail, but not its log group: it is not used."""
    role = "arn:aws:iam::111122223333:role/reader"
    run = read_and_assess(organization(), OrganizationTrailRoleArn=role)
    assert "OrganizationTrailRoleArn is of account 111122223333" in run.assessment.annotation
    assert [read.kind for read in run.reads] == [ReadKind.TRAILS, ReadKind.TRAIL_STATUS]


def test_own_account_is_unnamed() -> None:
    """A read names an account only if it is not the audited one."""
    assert {read.account for read in read_and_assess(whole()).reads} == {""}
    assert ACCOUNT != OTHER_ACCOUNT
