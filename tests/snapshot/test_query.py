"""What a snapshot answers: data, or what is missing and why."""

from typing import Any

import pytest

from alarmchain.chain.judgement import Judgement
from alarmchain.chain.metric.metric_signal import Metric
from alarmchain.snapshot.query import SnapshotQuery
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import Denied, Snapshot, from_json
from tests.builders import (
    ACCOUNT,
    GROUP,
    OTHER_ACCOUNT,
    REGION,
    account,
    alarm,
    collections,
    composite,
    denied,
    expression,
    math_alarm,
    metric_filter,
    stat,
    topic_arn,
    trail,
)

M = Metric("CloudTrailMetrics", "M")


def view(document: dict[str, Any] | None = None, **changes: Any) -> SnapshotQuery:
    """A view of an account as data."""
    return SnapshotQuery(from_json(document or account(**changes)))


def reason(found: object) -> str:
    """Why something is missing."""
    assert isinstance(found, Judgement)
    assert found.status.value == "unknown"
    return found.reason


def test_what_was_read_is_not_wanted() -> None:
    """A whole snapshot wants nothing."""
    seen = view()
    assert seen.trails(REGION).missing is None
    assert seen.metric_filters(GROUP, REGION).missing is None
    assert seen.alarms_gap(REGION) is None
    assert seen.metric_alarms_gap(M, REGION) is None
    assert seen.log_alarms_gap(REGION) is None
    assert seen.mute_rules("A", REGION) == ()
    assert seen.log_group("gone", REGION) is None
    assert seen.topic(topic_arn("gone")) is None
    assert list(seen.wanted) == []


def test_wanted_in_the_order_of_asking() -> None:
    """What is missing is noted, each once."""
    seen = SnapshotQuery(Snapshot(ACCOUNT, 0.0))
    for _ in range(2):
        assert seen.trails(REGION).missing is not None
        assert (
            reason(seen.log_group("g", REGION))
            == "not read: logs:DescribeLogGroups of 'g' in us-east-1"
        )
    assert list(seen.wanted) == [
        Read(ReadKind.TRAILS, REGION),
        Read(ReadKind.LOG_GROUP, REGION, ("g",)),
    ]


def test_own_account_in_needs() -> None:
    """The audited account is the unnamed one, another is named in the words too."""
    seen = SnapshotQuery(Snapshot(ACCOUNT, 0.0))
    seen.trails(REGION, ACCOUNT)
    missing = seen.trails(REGION, OTHER_ACCOUNT).missing
    assert (
        reason(missing)
        == f"not read: cloudtrail:DescribeTrails in us-east-1 of account {OTHER_ACCOUNT}"
    )
    assert [read.account for read in seen.wanted] == ["", OTHER_ACCOUNT]


def test_trails_at_home() -> None:
    """A trail is known by what is told at its home; a shadow of it adds nothing."""
    shadow = trail(Status=None, EventSelectors=None)
    seen = view(
        account({"eu-west-1": collections("eu-west-1", trails=[shadow]), REGION: collections()})
    )
    (found,) = seen.trails(REGION).items
    assert "Status" in found


def test_known_beside_missing() -> None:
    """What is known of a partial room is there, and that there may be more."""
    document = account()
    document["Regions"][REGION]["Partial"] = ["metric_filters", "metric_alarms", "trails"]
    seen = view(document)
    assert len(seen.trails(REGION).items) == 1
    assert seen.trails(REGION).missing is not None
    assert [one.name for one in seen.metric_filters(GROUP, REGION).items] == ["F"]
    assert seen.metric_filters(GROUP, REGION).missing is not None
    assert [one.name for one in seen.alarms(REGION).on(M)] == ["A"]
    assert seen.metric_alarms_gap(M, REGION) is not None


REFUSALS = [
    # action, resource, region: whether it keeps the log group GROUP's filters from us
    ("logs:DescribeMetricFilters", "*", REGION, True),
    ("logs:DescribeMetricFilters", "*", "", True),
    ("logs:DescribeMetricFilters", "", REGION, True),
    ("logs:DescribeMetricFilters", GROUP, REGION, True),
    ("logs:DescribeMetricFilters", f"arn:aws:logs:us-east-1:1:log-group:{GROUP}:*", REGION, True),
    ("logs:DescribeMetricFilters", "CloudTrail/*", REGION, True),
    ("logs:DescribeMetricFilters", "another", REGION, False),
    ("logs:DescribeMetricFilters", "*", "eu-west-1", False),
    ("logs:DescribeLogGroups", "*", REGION, False),
]


@pytest.mark.parametrize(("action", "resource", "region", "hits"), REFUSALS)
def test_refusals_of_a_file(action: str, resource: str, region: str, hits: bool) -> None:
    """A refusal that is told outweighs a room that looks complete."""
    missing = view(denied=[denied(action, resource, region)]).metric_filters(GROUP, REGION).missing
    assert (missing is not None) == hits
    if missing is not None:
        assert reason(missing).startswith(
            "denied: logs:DescribeMetricFilters of 'CloudTrail/Default'"
        )
        assert missing.remedy == "allow logs:DescribeMetricFilters"


def test_refusals_of_reads_are_exact() -> None:
    """That one topic may not be read says nothing of another whose name holds its name."""
    read = Read(ReadKind.TOPIC, REGION, (topic_arn("alarms2"),))
    snapshot = Snapshot(ACCOUNT, 0.0).with_read(
        read, Denied(read.kind.value, read.what[0], REGION, "x")
    )
    seen = SnapshotQuery(snapshot)
    assert reason(seen.topic(topic_arn("alarms2"))).startswith("denied: ")
    assert reason(seen.topic(topic_arn("alarms"))).startswith("not read: ")
    assert list(seen.wanted) == [Read(ReadKind.TOPIC, REGION, (topic_arn("alarms"),))]


def test_refusals_of_another_account() -> None:
    """What was denied in the owner's account says nothing of our own, nor of a room read there."""
    theirs = Read(ReadKind.TRAILS, REGION, (), OTHER_ACCOUNT)
    ours = Read(ReadKind.TRAILS, REGION)
    refused = Denied(theirs.kind.value, "*", REGION, "x")
    seen = SnapshotQuery(Snapshot(ACCOUNT, 0.0).with_read(ours).with_read(theirs, refused))
    assert seen.trails(REGION).missing is None
    assert seen.trails(REGION, OTHER_ACCOUNT).missing is not None
    linked = account(
        denied=[denied("logs:DescribeMetricFilters")],
        linked={OTHER_ACCOUNT: {"Regions": {REGION: collections()}}},
    )
    assert view(linked).metric_filters(GROUP, REGION, OTHER_ACCOUNT).missing is None
    assert view(linked).metric_filters(GROUP, REGION).missing is not None


def test_role_that_may_not_be_assumed() -> None:
    """The remedy is the role's, not the read's."""
    read = Read(ReadKind.TRAILS, REGION, (), OTHER_ACCOUNT)
    refused = Denied(read.kind.value, "*", REGION, "sts:AssumeRole: AccessDenied")
    missing = (
        SnapshotQuery(Snapshot(ACCOUNT, 0.0).with_read(read, refused))
        .trails(REGION, OTHER_ACCOUNT)
        .missing
    )
    assert missing is not None
    assert missing.remedy == "allow sts:AssumeRole"
    assert "(sts:AssumeRole: AccessDenied)" in missing.reason


def test_topics_of_other_accounts() -> None:
    """No room of ours is complete for them; only an answer tells that one is gone."""
    foreign = topic_arn(account=OTHER_ACCOUNT)
    assert reason(view().topic(foreign)).startswith("not read: sns:GetTopicAttributes")
    answered = Snapshot(ACCOUNT, 0.0).with_read(Read(ReadKind.TOPIC, REGION, (foreign,)))
    assert SnapshotQuery(answered).topic(foreign) is None


@pytest.mark.parametrize("rules", [None, "x", [7], {}])
def test_mute_rules_that_cannot_be_read(rules: Any) -> None:
    """They are not taken for none."""
    found = view(mute_rules=[{"AlarmName": "A", "Rules": rules}]).mute_rules("A", REGION)
    assert reason(found) == "the mute rules of alarm 'A' can't be read"


QUERY = {"Id": "q", "Expression": "SELECT SUM(M) FROM CloudTrailMetrics", "ReturnData": True}
PROMQL = {
    **dict.fromkeys(("Namespace", "Statistic")),
    "EvaluationCriteria": {"PromQLCriteria": {"Query": "M > 0"}},
}


def test_alarms_by_what_they_watch() -> None:
    """On the metric, by math, by a name elsewhere, or in a way that can't be followed."""
    found = view(
        metric_alarms=[
            alarm("on"),
            alarm("dimensions", Dimensions=[{"Name": "a", "Value": "b"}]),
            alarm("elsewhere", Namespace="Other"),
            alarm("another", metric="N"),
            math_alarm(stat(), expression("m1 * 2"), name="math"),
            math_alarm(stat(metric="N"), expression("m1 * 2"), name="other math"),
            math_alarm(QUERY, name="query"),
            math_alarm({**QUERY, "Expression": "SELECT SUM(MORE) FROM x"}, name="other query"),
            alarm("promql", metric=None, **PROMQL),  # type: ignore[arg-type]
            alarm("both", Metrics=[stat(returned=True)]),
        ]
    ).alarms(REGION)
    assert [one.name for one in found.on(M)] == ["on", "dimensions"]
    assert [one.name for one in found.elsewhere(M)] == ["elsewhere"]
    assert [one.name for one in found.computing(M)] == ["math"]
    assert {one.name for one, _ in found.obscure(M)} == {"query", "promql", "both"}


def test_composites_by_children() -> None:
    """Those above an alarm, directly or not, and those beneath a composite."""
    above = [
        composite("ALARM(A)", "C"),
        composite("ALARM(C) OR ALARM(X)", "D"),
        composite("ALARM(B)", "E"),
    ]
    found = view(composite_alarms=above).alarms(REGION)
    assert set(found.depending_on(["A"])) == {"C", "D"}
    assert set(found.depending_on(["nobody"])) == set()
    assert set(found.beneath([found.composites["D"]])) == {"C", "D"}
    assert set(found.states([found.composites["C"]])) == {"A", "C"}


def test_cycles_of_composites_end() -> None:
    """Composites that refer to each other are each found once."""
    loop = [composite("ALARM(D) OR ALARM(A)", "C"), composite("ALARM(C)", "D")]
    found = view(composite_alarms=loop).alarms(REGION)
    assert set(found.depending_on(["A"])) == {"C", "D"}
    assert set(found.beneath(found.composites.values())) == {"C", "D"}


@pytest.mark.parametrize(
    ("identifier", "watches"),
    [
        (GROUP, True),
        (f"arn:aws:logs:us-east-1:1:log-group:{GROUP}", True),
        (f"arn:aws:logs:us-east-1:1:log-group:{GROUP}:*", True),
        ("CloudTrail", False),
    ],
)
def test_log_alarms(identifier: str, watches: bool) -> None:
    """A log alarm names its groups, or their ARNs."""
    item = {"AlarmName": "L", "ScheduledQueryConfiguration": {"LogGroupIdentifiers": [identifier]}}
    found = view(log_alarms=[item]).alarms(REGION).of_log_group(GROUP)
    assert bool(found) == watches


def test_writers() -> None:
    """The filters that write to a metric of that name, in whatever group."""
    filters = [
        metric_filter(),
        metric_filter(name="G", group="g"),
        metric_filter(name="H", metric="N"),
    ]
    found = view(metric_filters=filters).writers(M, REGION)
    assert [one.name for one in found.items] == ["F", "G"]
