"""The verdict over the union of all chains, with its evidence."""

from typing import Any

import pytest

from alarmchain.filter_pattern.match.match import match
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.snapshot.snapshot_json import from_json
from tests.builders import (
    CALLS,
    GROUP,
    REGION,
    account,
    alarm,
    alarm_arn,
    collections,
    composite,
    expression,
    group_arn,
    judged,
    log_group,
    math_alarm,
    metric_filter,
    names,
    nothing,
    said,
    stat,
    status,
    subscription,
    topic,
    topic_arn,
    trail,
)

FIRST, REST = names(*CALLS[:2]), names(*CALLS[2:])
OTHERS = "{ $.eventName = AssumeRole }"
TO_SECOND = {"CloudWatchLogsLogGroupArn": group_arn("second")}
STOPPED = status(IsLogging=False)
TWO_GROUPS = [log_group(), log_group("second")]
TWO_METRICS = [metric_filter(FIRST), metric_filter(REST, name="G", metric="N")]

COVERED = {
    "two filters into one metric": {
        "metric_filters": [metric_filter(FIRST), metric_filter(REST, name="G")]
    },
    "two filters with alarms and topics of their own": {
        "metric_filters": TWO_METRICS,
        "metric_alarms": [alarm(), alarm("B", metric="N", AlarmActions=[topic_arn("second")])],
        "topics": [topic(), topic("second")],
    },
    "a filter for each alarm": {
        "metric_filters": [metric_filter(names(one), name=one, metric=one) for one in CALLS],
        "metric_alarms": [alarm(one, metric=one) for one in CALLS],
    },
    "one alarm for each call, by dimension": {
        "metric_filters": [metric_filter(dimensions={"Call": "$.eventName"})],
        "metric_alarms": [alarm(one, Dimensions=[{"Name": "Call", "Value": one}]) for one in CALLS],
    },
    "two trails into two groups": {
        "trails": [trail(), trail("second", **TO_SECOND)],
        "log_groups": TWO_GROUPS,
        "metric_filters": [metric_filter(FIRST), metric_filter(REST, group="second")],
    },
    "two trails into one group": {"trails": [trail(), trail("second")]},
    "two conditions that complement each other": {
        "metric_filters": [
            metric_filter(
                "{ ($.sessionCredentialFromConsole NOT EXISTS) && ($.eventName = *) && "
                "($.eventSource = cloudtrail.amazonaws.com) }"
            ),
            metric_filter(
                "{ ($.sessionCredentialFromConsole = *) && ($.eventSource = "
                "cloudtrail.amazonaws.com) }",
                name="G",
            ),
        ]
    },
    "an unreadable filter beside": {
        "metric_filters": [metric_filter(), metric_filter("{ $.x = ", name="G", metric="N")]
    },
    "a stopped trail beside": {"trails": [trail("aaa", Status=STOPPED), trail()]},
    "a trail that was not read beside": {"trails": [trail("aaa", Status=None), trail()]},
    "a transformed filter beside": {
        "metric_filters": [
            metric_filter(),
            metric_filter(name="E", metric="N", applyOnTransformedLogs=True),
        ]
    },
    "a broken alarm beside": {"metric_alarms": [alarm("0", Threshold=5.0), alarm()]},
    "an alarm that cannot be followed beside": {"metric_alarms": [alarm("0", Period=10), alarm()]},
    "a topic that is gone beside": {
        "metric_alarms": [alarm(AlarmActions=[topic_arn("gone"), topic_arn()])]
    },
    "an unconfirmed subscription beside": {
        "topics": [
            topic(
                subscriptions=[
                    subscription(SubscriptionArn="PendingConfirmation"),
                    subscription(number=1),
                ]
            )
        ]
    },
    "a filter that may write under the alarm's dimension, value not known": {
        "metric_filters": [
            metric_filter(dimensions={"D": "$.awsRegion"}),
            metric_filter(name="G", dimensions={"D": "$.requestID"}),
        ],
        "metric_alarms": [alarm(Dimensions=[{"Name": "D", "Value": REGION}])],
    },
    "a filter of other events adds to the sum": {
        "metric_filters": [metric_filter(), metric_filter(OTHERS, name="G", metricValue="0.5")]
    },
    "a filter of other events, where two periods must breach": {
        "metric_filters": [metric_filter(), metric_filter(OTHERS, name="G")],
        "metric_alarms": [alarm(EvaluationPeriods=2, TreatMissingData="missing")],
    },
    "a filter of other events on the highest percentile": {
        "metric_filters": [metric_filter(), metric_filter(OTHERS, name="G")],
        "metric_alarms": [alarm(Statistic=None, ExtendedStatistic="p99")],
    },
    "a filter on another metric of that name, by dimension": {
        "metric_filters": [
            metric_filter(),
            metric_filter(name="G", dimensions={"Who": "$.userIdentity.arn"}),
        ]
    },
    "a catch-all on another metric": {
        "metric_filters": [
            metric_filter(),
            metric_filter("{ $.eventID = * }", name="G", metric="N"),
        ]
    },
    "a catch-all under a dimension": {
        "metric_filters": [
            metric_filter(),
            metric_filter("{ $.eventID = * }", name="G", dimensions={"Who": "$.userIdentity.arn"}),
        ]
    },
    "a filter in another group on another metric": {
        "log_groups": TWO_GROUPS,
        "metric_filters": [metric_filter(), metric_filter("ERROR", group="second", metric="N")],
    },
    "metric math over two filters": {
        "metric_filters": TWO_METRICS,
        "metric_alarms": [math_alarm(stat(), stat("m2", "N"), expression("SUM(METRICS())"))],
    },
}
UNKNOWN = {
    "who else writes is not known": {"metric_filters": None},
    "a filter of an unfed group on the metric": {
        "log_groups": TWO_GROUPS,
        "metric_filters": [metric_filter(), metric_filter("ERROR", group="second")],
    },
    "the only filter may cover": {"metric_filters": [metric_filter(applyOnTransformedLogs=True)]},
    "a second group's filter may not count the same record": {
        "trails": [trail(), trail("second", Status=STOPPED, **TO_SECOND)],
        "log_groups": TWO_GROUPS,
        "metric_filters": [metric_filter(), metric_filter(group="second")],
        "metric_alarms": [alarm(Threshold=2.0)],
    },
    "a transformed filter may not count the same record": {
        "metric_filters": [metric_filter(), metric_filter(name="G", applyOnTransformedLogs=True)],
        "metric_alarms": [alarm(Threshold=2.0)],
    },
    "a subtracting filter may match": {
        "metric_filters": [
            metric_filter(),
            metric_filter('{ $.userIdentity.type = "Root" }', name="G", metricValue="-1"),
        ]
    },
    "a filter of other events subtracts": {
        "metric_filters": [metric_filter(), metric_filter(OTHERS, name="G", metricValue="-1")]
    },
    "a filter of other events lowers the average": {
        "metric_filters": [metric_filter(), metric_filter(OTHERS, name="G", metricValue="0")],
        "metric_alarms": [alarm(Statistic="Average")],
    },
    "a filter of other events writes a value not known": {
        "metric_filters": [metric_filter(), metric_filter(OTHERS, name="G", metricValue="$.x")]
    },
    "a filter of other events writes another unit": {
        "metric_filters": [metric_filter(), metric_filter(OTHERS, name="G", unit="Count")]
    },
    "a filter of other events fills later periods": {
        "metric_filters": [metric_filter(), metric_filter(OTHERS, name="G", metricValue="0")],
        "metric_alarms": [alarm(EvaluationPeriods=2, TreatMissingData="missing")],
    },
    "a composite's rule can't be read": {
        "metric_alarms": [alarm(AlarmActions=[])],
        "composite_alarms": [composite("ALARM(A) XOR ALARM(B)")],
    },
    "two events at once are too many": {
        "metric_alarms": [alarm(ComparisonOperator="LessThanOrEqualToThreshold")]
    },
    "two events at once are too many for metric math": {
        "metric_alarms": [math_alarm(stat(), expression("m1 == 1"))]
    },
    "metric math subtracts other events": {
        "metric_filters": [metric_filter(), metric_filter(OTHERS, name="G", metric="N")],
        "metric_alarms": [math_alarm(stat(), stat("m2", "N"), expression("m1 - m2"))],
    },
    "the catch-all of an unfed group": {
        "log_groups": TWO_GROUPS,
        "metric_filters": [metric_filter(), {**metric_filter(group="second"), "filterPattern": ""}],
    },
}
NOT_COVERED = {
    "the union lacks a call": {
        "metric_filters": [metric_filter(FIRST), metric_filter(names(*CALLS[3:]), name="G")]
    },
    "the union lacks some records": {
        "metric_filters": [
            metric_filter(
                '{ ($.eventSource = cloudtrail.amazonaws.com) && ($.userIdentity.type = "Root") }'
            ),
            metric_filter(
                "{ ($.eventSource = cloudtrail.amazonaws.com) && ($.userIdentity.type = "
                '"IAMUser") }',
                name="G",
            ),
        ]
    },
    "one of two chains is broken": {
        "metric_filters": TWO_METRICS,
        "metric_alarms": [alarm(), alarm("B", metric="N", Threshold=5.0)],
    },
    "an unknown chain cannot make up for it": {
        "metric_filters": [
            metric_filter(names(*CALLS[:4])),
            metric_filter(names(*CALLS[:4]), name="G", metric="N"),
        ],
        "metric_alarms": [alarm(), alarm("B", metric="N", Period=10)],
    },
    "a catch-all on the metric": {
        "metric_filters": [metric_filter(), metric_filter("{ $.eventID = * }", name="G")]
    },
    "a composite of others can't be read": {
        "metric_alarms": [alarm(AlarmActions=[])],
        "composite_alarms": [composite("ALARM(B) XOR ALARM(D)")],
    },
    "an alarm for one dimension value only": {
        "metric_filters": [metric_filter(dimensions={"Call": "$.eventName"})],
        "metric_alarms": [alarm(Dimensions=[{"Name": "Call", "Value": "StopLogging"}])],
    },
}
TABLE = [
    pytest.param(changes, outcome, id=f"{outcome}: {name}")
    for outcome, cases in (("covered", COVERED), ("unknown", UNKNOWN), ("not_covered", NOT_COVERED))
    for name, changes in cases.items()
]


@pytest.mark.parametrize(("changes", "outcome"), TABLE)
def test_union(changes: dict[str, Any], outcome: str) -> None:
    """Several chains together give the outcome in the table."""
    found = judged(account(**changes))
    assert found.outcome.value == outcome, found.annotation


def test_same_names_in_two_regions() -> None:
    """A log group and filter may have the same names in two regions, with different patterns."""
    both = {
        REGION: collections(metric_filters=[metric_filter(FIRST)]),
        "eu-west-1": collections("eu-west-1", metric_filters=[metric_filter(REST)]),
    }
    found = judged(account(both))
    assert found.outcome.value == "covered"
    assert {link.region for link in found.chain} == {REGION}


@pytest.mark.parametrize("outcome", ["covered", "not_covered"])
def test_conditional_filters_in_two_regions(outcome: str) -> None:
    """Filters with the same name cover the call only together."""
    with_it = '{ ($.userIdentity.userName = "ops*") && ($.eventSource = cloudtrail.amazonaws.com) }'
    without = (
        '{ ($.userIdentity.userName != "ops*") && ($.eventSource = cloudtrail.amazonaws.com) }'
    )
    absent = metric_filter(
        "{ ($.userIdentity.userName NOT EXISTS) && ($.eventSource = cloudtrail.amazonaws.com) }",
        name="N",
    )
    more = [absent] if outcome == "covered" else []
    both = {
        REGION: collections(metric_filters=[metric_filter(with_it), *more]),
        "eu-west-1": collections("eu-west-1", metric_filters=[metric_filter(without)]),
    }
    assert judged(account(both)).outcome.value == outcome


def test_a_composite_is_carried_by_the_named_alarm_alone() -> None:
    """AlarmName requires a chain through that alarm."""
    quiet: dict[str, Any] = {"AlarmActions": []}
    changes: dict[str, Any] = {
        "metric_alarms": [alarm("A", **quiet), alarm("B", Threshold=5.0, **quiet)],
        "composite_alarms": [composite("ALARM(A) OR ALARM(B)")],
    }
    assert judged(account(**changes), AlarmName="A").outcome.value == "covered"
    assert judged(account(**changes), AlarmName="B").outcome.value == "not_covered"
    assert judged(account(**changes), AlarmName="C").outcome.value == "covered"


@pytest.mark.parametrize(
    "changes",
    [
        {"AlarmArn": alarm_arn(account="111122223333")},
        {"AlarmArn": alarm_arn(region="eu-west-1")},
        {"AlarmArn": alarm_arn("another")},
        {"AlarmArn": None},
        {"Metrics": [stat(returned=True)]},
    ],
)
def test_alarms_that_contradict_themselves(changes: dict[str, Any]) -> None:
    """An alarm with a wrong ARN, or with both a metric and Metrics, is unknown."""
    assert judged(account(metric_alarms=[alarm(**changes)])).outcome.value == "unknown"


@pytest.mark.parametrize(
    "member",
    [
        "fieldSelectionCriteria",
        "applyOnTransformedLogs",
        "ListAlarmMuteRules",
        "emitSystemFieldDimensions",
    ],
)
def test_blind(member: str) -> None:
    """A working chain is unknown if the runtime's boto3 lacks a decisive member."""
    found = said({**account(), "Blind": {member: "1.35.0"}})
    assert found.startswith("NON_COMPLIANT: UNKNOWN: CreateTrail (and 4 more): ")
    assert f"the runtime's boto3 1.35.0 does not return {member}" in found


def test_counterexample() -> None:
    """A call that a filter misses has a missed record and the fields that decide."""
    pattern = '{ ($.eventSource = cloudtrail.amazonaws.com) && ($.userIdentity.type != "Root") }'
    found = judged(account(metric_filters=[metric_filter(pattern)])).calls["StopLogging"]
    assert found.counterexample is not None
    assert found.counterexample["eventName"] == "StopLogging"
    assert match(parse(pattern), found.counterexample).is_no
    assert found.deciding == ("$.userIdentity.type",)


def test_no_counterexample_where_the_filter_is_not_at_fault() -> None:
    """A call has no counterexample if the alarm, and not the filter, is at fault."""
    found = judged(account(metric_alarms=[alarm(Threshold=5.0)])).calls["StopLogging"]
    assert found.counterexample is None
    assert found.deciding == ()


def test_the_chain_that_got_furthest() -> None:
    """The evidence is that of the chain with the most working links, up to its fault."""
    trails = [trail("aaa", Status=STOPPED), trail()]
    found = judged(account(trails=trails, metric_alarms=[alarm(Threshold=5.0)]))
    assert [(link.link, link.judgement.status.value) for link in found.chain] == [
        ("trail", "ok"),
        ("log_group", "ok"),
        ("metric_filter", "ok"),
        ("alarm", "broken"),
    ]
    (*_, last) = found.chain
    assert last.resource == alarm_arn()
    assert last.judgement.wanted == "a threshold that one event reaches"


def test_all_links_of_a_covered_rule() -> None:
    """A covered rule has six links, each with its account and region, and no remedy."""
    found = judged(account())
    assert [link.link for link in found.chain] == [
        "trail",
        "log_group",
        "metric_filter",
        "alarm",
        "topic",
        "subscription",
    ]
    assert {(link.account, link.region) for link in found.chain} == {("123456789012", REGION)}
    assert found.breadth == "narrow"
    assert found.remedy == ""
    assert found.missing_reads == ()


@pytest.mark.parametrize(
    ("pattern", "breadth"),
    [
        ("{ $.eventID = * }", "every_record"),
        ("{ $.readOnly IS TRUE || $.readOnly IS FALSE }", "everyday_reads"),
        (names(), "narrow"),
    ],
)
def test_breadth(pattern: str, breadth: str) -> None:
    """The assessment says how many other records the filters match."""
    assert judged(account(metric_filters=[metric_filter(pattern)])).breadth == breadth


def test_everyday_calls_are_noted() -> None:
    """A rule whose filter also counts some routine calls is COMPLIANT, with a note."""
    found = judged(
        account(metric_filters=[metric_filter("{ $.eventSource = cloudtrail.amazonaws.com }")])
    )
    assert found.compliance == "COMPLIANT"
    assert "metric filter 'F' also counts routine calls" in found.annotation


def test_nothing_was_read() -> None:
    """An empty snapshot asks for the region's trails first, and knows nothing."""
    empty = from_json(account({}))
    found = judged(empty)
    assert found.outcome.value == "unknown"
    assert [read.kind.name for read in found.missing_reads] == ["TRAILS"]
    assert list(found.calls) == list(CALLS)


def test_a_region_that_was_not_read() -> None:
    """A region that is not in the snapshot is unknown, even with a multi-region trail."""
    assert judged(account(), region="eu-west-9").outcome.value == "unknown"
    two = account({REGION: collections(), "eu-west-1": nothing()})
    assert judged(two, region="eu-west-1").outcome.value == "covered"


def test_group_of_the_trail_counts() -> None:
    """A filter must be on the log group of the trail that works."""
    trails = [trail(Status=STOPPED), trail("second", **TO_SECOND)]
    found = said(account(trails=trails, log_groups=TWO_GROUPS))
    assert "log group 'second' has no metric filter" in found
    assert GROUP not in found
