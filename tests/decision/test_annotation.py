"""The exact text of the annotation that AWS Config's console shows."""

from typing import Any

import pytest

from alarmchain.decision.annotation import failure_annotation, plain
from alarmchain.decision.assessment import MOST_ANNOTATION, CallAssessment, Outcome
from tests.builders import (
    CALLS,
    GROUP,
    account,
    alarm,
    composite,
    denied,
    judged,
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

NOTIFIED = "; notifies a person by email"
ALL = "CreateTrail (and 4 more): "
TO_FILTER = (
    f"Create a metric filter on log group '{GROUP}' for CreateTrail, UpdateTrail, DeleteTrail, "
    "StartLogging and StopLogging"
)
TABLE: list[tuple[dict[str, Any], str]] = [
    ({}, f"All 5 calls covered: trail 'main' > filter 'F' > alarm 'A' > topic 'alarms'{NOTIFIED}"),
    (
        {"trails": []},
        f"{ALL}no trail records us-east-1. Create a multi-region trail that delivers to a "
        f"CloudWatch Logs log group",
    ),
    (
        {"trails": [trail(Status=status(IsLogging=False))]},
        f"{ALL}trail 'main' is stopped. Start logging on trail 'main'",
    ),
    (
        {"trails": [trail(CloudWatchLogsLogGroupArn=None)]},
        f"{ALL}trail 'main' sends nothing to CloudWatch Logs. Let trail 'main' deliver to a log "
        f"group",
    ),
    (
        {"log_groups": []},
        f"{ALL}log group '{GROUP}' does not exist in us-east-1. Create log group '{GROUP}' in "
        f"us-east-1, or deliver the trail to another log group",
    ),
    (
        {"metric_filters": []},
        f"{ALL}log group '{GROUP}' has no metric filter. {TO_FILTER}",
    ),
    (
        {"metric_filters": [metric_filter(names("X"))]},
        f"{ALL}metric filter 'F' on log group '{GROUP}' does not match the call. {TO_FILTER}",
    ),
    (
        {"metric_filters": [metric_filter(names("X")), metric_filter(names("Y"), name="G")]},
        f"{ALL}no metric filter on log group '{GROUP}' matches the call. {TO_FILTER}",
    ),
    (
        {"metric_filters": [metric_filter(names(*CALLS[:-1]))]},
        f"StopLogging: metric filter 'F' on log group '{GROUP}' does not match the call. "
        "Add StopLogging to metric filter 'F'",
    ),
    (
        {
            "metric_filters": [
                metric_filter(
                    "{ ($.eventName = *Trail || $.eventName = *Logging) && ($.sourceIPAddress "
                    '!= "10.0.0.1") }'
                )
            ]
        },
        f"{ALL}metric filter 'F' misses some calls, depending on "
        f"$.sourceIPAddress. Remove the condition on $.sourceIPAddress, or add a metric filter for "
        f"the other calls",
    ),
    (
        {"metric_alarms": [alarm("ct", Threshold=5.0)]},
        f"{ALL}alarm 'ct' needs 5 events within 300 s (threshold >= 5). Lower the threshold "
        f"to >= 1",
    ),
    (
        {"metric_alarms": [alarm(Namespace="AWS/CloudTrailMetrics")]},
        f"{ALL}alarm 'A' watches AWS/CloudTrailMetrics M, but the filter writes "
        f"CloudTrailMetrics M. Let alarm 'A' watch the metric that the filter writes",
    ),
    (
        {"metric_alarms": []},
        f"{ALL}no alarm in us-east-1 watches CloudTrailMetrics/M. Create an alarm on "
        f"CloudTrailMetrics/M in us-east-1",
    ),
    (
        {"metric_alarms": [alarm(Unit="Count")]},
        f"{ALL}alarm 'A' has the Unit Count, but the filter writes no unit. Remove Unit "
        f"from alarm 'A'",
    ),
    (
        {"metric_alarms": [alarm(ActionsEnabled=False)]},
        f"{ALL}alarm 'A' has its actions disabled. Enable the actions of alarm 'A'",
    ),
    (
        {
            "metric_alarms": [alarm(AlarmActions=[])],
            "composite_alarms": [composite(ActionsEnabled=False)],
        },
        f"{ALL}alarm 'C' has its actions disabled. Enable the actions of alarm 'C'",
    ),
    (
        {"topics": []},
        f"{ALL}topic 'alarms' does not exist. Create topic 'alarms', or let the alarm notify "
        f"another topic",
    ),
    (
        {"topics": [topic(FifoTopic="true")]},
        f"{ALL}topic 'alarms' is a FIFO topic, and CloudWatch publishes only to standard topics. "
        f"Notify a standard topic",
    ),
    (
        {"topics": [topic(subscriptions=[])]},
        f"{ALL}topic 'alarms' has no subscription. Add a subscription to topic 'alarms' and "
        f"confirm it",
    ),
    (
        {"topics": [topic(subscriptions=[subscription(SubscriptionArn="PendingConfirmation")])]},
        f"{ALL}0@example.com has not confirmed the subscription to topic 'alarms'. Ask "
        f"0@example.com to confirm the subscription",
    ),
    (
        {"trails": [trail(EventSelectors=None)]},
        f"UNKNOWN: {ALL}not read: cloudtrail:GetEventSelectors of 'trail/main' in us-east-1. "
        f"Allow cloudtrail:GetEventSelectors",
    ),
    (
        {"topics": [], "denied": [denied("sns:GetTopicAttributes", topic_arn())]},
        f"UNKNOWN: {ALL}denied: sns:GetTopicAttributes of 'alarms' in us-east-1 (AccessDenied). "
        f"Allow sns:GetTopicAttributes",
    ),
    (
        {
            "metric_filters": [
                metric_filter(names(*CALLS[:3]), name="F1"),
                metric_filter(names(*CALLS[3:]), name="F2"),
            ]
        },
        "All 5 calls covered: trail 'main' > filters 'F1', 'F2' > alarm 'A' > topic 'alarms'"
        f"{NOTIFIED}",
    ),
    (
        {
            "metric_alarms": [
                alarm(StateValue="ALARM", StateTransitionedTimestamp="2026-11-20T11:00:00Z")
            ]
        },
        "All 5 calls covered: trail 'main' > filter 'F' > alarm 'A' > topic 'alarms'; alarm "
        f"'A' is in ALARM now{NOTIFIED}",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), TABLE, ids=[said[:60] for _, said in TABLE])
def test_annotation(changes: dict[str, Any], expected: str) -> None:
    """The annotation has the call, then the broken link, then the fix."""
    assert judged(account(**changes)).annotation == expected


def test_decoy_region_is_named() -> None:
    """The annotation says so if the trail's log group is in another region."""
    document = account({"us-east-1": {**nothing(), "metric_filters": [metric_filter()]}})
    document["Regions"]["eu-west-1"] = {
        **nothing(),
        "trails": [trail(region="eu-west-1")],
        "log_groups": [log_group()],
    }
    assert f"log group '{GROUP}' in eu-west-1 has no metric filter" in judged(document).annotation


LONG = "n" * 255


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"metric_alarms": [alarm(LONG, Threshold=5.0)]},
            "needs 5 events within 300 s (threshold >= 5). Lower the threshold",
        ),
        ({"trails": [trail(LONG, Status=status(IsLogging=False))]}, "is stopped. Start logging"),
        ({"metric_filters": [metric_filter(names("X"), name=LONG)]}, "does not match the call"),
        (
            {"metric_alarms": [alarm(AlarmActions=[topic_arn(LONG)])], "topics": []},
            "does not exist",
        ),
        (
            {
                "topics": [
                    topic(subscriptions=[subscription(SubscriptionArn="Deleted", Endpoint=LONG)])
                ]
            },
            "has cancelled the subscription",
        ),
        (
            {
                "trails": [
                    trail(
                        CloudWatchLogsLogGroupArn=f"arn:aws:logs:us-east-1:123456789012:log-group:{LONG}:*"
                    )
                ]
            },
            "does not exist in us-east-1",
        ),
        (
            {"metric_filters": [metric_filter(metric=LONG)]},
            "no alarm in us-east-1 watches CloudTrailMetrics/nnn",
        ),
        (
            {"trails": [trail(Status=status(LatestCloudWatchLogsDeliveryError=LONG))]},
            "delivers, but its last delivery error was nnn",
        ),
    ],
)
def test_long_names(changes: dict[str, Any], said: str) -> None:
    """The annotation has the call and the fault, also with a name of 255 characters."""
    found = judged(account(**changes))
    assert said in found.annotation
    assert "CreateTrail (and 4 more): " in found.annotation


def test_long_call() -> None:
    """A very long name of a call is cut; the fault and the fix are complete."""
    call = "Stop" * 100
    found = judged(account(trails=[]), AdditionalCalls=f"a.amazonaws.com:{call}", CallList="cis")
    assert "no trail records us-east-1" in found.annotation
    said = failure_annotation(
        Outcome.UNKNOWN, {call: CallAssessment(Outcome.UNKNOWN, "why")}, ["fix it"]
    )
    assert said.startswith("UNKNOWN: StopStop")
    assert said.endswith("...: why. Fix it")


def test_other_reasons_are_counted() -> None:
    """The annotation counts the calls with the first call's reason, then the other calls."""
    bad = Outcome.NOT_COVERED
    calls = {
        "A": CallAssessment(Outcome.COVERED),
        "B": CallAssessment(bad, "x"),
        "C": CallAssessment(bad, "x"),
        "D": CallAssessment(bad, "y"),
        "E": CallAssessment(Outcome.UNKNOWN, "z"),
    }
    assert (
        failure_annotation(bad, calls, ["fix it"])
        == "B (and 1 more): x; 1 more call is not covered too. Fix it"
    )
    calls["F"] = CallAssessment(bad, "w")
    assert (
        failure_annotation(bad, calls, [""])
        == "B (and 1 more): x; 2 more calls are not covered too"
    )
    assert failure_annotation(Outcome.UNKNOWN, calls, [""]) == "UNKNOWN: E: z"


@pytest.mark.parametrize(
    "hostile", ["a\nb", "a\x1b[31mb", "a\u202eb", "a\x00b", "a\u2028b", "a\ud800b", "a\tb"]
)
def test_control_characters(hostile: str) -> None:
    """No control character of any name in the account is in the annotation."""
    assert plain(hostile).isprintable()
    accounts: tuple[dict[str, Any], ...] = (
        {"metric_alarms": [alarm(hostile, Threshold=5.0)]},
        {"metric_alarms": [alarm(hostile)]},
        {"trails": [trail(hostile, Status=status(IsLogging=False))]},
        {"metric_filters": [metric_filter(names("X"), name=hostile)]},
        {
            "topics": [
                topic(subscriptions=[subscription(SubscriptionArn="Deleted", Endpoint=hostile)])
            ]
        },
    )
    for changes in accounts:
        found = judged(account(**changes)).annotation
        assert found.isprintable()
        assert len(found) <= MOST_ANNOTATION


def test_no_subscription() -> None:
    """The remedy asks for a person only where the parameter Subscribers does."""
    document = account(topics=[topic(subscriptions=[])])
    for subscribers, remedy in (
        ("any", "Add a subscription to topic 'alarms' and confirm it"),
        ("person", "Subscribe a person to topic 'alarms' and have them confirm"),
    ):
        assert judged(document, Subscribers=subscribers).annotation.endswith(remedy)


def test_queue() -> None:
    """The annotation calls a queue a subscriber, and not a person."""
    queue = subscription(Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:q")
    found = judged(account(topics=[topic(subscriptions=[queue])])).annotation
    assert found.endswith("; notifies a subscriber by sqs")


def test_who_is_notified() -> None:
    """The annotation ends with the subscribers up to the first that works, without addresses."""
    several = [
        subscription(number=1, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:q"),
        subscription(number=2, Protocol="https", Endpoint="https://example.com/..."),
        subscription(number=3, SubscriptionArn="PendingConfirmation"),
        subscription(number=4),
        subscription(number=5, SubscriptionArn="PendingConfirmation"),
        subscription(number=6, Protocol="https", Endpoint="https://hooks.slack.com/..."),
        subscription(number=7, Endpoint="second@example.com"),
    ]
    found = judged(account(topics=[topic(subscriptions=several)]), Subscribers="person")
    assert found.annotation.endswith(
        "topic 'alarms'; notifies a person by email, a subscriber by sqs, a subscriber by https;"
        " 2 more subscriptions not checked"
    )
    assert "@" not in found.annotation
    kinds = [(subscriber.protocol, subscriber.kind.value) for subscriber in found.subscribers]
    assert kinds[:3] == [("sqs", "machine"), ("https", "unknown"), ("email", "person")]


def test_those_who_drop_the_message_are_not_notified() -> None:
    """A subscription that drops the message is not counted, wherever SNS lists it."""
    drops, works = (
        subscription(number=1, Attributes={"FilterPolicy": '{"a": ["b"]}'}),
        subscription(number=2),
    )
    found = judged(account(topics=[topic(subscriptions=[drops, works])]))
    assert found.annotation.endswith(NOTIFIED)
    found = judged(account(topics=[topic(subscriptions=[works, drops])]))
    assert found.annotation.endswith(f"{NOTIFIED}; 1 more subscription not checked")


def test_long_names_do_not_hide_who_is_notified() -> None:
    """Long names are cut, so that the annotation always ends with who is notified."""
    document = account(
        trails=[trail(LONG)],
        metric_filters=[metric_filter(names(call), name=f"{call}{LONG}") for call in CALLS],
        metric_alarms=[alarm(LONG)],
    )
    found = judged(document).annotation
    assert found.endswith(f"...{NOTIFIED}")
    assert len(found) == MOST_ANNOTATION


def test_cut() -> None:
    """A text that is too long for AWS Config is cut, and ends in dots."""
    assert plain("x" * 256) == "x" * 256
    assert plain("x" * 257) == "x" * 253 + "..."
