"""The evidence of each link has every observation that decides, and no other.

`tests/evidence.py` checks the evidence of every assessment in the tests.
"""

from typing import Any

import pytest

from alarmchain.decision.assessment import LINKS, Assessment
from tests.builders import (
    GROUP,
    REGION,
    account,
    advanced,
    alarm,
    alarm_arn,
    composite,
    denied,
    group_arn,
    judged,
    key,
    log_group,
    metric_filter,
    names,
    policy,
    statement,
    status,
    subscription,
    topic,
    topic_arn,
    trail,
)

Json = dict[str, Any]
TOPIC = topic_arn()
OTHER = topic_arn("other")
PUBLISH = statement(TOPIC)
QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
HOOK = "https://hooks.slack.com/services/T0/B0/secret"


def observed(assessment: Assessment, link: str) -> str:
    """Return what was observed of the link."""
    return next(each.observed for each in assessment.chain if each.link == link)


def test_covered() -> None:
    """A covered chain has the evidence of its six links."""
    chain = judged(account(topics=[topic(Policy=policy(PUBLISH))])).chain
    assert [link.link for link in chain] == list(LINKS)
    assert [link.observed for link in chain] == [
        f"TrailARN arn:aws:cloudtrail:{REGION}:123456789012:trail/main; HomeRegion {REGION};"
        " IsMultiRegionTrail true; IsOrganizationTrail false; IncludeGlobalServiceEvents true;"
        f" CloudWatchLogsLogGroupArn {group_arn()};"
        ' EventSelectors [{"ReadWriteType": "All", "IncludeManagementEvents": true}];'
        " IsLogging true; LatestCloudWatchLogsDeliveryTime 2026-11-20T12:00:00Z;"
        " no LatestCloudWatchLogsDeliveryError",
        f"log group {group_arn()}; logGroupClass STANDARD",
        "filterName F, metricNamespace CloudTrailMetrics, metricName M, metricValue 1,"
        f" filterPattern {names()}",
        "AlarmName A; Namespace CloudTrailMetrics; MetricName M; Statistic Sum; Period 300;"
        " ComparisonOperator GreaterThanOrEqualToThreshold; Threshold 1; EvaluationPeriods 1;"
        " TreatMissingData notBreaching; StateValue OK; ActionsEnabled true;"
        f' AlarmActions ["{TOPIC}"]; no mute rule',
        f'TopicArn {TOPIC}; Policy statements [{{"Effect": "Allow",'
        ' "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": "sns:Publish",'
        f' "Resource": "{TOPIC}"}}]; no KmsMasterKeyId',
        f"Protocol email, Endpoint 0@example.com; SubscriptionArn {TOPIC}:"
        "00000000-0000-0000-0000-000000000000; no FilterPolicy",
    ]


EVENTS = {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}
NAMED = names().strip("{ }")
UNUSED = statement(TOPIC, Principal={"Service": "events.amazonaws.com"}, Sid="unused")
RULED = {
    "composite_alarms": [composite('ALARM("A") OR ALARM("B")')],
    "metric_alarms": [alarm(AlarmActions=[]), alarm("B", metric="N", Threshold=7.5)],
}
CASES: list[tuple[str, Json, str, list[str], list[str]]] = [
    # name, changed collections, link, what its evidence has, what it does not have
    ("no trail", {"trails": []}, "trail", ["DescribeTrails in us-east-1 returned no trail"], []),
    (
        "stopped trail",
        {"trails": [trail(Status=status(IsLogging=False))]},
        "trail",
        ["IsLogging false", "HomeRegion us-east-1", "ReadWriteType"],
        [],
    ),
    (
        "single-region trail",
        {"trails": [trail(region="eu-west-1", IsMultiRegionTrail=False)]},
        "trail",
        ["IsMultiRegionTrail false", "HomeRegion eu-west-1"],
        ["IsLogging", "ReadWriteType"],  # these members were not judged
    ),
    (
        "delivery error",
        {"trails": [trail(Status=status(LatestCloudWatchLogsDeliveryError="a" * 300))]},
        "trail",
        ["a" * 300],
        [],
    ),
    (
        "the selector that records the calls",
        {
            "trails": [
                trail(
                    EventSelectors=[
                        {"ReadWriteType": "ReadOnly"},
                        {"ReadWriteType": "WriteOnly", "DataResources": [{"Values": ["x"]}]},
                    ]
                )
            ]
        },
        "trail",
        ['EventSelectors [{"ReadWriteType": "WriteOnly"}]'],
        ["ReadOnly", "DataResources"],
    ),
    (
        "selectors none of which records the calls",
        {
            "trails": [
                trail(
                    EventSelectors=[
                        {"ReadWriteType": "ReadOnly"},
                        {"IncludeManagementEvents": False},
                    ]
                )
            ]
        },
        "trail",
        ["ReadOnly", '"IncludeManagementEvents": false'],
        ["IsLogging"],
    ),
    (
        "advanced selector",
        {"trails": [trail(EventSelectors=None, AdvancedEventSelectors=advanced(EVENTS))]},
        "trail",
        ['{"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}'],
        [],
    ),
    ("no log group", {"log_groups": []}, "log_group", [f"found no {GROUP}", group_arn()], []),
    (
        "log group without a class",
        {"log_groups": [log_group(logGroupClass=None)]},
        "log_group",
        ["no logGroupClass, which means STANDARD"],
        [],
    ),
    (
        "no filter",
        {"metric_filters": []},
        "metric_filter",
        [f"0 metric filters on log group {GROUP}"],
        [],
    ),
    (
        "filters for others",
        {"metric_filters": [metric_filter("{ $.x = 1 }", name=f"F {n}") for n in range(30)]},
        "metric_filter",
        ["30 metric filters", *(f'"F {n}"' for n in range(30))],
        [],
    ),
    (
        "a filter that misses records",
        {"metric_filters": [metric_filter(f"{names()[:-2]} || ($.x = {'y' * 900}) }}")]},
        "metric_filter",
        ["y" * 900, "metricValue 1"],
        [],
    ),
    (
        "filters together",
        {
            "metric_filters": [
                metric_filter(names("CreateTrail", "UpdateTrail"), name="one"),
                metric_filter(name="two", defaultValue=0.0, fieldSelectionCriteria="@aws.region"),
            ]
        },
        "metric_filter",
        ["filterName two", "defaultValue 0", "fieldSelectionCriteria @aws.region"],
        [],
    ),
    (
        "two filters cover together",
        {
            "metric_filters": [
                metric_filter(f'{{ ({NAMED}) && ($.userAgent = "a*") }}', name="one"),
                metric_filter(f'{{ ({NAMED}) && ($.userAgent != "a*") }}', name="two"),
                metric_filter(f"{{ ({NAMED}) && ($.userAgent NOT EXISTS) }}", name="three"),
            ]
        },
        "metric_filter",
        ["filterName one", "filterName two", '$.userAgent = "a*"', "NOT EXISTS) }"],
        [],
    ),
    (
        "no alarm",
        {
            "metric_alarms": [
                alarm(metric="N"),
                alarm("B", metric="M2", Namespace="X"),
            ]
        },
        "alarm",
        [
            "no alarm on Namespace CloudTrailMetrics, MetricName M; 2 alarms read",
            "on other metrics of its namespace or name: A",
        ],
        ["B"],
    ),
    (
        "threshold",
        {"metric_alarms": [alarm(Threshold=5.0, DatapointsToAlarm=1)]},
        "alarm",
        ["Threshold 5;", "DatapointsToAlarm 1", "Statistic Sum", "Period 300", "MetricName M"],
        ["mute rule"],  # mute rules were not judged
    ),
    (
        "composite alarm",
        RULED,
        "alarm",
        [
            'AlarmRule "ALARM(\\"A\\") OR ALARM(\\"B\\")"',
            "refers to alarm A, Namespace CloudTrailMetrics, MetricName M, Statistic Sum",
            "refers to alarm B",
            "Threshold 7.5",
        ],
        [],
    ),
    (
        "mute rule",
        {
            "mute_rules": [
                {
                    "AlarmName": "A",
                    "Rules": [{"AlarmMuteRuleArn": f"arn:{'m' * 200}", "Status": "ACTIVE"}],
                }
            ]
        },
        "alarm",
        [f"mute rule AlarmMuteRuleArn arn:{'m' * 200}, Status ACTIVE"],
        [],
    ),
    ("no topic", {"topics": []}, "topic", [f"found no {TOPIC}"], []),
    (
        "the statement that allows it",
        {"topics": [topic(Policy=policy(UNUSED, PUBLISH))]},
        "topic",
        ['"Service": "cloudwatch.amazonaws.com"', "no KmsMasterKeyId"],
        ["unused"],
    ),
    (
        "a policy that does not allow it",
        {"topics": [topic(Policy=policy(UNUSED))]},
        "topic",
        ["unused"],
        [],
    ),
    (
        "a URL in the policy",
        {"topics": [topic(Policy=policy({**UNUSED, "Condition": {"X": {"sns:Endpoint": HOOK}}}))]},
        "topic",
        ["https://hooks.slack.com/..."],
        ["secret"],
    ),
    ("a policy that is not JSON", {"topics": [topic(Policy="{")]}, "topic", ["Policy {"], []),
    ("a policy that is not text", {"topics": [topic(Policy=[7])]}, "topic", ["Policy [7]"], []),
    (
        "key",
        {"topics": [topic(KmsMasterKeyId="1234")], "keys": [key()]},
        "topic",
        ["KmsMasterKeyId 1234", "KeyState Enabled", 'key policy statements [{"Effect": "Allow"'],
        [],
    ),
    (
        "no key",
        {"topics": [topic(KmsMasterKeyId="1234")]},
        "topic",
        ["kms:DescribeKey found no 1234", "KmsMasterKeyId 1234"],
        [],
    ),
    (
        "no subscription",
        {"topics": [topic(subscriptions=[])]},
        "subscription",
        [f"0 subscriptions of {TOPIC}"],
        [],
    ),
    (
        "subscriptions",
        {
            "topics": [
                topic(
                    subscriptions=[
                        subscription(SubscriptionArn="PendingConfirmation", Attributes=None),
                        subscription(number=1, Protocol="https", Endpoint=HOOK),
                        subscription(number=2, Protocol="sqs", Endpoint=QUEUE),
                    ]
                )
            ]
        },
        "subscription",
        [
            "Protocol https, Endpoint https://hooks.slack.com/...; SubscriptionArn",
            "also Protocol email, Endpoint 0@example.com, PendingConfirmation",
            f"also Protocol sqs, Endpoint {QUEUE}, confirmed",
        ],
        ["secret"],
    ),
    (
        "filter policy",
        {
            "topics": [
                topic(
                    subscriptions=[
                        subscription(Attributes={"FilterPolicy": '{"a": ["b"]}'}),
                    ]
                )
            ]
        },
        "subscription",
        ['FilterPolicy {"a": ["b"]}'],
        [],
    ),
]


@pytest.mark.parametrize(
    ("changes", "link", "has", "lacks"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_link(changes: Json, link: str, has: list[str], lacks: list[str]) -> None:
    """The evidence has everything that decides, uncut, and nothing that was not judged."""
    text = observed(judged(account(**changes)), link)
    for part in has:
        assert part in text, text
    for part in lacks:
        assert part not in text, text


def test_refused() -> None:
    """The evidence of a denied read is AWS's answer."""
    name = "a" * 200
    group = group_arn(name)
    document = account(
        trails=[trail(CloudWatchLogsLogGroupArn=group)],
        log_groups=None,
        denied=[denied("logs:DescribeLogGroups")],
    )
    assert observed(judged(document), "log_group") == (
        f"AccessDenied from logs:DescribeLogGroups of {name} in {REGION};"
        f" CloudWatchLogsLogGroupArn {group}"
    )


def test_not_read() -> None:
    """The evidence says which read was not made."""
    text = observed(judged(account(topics=None)), "topic")
    assert text == f"no answer of sns:GetTopicAttributes of {TOPIC} in {REGION}"


def test_longest_names() -> None:
    """Names of any length are uncut in the evidence, also those of broken links."""
    long = {name: f"{name}-{'x' * 240}" for name in ("filter", "alarm", "metric")}
    alarmed = alarm(long["alarm"], metric=long["metric"])
    for threshold in (1.0, 5.0):
        chain = judged(
            account(
                metric_filters=[metric_filter(name=long["filter"], metric=long["metric"])],
                metric_alarms=[{**alarmed, "Threshold": threshold}],
            )
        )
        assert f"filterName {long['filter']}," in observed(chain, "metric_filter")
        assert f"AlarmName {long['alarm']};" in observed(chain, "alarm")
        assert f"MetricName {long['metric']};" in observed(chain, "alarm")
    assert alarm_arn(long["alarm"]) in {link.resource for link in chain.chain}


def test_text_that_looks_like_facts() -> None:
    """A name that contains a separator of the evidence is in quotation marks."""
    text = observed(judged(account(metric_alarms=[alarm("A; ActionsEnabled false")])), "alarm")
    assert text.startswith('AlarmName "A; ActionsEnabled false"; Namespace ')
