"""Queries on a snapshot return the items, and what is missing and why."""

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


AWAY = "eu-west-1"
HERE = Place(ACCOUNT, REGION)
THERE = Place(OTHER_ACCOUNT, REGION)


def query(document: dict[str, Any] | None = None, **changes: Any) -> SnapshotQuery:
    """Return queries on a document, or on an account with these changes."""
    return SnapshotQuery(from_json(document or account(**changes)))


def reason(answer: Answer[Any]) -> str:
    """Return the reason why an answer is missing."""
    assert answer.missing is not None
    assert answer.missing.status.value == "unknown"
    return answer.missing.reason


def test_a_complete_snapshot_misses_no_read() -> None:
    """A snapshot of a complete account needs no further read."""
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


def test_missing_reads_in_order() -> None:
    """Missing reads are listed in the order of the queries, each once."""
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
    """A read names its account only if it is not the audited account; so does the message."""
    queries = SnapshotQuery(Snapshot(ACCOUNT, 0.0))
    queries.trails(HERE)
    missing = queries.trails(THERE).missing
    assert missing is not None
    assert (
        missing.reason
        == f"not read: cloudtrail:DescribeTrails in us-east-1 of account {OTHER_ACCOUNT}"
    )
    assert [read.account for read in queries.missing_reads] == ["", OTHER_ACCOUNT]


def test_trails_of_the_home_region() -> None:
    """A trail is read in its home region; its copy in another region adds nothing."""
    shadow = trail(Status=None, EventSelectors=None)
    queries = query(
        account({"eu-west-1": collections("eu-west-1", trails=[shadow]), REGION: collections()})
    )
    (item,) = queries.trails(HERE).value
    assert "Status" in item


@pytest.mark.parametrize("denials", [[], [denied("cloudtrail:DescribeTrails", region=AWAY)]])
def test_trails_of_a_region_whose_trails_were_not_read(denials: list[dict[str, str]]) -> None:
    """A multi-region trail of another region need not record the region yet, as it may be new."""
    own = trail("own", AWAY)
    away = collections(AWAY, trails=[own]) | {"Partial": ["trails"]}
    document = account({REGION: collections(), AWAY: away}, denied=denials)
    queries = query(document)
    answer = queries.trails(Place(ACCOUNT, AWAY))
    assert [item["Name"] for item in answer.value] == ["own"]
    assert answer.missing is not None
    assert len(queries.trails(HERE).value) == 2


@pytest.mark.parametrize(
    ("listed", "names"), [(None, ["main", "one"]), ([], ["one"]), (["main"], ["main", "one"])]
)
def test_trails_that_the_region_lists(listed: list[str] | None, names: list[str]) -> None:
    """A multi-region trail of another region counts if this region lists it."""
    items = None if listed is None else [{"TrailARN": trail(name)["TrailARN"]} for name in listed]
    one = trail("one", IsMultiRegionTrail=False)
    document = account(
        {
            REGION: collections(trails=[trail("main"), one]),
            AWAY: collections(AWAY, trails=[], listed_trails=items),
        }
    )
    answer = query(document).trails(Place(ACCOUNT, AWAY))
    assert [item["Name"] for item in answer.value] == names
    assert answer.missing is None


def test_partial_collections() -> None:
    """A query on a partial collection returns its items, and why there may be more."""
    document = account()
    document["Regions"][REGION]["Partial"] = ["metric_filters", "metric_alarms", "trails"]
    queries = query(document)
    assert len(queries.trails(HERE).value) == 1
    assert queries.trails(HERE).missing is not None
    assert [each.name for each in queries.metric_filters(GROUP, HERE).value] == ["F"]
    assert queries.metric_filters(GROUP, HERE).missing is not None
    assert [each.name for each in queries.alarms(HERE).on(M)] == ["A"]
    assert queries.missing_metric_alarms(M, HERE) is not None


DENIALS = [
    # action, resource, region: whether the denial affects the metric filters of log group GROUP
    ("logs:DescribeMetricFilters", "*", REGION, True),
    ("logs:DescribeMetricFilters", "*", "", True),
    ("logs:DescribeMetricFilters", "", REGION, True),
    ("logs:DescribeMetricFilters", GROUP, REGION, True),
    ("logs:DescribeMetricFilters", f"arn:aws:logs:us-east-1:1:log-group:{GROUP}:*", REGION, True),
    ("logs:DescribeMetricFilters", "CloudTrail/*", REGION, True),
    ("logs:DescribeMetricFilters", "another", REGION, False),
    ("logs:DescribeMetricFilters", "*", "eu-west-1", False),
    ("logs:DescribeLogGroups", "*", REGION, False),
    ("Logs:describeMetricFilters", "*", REGION, True),
    ("logs:Describe*", "*", REGION, True),
    ("logs:Get*", "*", REGION, False),
]


@pytest.mark.parametrize(("action", "resource", "region", "affects"), DENIALS)
def test_denials_in_a_file(action: str, resource: str, region: str, affects: bool) -> None:
    """A denial in the file takes precedence over a collection that looks complete."""
    missing = query(denied=[denied(action, resource, region)]).metric_filters(GROUP, HERE).missing
    assert (missing is not None) == affects
    if missing is not None:
        assert missing.reason.startswith(
            "denied: logs:DescribeMetricFilters of 'CloudTrail/Default'"
        )
        assert missing.remedy == "allow logs:DescribeMetricFilters"


def test_denials_of_reads_are_exact() -> None:
    """The denial of one topic does not affect a topic whose name contains the first one's."""
    read = Read(ReadKind.TOPIC, REGION, (topic_arn("alarms2"),))
    snapshot = Snapshot(ACCOUNT, 0.0).with_read(
        read, Denied(read.kind.value, read.what[0], REGION, "x")
    )
    queries = SnapshotQuery(snapshot)
    assert reason(queries.topic(topic_arn("alarms2"), ACCOUNT)).startswith("denied: ")
    assert reason(queries.topic(topic_arn("alarms"), ACCOUNT)).startswith("not read: ")
    assert list(queries.missing_reads) == [Read(ReadKind.TOPIC, REGION, (topic_arn("alarms"),))]


def test_denials_in_another_account() -> None:
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
    """The remedy is to allow that the role is assumed, not to allow the read."""
    read = Read(ReadKind.TRAILS, REGION, (), OTHER_ACCOUNT)
    refused = Denied(read.kind.value, "*", REGION, "sts:AssumeRole: AccessDenied")
    missing = SnapshotQuery(Snapshot(ACCOUNT, 0.0).with_read(read, refused)).trails(THERE).missing
    assert missing is not None
    assert missing.remedy == "allow sts:AssumeRole"
    assert "(sts:AssumeRole: AccessDenied)" in missing.reason


def test_the_remedy_names_the_role() -> None:
    """If the role is known, the remedy says which role must be allowed to be assumed."""
    read = Read(ReadKind.TRAILS, REGION, (), OTHER_ACCOUNT)
    role = f"arn:aws:iam::{OTHER_ACCOUNT}:role/reader"
    denials = (Denied("sts:AssumeRole", role, REGION, "AccessDenied", OTHER_ACCOUNT),)
    snapshot = Snapshot(ACCOUNT, 0.0, denied=denials).with_read(
        read, Denied(read.kind.value, "*", REGION, "sts:AssumeRole: AccessDenied", OTHER_ACCOUNT)
    )
    missing = SnapshotQuery(snapshot).trails(THERE).missing
    assert missing is not None
    assert missing.remedy == f"allow sts:AssumeRole of {role}"


def test_topics_of_other_accounts() -> None:
    """Only a read shows that another account's topic does not exist.

    The collections of the own account do not list it.
    """
    foreign = topic_arn(account=OTHER_ACCOUNT)
    assert reason(query().topic(foreign, ACCOUNT)).startswith("not read: sns:GetTopicAttributes")
    answered = Snapshot(ACCOUNT, 0.0).with_read(Read(ReadKind.TOPIC, REGION, (foreign,)))
    assert SnapshotQuery(answered).topic(foreign, ACCOUNT) == Answer(None)


@pytest.mark.parametrize("rules", [None, "x", [7], {}])
def test_mute_rules_that_cannot_be_read(rules: Any) -> None:
    """Unreadable mute rules are missing, not an empty list."""
    answer = query(mute_rules=[{"AlarmName": "A", "Rules": rules}]).mute_rules("A", HERE)
    assert reason(answer) == "the mute rules of alarm 'A' cannot be read"


QUERY = {"Id": "q", "Expression": "SELECT SUM(M) FROM CloudTrailMetrics", "ReturnData": True}
PROMQL = {
    **dict.fromkeys(("Namespace", "Statistic")),
    "EvaluationCriteria": {"PromQLCriteria": {"Query": "M > 0"}},
}


def test_alarms_by_what_they_watch() -> None:
    """Alarms are found by their metric, by math on it, by its name, or as unsupported."""
    alarms = query(
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
    assert [each.name for each in alarms.on(M)] == ["on", "dimensions"]
    assert [each.name for each in alarms.in_other_namespaces(M)] == ["elsewhere"]
    assert [each.name for each in alarms.computing(M)] == ["math"]
    assert {each.name for each, _ in alarms.unsupported(M)} == {"query", "promql", "both"}


def test_composites_by_children() -> None:
    """Composites are found by an alarm that they depend on, directly or not, and from the top."""
    above = [
        composite("ALARM(A)", "C"),
        composite("ALARM(C) OR ALARM(X)", "D"),
        composite("ALARM(B)", "E"),
    ]
    alarms = query(composite_alarms=above).alarms(HERE)
    assert set(alarms.depending_on(["A"])) == {"C", "D"}
    assert set(alarms.depending_on(["no such alarm"])) == set()
    assert set(alarms.beneath([alarms.composites["D"]])) == {"C", "D"}
    assert set(alarms.states([alarms.composites["C"]])) == {"A", "C"}


def test_cycles_of_composites_end() -> None:
    """Composites that refer to each other are each found once."""
    loop = [composite("ALARM(D) OR ALARM(A)", "C"), composite("ALARM(C)", "D")]
    alarms = query(composite_alarms=loop).alarms(HERE)
    assert set(alarms.depending_on(["A"])) == {"C", "D"}
    assert set(alarms.beneath(alarms.composites.values())) == {"C", "D"}


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
    """A log alarm is found by the name or the ARN of its log group."""
    item = {"AlarmName": "L", "ScheduledQueryConfiguration": {"LogGroupIdentifiers": [identifier]}}
    alarms = query(log_alarms=[item]).alarms(HERE).of_log_group(GROUP)
    assert bool(alarms) == watches


def test_writers() -> None:
    """The writers of a metric are the metric filters of any log group that write to it."""
    filters = [
        metric_filter(),
        metric_filter(name="G", group="g"),
        metric_filter(name="H", metric="N"),
    ]
    writers = query(metric_filters=filters).writers(M, HERE)
    assert [each.name for each in writers.value] == ["F", "G"]


def test_a_region_that_is_not_in_the_snapshot() -> None:
    """The remedy is to collect the region, not to allow a read."""
    missing = query().trails(Place(ACCOUNT, "eu-west-1")).missing
    assert missing is not None
    assert missing.reason == "eu-west-1 is not in this snapshot"
    assert missing.remedy == "collect it: alarmchain collect --region eu-west-1"
