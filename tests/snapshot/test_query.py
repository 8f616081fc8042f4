"""Queries on a snapshot: the data, and what is missing and why."""

from typing import Any

import pytest

from alarmchain.chain.metric.metric_signal import Metric
from alarmchain.place import Place
from alarmchain.snapshot.query import Answer, SnapshotQuery
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import Denied, Snapshot
from alarmchain.snapshot.snapshot_json import from_json
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


HERE = Place(ACCOUNT, REGION)
THERE = Place(OTHER_ACCOUNT, REGION)


def query(document: dict[str, Any] | None = None, **changes: Any) -> SnapshotQuery:
    """Queries on an account as data."""
    return SnapshotQuery(from_json(document or account(**changes)))


def reason(answer: Answer[Any]) -> str:
    """Why an answer is missing."""
    assert answer.missing is not None
    assert answer.missing.status.value == "unknown"
    return answer.missing.reason


def test_a_whole_snapshot_misses_no_read() -> None:
    """A snapshot of a whole account needs no further read."""
    queries = query()
    assert queries.trails(HERE).missing is None
    assert queries.metric_filters(GROUP, HERE).missing is None
    assert queries.missing_alarms(HERE) is None
    assert queries.missing_metric_alarms(M, HERE) is None
    assert queries.missing_log_alarms(HERE) is None
    assert queries.mute_rules("A", HERE) == Answer(())
    assert queries.log_group("gone", HERE) == Answer(None)
    assert queries.topic(topic_arn("gone"), ACCOUNT) == Answer(None)
    assert list(queries.missing_reads) == []


def test_missing_reads_in_the_order_of_asking() -> None:
    """Each missing read is listed once."""
    queries = SnapshotQuery(Snapshot(ACCOUNT, 0.0))
    for _ in range(2):
        assert queries.trails(HERE).missing is not None
        assert (
            reason(queries.log_group("g", HERE))
            == "not read: logs:DescribeLogGroups of 'g' in us-east-1"
        )
    assert list(queries.missing_reads) == [
        Read(ReadKind.TRAILS, REGION),
        Read(ReadKind.LOG_GROUP, REGION, ("g",)),
    ]


def test_accounts_in_reads() -> None:
    """The audited account has no name in a read; another account is named in the message too."""
    queries = SnapshotQuery(Snapshot(ACCOUNT, 0.0))
    queries.trails(HERE)
    missing = queries.trails(THERE).missing
    assert missing is not None
    assert (
        missing.reason
        == f"not read: cloudtrail:DescribeTrails in us-east-1 of account {OTHER_ACCOUNT}"
    )
    assert [read.account for read in queries.missing_reads] == ["", OTHER_ACCOUNT]


def test_trails_at_home() -> None:
    """A trail is described by its home region; its copy in another region adds nothing."""
    shadow = trail(Status=None, EventSelectors=None)
    queries = query(
        account({"eu-west-1": collections("eu-west-1", trails=[shadow]), REGION: collections()})
    )
    (found,) = queries.trails(HERE).value
    assert "Status" in found


def test_known_beside_missing() -> None:
    """A partial collection answers with its items and with why there may be more."""
    document = account()
    document["Regions"][REGION]["Partial"] = ["metric_filters", "metric_alarms", "trails"]
    queries = query(document)
    assert len(queries.trails(HERE).value) == 1
    assert queries.trails(HERE).missing is not None
    assert [one.name for one in queries.metric_filters(GROUP, HERE).value] == ["F"]
    assert queries.metric_filters(GROUP, HERE).missing is not None
    assert [one.name for one in queries.alarms(HERE).on(M)] == ["A"]
    assert queries.missing_metric_alarms(M, HERE) is not None


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
    """A denial in the file takes precedence over a collection that looks complete."""
    missing = query(denied=[denied(action, resource, region)]).metric_filters(GROUP, HERE).missing
    assert (missing is not None) == hits
    if missing is not None:
        assert missing.reason.startswith(
            "denied: logs:DescribeMetricFilters of 'CloudTrail/Default'"
        )
        assert missing.remedy == "allow logs:DescribeMetricFilters"


def test_refusals_of_reads_are_exact() -> None:
    """The denial of one topic does not affect a topic whose name contains the first one's."""
    read = Read(ReadKind.TOPIC, REGION, (topic_arn("alarms2"),))
    snapshot = Snapshot(ACCOUNT, 0.0).with_read(
        read, Denied(read.kind.value, read.what[0], REGION, "x")
    )
    queries = SnapshotQuery(snapshot)
    assert reason(queries.topic(topic_arn("alarms2"), ACCOUNT)).startswith("denied: ")
    assert reason(queries.topic(topic_arn("alarms"), ACCOUNT)).startswith("not read: ")
    assert list(queries.missing_reads) == [Read(ReadKind.TOPIC, REGION, (topic_arn("alarms"),))]


def test_refusals_of_another_account() -> None:
    """A denial in one account does not affect the collections of another account."""
    theirs = Read(ReadKind.TRAILS, REGION, (), OTHER_ACCOUNT)
    ours = Read(ReadKind.TRAILS, REGION)
    refused = Denied(theirs.kind.value, "*", REGION, "x")
    queries = SnapshotQuery(Snapshot(ACCOUNT, 0.0).with_read(ours).with_read(theirs, refused))
    assert queries.trails(HERE).missing is None
    assert queries.trails(THERE).missing is not None
    linked = account(
        denied=[denied("logs:DescribeMetricFilters")],
        linked={OTHER_ACCOUNT: {"Regions": {REGION: collections()}}},
    )
    assert query(linked).metric_filters(GROUP, THERE).missing is None
    assert query(linked).metric_filters(GROUP, HERE).missing is not None


def test_role_that_may_not_be_assumed() -> None:
    """The remedy is the role's, not the read's."""
    read = Read(ReadKind.TRAILS, REGION, (), OTHER_ACCOUNT)
    refused = Denied(read.kind.value, "*", REGION, "sts:AssumeRole: AccessDenied")
    missing = SnapshotQuery(Snapshot(ACCOUNT, 0.0).with_read(read, refused)).trails(THERE).missing
    assert missing is not None
    assert missing.remedy == "allow sts:AssumeRole"
    assert "(sts:AssumeRole: AccessDenied)" in missing.reason


def test_topics_of_other_accounts() -> None:
    """Own collections do not list them; only a read shows that such a topic does not exist."""
    foreign = topic_arn(account=OTHER_ACCOUNT)
    assert reason(query().topic(foreign, ACCOUNT)).startswith("not read: sns:GetTopicAttributes")
    answered = Snapshot(ACCOUNT, 0.0).with_read(Read(ReadKind.TOPIC, REGION, (foreign,)))
    assert SnapshotQuery(answered).topic(foreign, ACCOUNT) == Answer(None)


@pytest.mark.parametrize("rules", [None, "x", [7], {}])
def test_mute_rules_that_cannot_be_read(rules: Any) -> None:
    """Unreadable mute rules do not count as none."""
    found = query(mute_rules=[{"AlarmName": "A", "Rules": rules}]).mute_rules("A", HERE)
    assert reason(found) == "the mute rules of alarm 'A' cannot be read"


QUERY = {"Id": "q", "Expression": "SELECT SUM(M) FROM CloudTrailMetrics", "ReturnData": True}
PROMQL = {
    **dict.fromkeys(("Namespace", "Statistic")),
    "EvaluationCriteria": {"PromQLCriteria": {"Query": "M > 0"}},
}


def test_alarms_by_what_they_watch() -> None:
    """On the metric, by math, by a name elsewhere, or in a way that can't be followed."""
    found = query(
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
    ).alarms(HERE)
    assert [one.name for one in found.on(M)] == ["on", "dimensions"]
    assert [one.name for one in found.in_other_namespaces(M)] == ["elsewhere"]
    assert [one.name for one in found.computing(M)] == ["math"]
    assert {one.name for one, _ in found.unsupported(M)} == {"query", "promql", "both"}


def test_composites_by_children() -> None:
    """Those above an alarm, directly or not, and those beneath a composite."""
    above = [
        composite("ALARM(A)", "C"),
        composite("ALARM(C) OR ALARM(X)", "D"),
        composite("ALARM(B)", "E"),
    ]
    found = query(composite_alarms=above).alarms(HERE)
    assert set(found.depending_on(["A"])) == {"C", "D"}
    assert set(found.depending_on(["nobody"])) == set()
    assert set(found.beneath([found.composites["D"]])) == {"C", "D"}
    assert set(found.states([found.composites["C"]])) == {"A", "C"}


def test_cycles_of_composites_end() -> None:
    """Composites that refer to each other are each found once."""
    loop = [composite("ALARM(D) OR ALARM(A)", "C"), composite("ALARM(C)", "D")]
    found = query(composite_alarms=loop).alarms(HERE)
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
    found = query(log_alarms=[item]).alarms(HERE).of_log_group(GROUP)
    assert bool(found) == watches


def test_writers() -> None:
    """The filters that write to a metric of that name, in whatever group."""
    filters = [
        metric_filter(),
        metric_filter(name="G", group="g"),
        metric_filter(name="H", metric="N"),
    ]
    found = query(metric_filters=filters).writers(M, HERE)
    assert [one.name for one in found.value] == ["F", "G"]


def test_a_region_that_is_not_in_the_snapshot() -> None:
    """The remedy is to collect the region, not to allow a read."""
    missing = query().trails(Place(ACCOUNT, "eu-west-1")).missing
    assert missing is not None
    assert missing.reason == "eu-west-1 is not in this snapshot"
    assert missing.remedy == "collect it: alarmchain collect --region eu-west-1"
