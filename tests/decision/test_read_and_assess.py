"""Only the necessary reads are made, the loop ends, and a denied read is named."""

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
        ReadKind.METRIC_FILTERS: 2,  # those of the log group, and those that write to the metric
        ReadKind.METRIC_ALARMS: 1,
        ReadKind.MUTE_RULES: 1,
        ReadKind.TOPIC: 1,
        ReadKind.SUBSCRIPTIONS: 1,
        ReadKind.SUBSCRIPTION: 1,
    }
)
"""The reads of a compliant account: with PutEvaluations 12 calls."""


def whole(**changes: Any) -> Snapshot:
    """Return a compliant account with these collections."""
    return from_json(account(**changes))


def counted(full: Snapshot, **parameters: str) -> Counter[ReadKind]:
    """Return the number of reads of a compliant account, by kind."""
    run = read_and_assess(full, **parameters)
    assert run.assessment.compliance == "COMPLIANT", run.assessment.annotation
    return Counter(read.kind for read in run.reads)


def test_compliant_account() -> None:
    """A compliant account needs eleven reads."""
    assert sum(CHAIN.values()) == 11
    assert counted(whole()) == CHAIN


def test_customer_managed_key() -> None:
    """A topic with a customer-managed key needs two more reads."""
    full = whole(topics=[topic(KmsMasterKeyId="1234")], keys=[key()])
    assert counted(full) == CHAIN + Counter({ReadKind.KEY: 1, ReadKind.KEY_POLICY: 1})


def test_mute_rules_are_not_read_for_a_topic_that_tells_nobody() -> None:
    """Without a subscriber mute rules do not matter; the chain is that of the file's audit."""
    full = whole(topics=[topic(subscriptions=[])])
    first = read_and_assess(full)
    assert ReadKind.MUTE_RULES not in {read.kind for read in first.reads}
    assert first.assessment.chain == judged(full).chain


def crowded() -> Snapshot:
    """Return a compliant account with 100 filters, 5,000 alarms and 300 topics."""
    filters = [metric_filter(names(f"Call{n}"), name=f"a{n}", metric=f"X{n}") for n in range(99)]
    alarms = [alarm(f"a{n}", metric=f"X{n % 99}") for n in range(4999)]
    topics = [topic(f"t{n}") for n in range(299)]
    return whole(
        metric_filters=[*filters, metric_filter()],
        metric_alarms=[*alarms, alarm("zz")],
        topics=[*topics, topic()],
    )


def test_crowded_account() -> None:
    """Filters, alarms and topics outside the chain need no read."""
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
    """Only a composite alarm or a missing topic needs another read."""
    assert counted(full) == CHAIN + Counter(more)


def sharing(*accounts: str, resource: str = "AWS::CloudWatch::Metric") -> Snapshot:
    """Return an account without alarms that shares this with the monitoring accounts."""
    links = [
        {
            "Arn": f"arn:aws:oam:us-east-1:123456789012:link/{account_id}",
            "ResourceTypes": [resource],
            "SinkArn": f"arn:aws:oam:us-east-1:{account_id}:sink/1",
        }
        for account_id in accounts
    ]
    return whole(metric_alarms=[], oam_links=links)


def test_links_are_read_once_if_there_is_no_alarm() -> None:
    """The links are the last read; without a link, the answer is certain."""
    run = read_and_assess(sharing())
    assert run.assessment.outcome.value == "not_covered"
    assert run.assessment.annotation.endswith(
        "no alarm in us-east-1 watches CloudTrailMetrics/M. Create an alarm on CloudTrailMetrics/M"
        " in us-east-1"
    )
    kinds = [read.kind for read in run.reads]
    assert kinds.count(ReadKind.OAM_LINKS) == 1
    assert kinds[-1] is ReadKind.OAM_LINKS


def test_a_filter_without_an_alarm_before_one_with_an_alarm() -> None:
    """The links are not read if they cannot change the verdict."""
    filters = [metric_filter(name="a", metric="X"), metric_filter(name="b")]
    run = read_and_assess(whole(metric_filters=filters))
    assert run.assessment.outcome.value == "covered"
    assert ReadKind.OAM_LINKS not in {read.kind for read in run.reads}


def test_metrics_shared_with_monitoring_accounts() -> None:
    """A monitoring account may have an alarm: the answer is unknown. Shared logs do not matter."""
    reason = (
        "no alarm in us-east-1 watches CloudTrailMetrics/M, but the region shares its metrics with"
        " monitoring account 999988887777, which may have one"
    )
    found = read_and_assess(sharing(OTHER_ACCOUNT)).assessment
    assert found.outcome.value == "unknown"
    assert reason.replace("999988887777", OTHER_ACCOUNT) in found.annotation
    assert found.remedy == (
        "create an alarm on CloudTrailMetrics/M in us-east-1,"
        f" or check by hand the alarms of account {OTHER_ACCOUNT}"
    )
    two = read_and_assess(sharing(OTHER_ACCOUNT, "111122223333")).assessment
    assert f"with monitoring accounts {OTHER_ACCOUNT}, 111122223333, which" in two.annotation
    logs = read_and_assess(sharing(OTHER_ACCOUNT, resource="AWS::Logs::LogGroup")).assessment
    assert logs.outcome.value == "not_covered"


def test_links_denied() -> None:
    """The answer is unknown, and names the missing alarm and the action to allow."""
    found = read_and_assess(sharing(), refused=["oam:ListLinks"]).assessment
    assert found.outcome.value == "unknown"
    assert "watches CloudTrailMetrics/M; denied: oam:ListLinks in us-east-1" in found.annotation
    assert found.remedy.endswith("in us-east-1, or allow oam:ListLinks")


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
    """The rule is COMPLIANT if only one of the two reads of alarms is allowed."""
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
    """Return a member account with an organization trail; its owner's account has the chain."""
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
    """Without a role, only the trail's status is read, because members may read that."""
    run = read_and_assess(organization())
    assert run.assessment.outcome.value == "unknown"
    assert "OrganizationTrailRoleArn" in run.assessment.annotation
    assert [read.kind for read in run.reads] == [ReadKind.TRAILS, ReadKind.TRAIL_STATUS]


def test_stopped_organization_trail_without_role() -> None:
    """Without a role, a stopped trail is reported as stopped, and not as unread."""
    stopped = {**ORG, "Status": status(IsLogging=False)}
    run = read_and_assess(from_json(account(trails=[stopped])))
    assert run.assessment.outcome.value == "not_covered"
    assert "trail 'org' is stopped" in run.assessment.annotation


def test_a_topic_without_a_key() -> None:
    """No key is read for a topic without a key, also for the rule on changes to keys."""
    document = account(metric_filters=[metric_filter(names("DisableKey", "ScheduleKeyDeletion"))])
    run = read_and_assess(from_json(document), "CMKChanges")
    assert run.assessment.outcome.value == "covered"
    assert {ReadKind.KEY, ReadKind.KEY_POLICY}.isdisjoint(read.kind for read in run.reads)


def delegated(**changes: Any) -> Snapshot:
    """Return a delegated administrator's account, whose trail has the management account's ARN."""
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
    """The chain is followed in the log group's account, which is the administrator's account."""
    run = read_and_assess(delegated(**changes))
    assert words in run.assessment.annotation
    assert {read.account for read in run.reads} == {""}


def test_log_group_of_another_account_with_our_name() -> None:
    """The audited account's log group with the same name gets nothing from the trail."""
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
    """With a role, all reads after the first are made in the owner's account."""
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
    """A chain that is broken in the owner's account is not replaced by the member's own items."""
    run = read_and_assess(organization(**changes), OrganizationTrailRoleArn=ROLE)
    assert run.assessment.compliance == "NON_COMPLIANT"


@pytest.mark.parametrize(
    "kind", [ReadKind.TRAILS, ReadKind.TRAIL_SELECTORS, ReadKind.TOPIC], ids=str
)
def test_denied_in_the_owners_account(kind: ReadKind) -> None:
    """A denied read in the owner's account is named with the account."""
    full = organization()
    snapshot = read_and_assess(full, OrganizationTrailRoleArn=ROLE, refused=[kind.value]).assessment
    if kind is ReadKind.TRAILS:  # the first one is in the audited account
        assert snapshot.annotation.count("denied: cloudtrail:DescribeTrails in us-east-1") == 1
    else:
        assert f"of account {OTHER_ACCOUNT}" in snapshot.annotation


def test_role_of_a_third_account() -> None:
    """A role of a third account is not used, because it cannot read the log group."""
    role = "arn:aws:iam::111122223333:role/reader"
    run = read_and_assess(organization(), OrganizationTrailRoleArn=role)
    assert "OrganizationTrailRoleArn is of account 111122223333" in run.assessment.annotation
    assert [read.kind for read in run.reads] == [ReadKind.TRAILS, ReadKind.TRAIL_STATUS]


def test_own_account_is_unnamed() -> None:
    """A read names an account only if it is not the audited one."""
    assert {read.account for read in read_and_assess(whole()).reads} == {""}
    assert ACCOUNT != OTHER_ACCOUNT
