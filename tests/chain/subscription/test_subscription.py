"""Subscriptions and their filter policies."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarmchain.chain.judgement import Status
from alarmchain.chain.subscription.alarm_message import alarm_message
from alarmchain.chain.subscription.subscription import (
    judge_person,
    judge_subscription,
    judge_subscriptions,
)
from alarmchain.chain.topic.topic import Topic
from tests.chain.builders import TOPIC, alarm_item, arn, subscription, topic_item
from tests.chance import tried

ALARM = alarm_item(AlarmDescription="[P1] look at the trail", Statistic="Sum")
MESSAGE = alarm_message(ALARM)
NAME = "topic 'alarms'"
BODY = {"FilterPolicyScope": "MessageBody"}

# item, expected, words of the reason
ITEMS: list[tuple[dict[str, Any], str, str]] = [
    (subscription(), "ok", ""),
    (
        subscription() | {"SubscriptionArn": "PendingConfirmation"},
        "broken",
        "a@b.c has not confirmed the subscription to topic 'alarms'",
    ),
    (
        subscription() | {"SubscriptionArn": "Deleted"},
        "broken",
        "a@b.c has cancelled the subscription to topic 'alarms'",
    ),
    (subscription() | {"SubscriptionArn": "pending confirmation"}, "broken", "has not confirmed"),
    (subscription() | {"SubscriptionArn": None}, "broken", "has not confirmed"),
    (subscription(PendingConfirmation="true"), "broken", "has not confirmed"),
    (subscription(PendingConfirmation="false"), "ok", ""),
    (subscription(PendingConfirmation=True), "broken", "has not confirmed"),
    (subscription(PendingConfirmation=0), "unknown", "unreadable PendingConfirmation"),
    (
        {**subscription(), "Attributes": None},
        "unknown",
        "the attributes of the subscription of a@b.c to topic 'alarms' were not read",
    ),
    ({"SubscriptionArn": f"{TOPIC}:1"}, "unknown", "were not read"),
    (subscription(FilterPolicy=""), "ok", ""),
    (subscription(FilterPolicy="{"), "unknown", "is not valid JSON"),
    (subscription(FilterPolicy="[]"), "unknown", "is not a JSON object"),
    (subscription(FilterPolicy={"a": ["b"]}), "unknown", "is not supported"),
    (subscription(FilterPolicy="{}", FilterPolicyScope="Other"), "unknown", "is not supported"),
    (
        subscription(FilterPolicy='{"a": ["b"]}'),
        "broken",
        "the filter policy of a@b.c on topic 'alarms' drops the alarm's message",
    ),
    (subscription(FilterPolicy='{"a": ["b"]}', **BODY), "unknown", "depends on a"),
]


@pytest.mark.parametrize(("item", "expected", "words"), ITEMS)
def test_subscription(item: dict[str, Any], expected: str, words: str) -> None:
    """A subscription counts if it is confirmed and its filter lets the message through."""
    found = judge_subscription(item, MESSAGE, NAME)
    assert (found.status.value, words in found.reason) == (expected, True), found.reason


NOT_THERE = [{"exists": False}]

# The default scope: an alarm's message has no attributes.
ON_ATTRIBUTES: list[tuple[dict[str, Any], str]] = [
    ({}, "ok"),
    ({"team": ["sec"]}, "broken"),
    ({"team": NOT_THERE}, "ok"),
    ({"team": ["sec", {"exists": False}]}, "ok"),
    ({"team": NOT_THERE, "env": ["prod"]}, "broken"),
    ({"team": NOT_THERE, "env": NOT_THERE}, "ok"),
    ({"team": [{"exists": True}]}, "broken"),
    ({"team": [{"anything-but": ["x"]}]}, "broken"),
    ({"team": [{"prefix": ""}]}, "broken"),
    ({"team": []}, "unknown"),
    ({"team": {}}, "unknown"),
    ({"team": "sec"}, "unknown"),
    ({"team": [{"exists": "no"}]}, "unknown"),
    ({"team": [{"exists": False, "prefix": "x"}]}, "unknown"),
    ({"$or": [{"team": ["sec"]}, {"env": NOT_THERE}]}, "ok"),
    ({"$or": [{"team": ["sec"]}, {"env": ["prod"]}]}, "broken"),
    ({"$or": {"team": ["sec"]}}, "unknown"),
    ({"NewStateValue": ["ALARM"]}, "broken"),
]


@pytest.mark.parametrize(("policy", "expected"), ON_ATTRIBUTES)
def test_filter_on_attributes(policy: dict[str, Any], expected: str) -> None:
    """Only rules that require no attribute let an alarm's message through."""
    for scope in ({}, {"FilterPolicyScope": "MessageAttributes"}):
        item = subscription(FilterPolicy=json.dumps(policy), **scope)
        assert judge_subscription(item, MESSAGE, NAME).status.value == expected


ON_BODY: list[tuple[dict[str, Any], str]] = [
    ({}, "ok"),
    ({"NewStateValue": ["ALARM"]}, "ok"),
    ({"NewStateValue": ["OK", "ALARM"]}, "ok"),
    ({"NewStateValue": ["OK"]}, "broken"),
    ({"NewStateValue": ["alarm"]}, "broken"),
    ({"NewStateValue": [{"equals-ignore-case": "alarm"}]}, "ok"),
    ({"NewStateValue": [{"anything-but": ["OK"]}]}, "ok"),
    ({"NewStateValue": [{"anything-but": "ALARM"}]}, "broken"),
    ({"NewStateValue": [{"anything-but": {"prefix": "OK"}}]}, "ok"),
    ({"NewStateValue": [{"anything-but": {"suffix": "ARM"}}]}, "broken"),
    ({"NewStateValue": [{"prefix": "AL"}]}, "ok"),
    ({"NewStateValue": [{"suffix": "ARM"}]}, "ok"),
    ({"NewStateValue": [{"suffix": "OK"}]}, "broken"),
    ({"NewStateValue": [{"exists": True}]}, "ok"),
    ({"NewStateValue": [{"exists": False}]}, "broken"),
    ({"NewStateValue": [{"exists": "no"}]}, "unknown"),
    ({"NewStateValue": [{"wildcard": True}]}, "unknown"),
    ({"NewStateValue": [{"wildcard": "A*"}]}, "unknown"),
    ({"NewStateValue": [{"prefix": 5}]}, "unknown"),
    ({"NewStateValue": [{"prefix": "A", "suffix": "M"}]}, "unknown"),
    ({"NewStateValue": [{"numeric": ["=", 5]}]}, "broken"),
    ({"NewStateValue": [{"numeric": "5"}]}, "unknown"),
    ({"NewStateValue": [{"cidr": "10.0.0.0/8"}]}, "unknown"),
    ({"NewStateValue": [5, True, None]}, "broken"),
    ({"NewStateValue": {"a": ["b"]}}, "broken"),
    ({"AWSAccountId": ["123456789012"]}, "ok"),
    ({"AWSAccountId": [123456789012]}, "broken"),
    ({"AlarmName": ["A", "B"], "NewStateValue": ["ALARM"]}, "ok"),
    ({"AlarmName": ["B"], "NewStateValue": ["ALARM"]}, "broken"),
    ({"AlarmArn": [arn("A")]}, "ok"),
    ({"Trigger": {"MetricName": ["M"]}}, "ok"),
    ({"Trigger": {"MetricName": ["M"], "Namespace": [{"prefix": "Cloud"}]}}, "ok"),
    ({"Trigger": {"MetricName": ["N"]}}, "broken"),
    ({"Trigger": {"Statistic": ["SUM"]}}, "ok"),
    ({"Trigger": {"Statistic": ["Sum"]}}, "broken"),
    ({"Trigger": {"StatisticType": ["Statistic"]}}, "ok"),
    ({"Trigger": {"Period": [300]}}, "ok"),
    ({"Trigger": {"Period": ["300"]}}, "broken"),
    ({"Trigger": {"Period": [{"numeric": [">=", 60, "<", 3600]}]}}, "ok"),
    ({"Trigger": {"Period": [{"numeric": [">", 300]}]}}, "broken"),
    ({"Trigger": {"Period": [{"numeric": ["~", 300]}]}}, "unknown"),
    ({"Trigger": {"Period": [{"numeric": [">"]}]}}, "unknown"),
    ({"Trigger": {"Period": [{"prefix": "3"}]}}, "broken"),
    ({"Trigger": {"Period": [{"anything-but": [60]}]}}, "ok"),
    ({"Trigger": {"Threshold": [{"numeric": ["=", 1]}]}}, "ok"),
    ({"Trigger": {"Threshold": [True]}}, "broken"),
    ({"Trigger": {"EvaluationPeriods": [1, 2]}}, "ok"),
    ({"Trigger": {"ComparisonOperator": [{"prefix": "GreaterThan"}]}}, "ok"),
    ({"Trigger": {"Unit": ["Count"]}}, "broken"),
    ({"Trigger": {"Unit": [None]}}, "unknown"),
    ({"Trigger": {"Unit": [{"exists": True}]}}, "unknown"),
    ({"Trigger": {"TreatMissingData": ["notBreaching"]}}, "unknown"),
    ({"Trigger": {"TreatMissingData": [{"exists": True}]}}, "ok"),
    ({"Trigger": {"TreatMissingData": [{"exists": False}]}}, "broken"),
    ({"Trigger": {"Dimensions": {"name": ["x"]}}}, "unknown"),
    ({"Trigger": {"DatapointsToAlarm": [1]}}, "unknown"),
    ({"AlarmDescription": [{"prefix": "[P1]"}]}, "ok"),
    ({"AlarmDescription": [{"prefix": "[P2]"}]}, "broken"),
    ({"NewStateReason": [{"prefix": "Threshold"}]}, "unknown"),
    ({"NewStateReason": [{"exists": True}]}, "ok"),
    ({"Trigger": ["M"]}, "unknown"),
    ({"Region": ["us-east-1"]}, "broken"),
    ({"Region": ["US East (N. Virginia)"]}, "ok"),
    ({"OldStateValue": ["OK"]}, "unknown"),
    ({"OldStateValue": ["OK", "INSUFFICIENT_DATA"]}, "ok"),
    ({"OldStateValue": [{"anything-but": "ALARM"}]}, "ok"),
    ({"OldStateValue": ["ALARM"]}, "broken"),
    ({"OldStateValue": NOT_THERE}, "broken"),
    ({"Other": NOT_THERE}, "unknown"),
    ({"OldStateValue": ["OK"], "NewStateValue": ["OK"]}, "broken"),
    ({"$or": [{"NewStateValue": ["ALARM"]}, {"Other": ["x"]}]}, "ok"),
    ({"$or": [{"NewStateValue": ["OK"]}, {"Other": ["x"]}]}, "unknown"),
    ({"$or": [{"NewStateValue": ["OK"]}, {"AlarmName": ["B"]}]}, "broken"),
]


@pytest.mark.parametrize(("policy", "expected"), ON_BODY)
def test_filter_on_body(policy: dict[str, Any], expected: str) -> None:
    """A filter policy on the body is compared with the known parts of an alarm's message."""
    item = subscription(FilterPolicy=json.dumps(policy), **BODY)
    found = judge_subscription(item, MESSAGE, NAME)
    assert found.status.value == expected, found.reason


def test_a_region_without_a_known_name() -> None:
    """A policy on a region is unknown if the region's name in messages is not known."""
    far = arn("A").replace("us-east-1", "sa-east-1")
    item = subscription(FilterPolicy='{"Region": ["South America (Sao Paulo)"]}', **BODY)
    message = alarm_message({**ALARM, "AlarmArn": far})
    assert judge_subscription(item, message, NAME).status is Status.UNKNOWN


def test_a_description_that_was_not_read() -> None:
    """A policy on AlarmDescription is unknown, because the snapshot may lack the description."""
    item = subscription(FilterPolicy='{"AlarmDescription": [{"prefix": "[P1]"}]}', **BODY)
    message = alarm_message(alarm_item())
    assert judge_subscription(item, message, NAME).status is Status.UNKNOWN


def test_message_of_a_composite_alarm() -> None:
    """The message of a composite alarm has AlarmRule, on which a policy can select."""
    message = alarm_message({"AlarmName": "C", "AlarmArn": arn("C"), "AlarmRule": 'ALARM("A")'})
    item = subscription(FilterPolicy='{"AlarmRule": [{"prefix": "ALARM"}]}', **BODY)
    assert judge_subscription(item, message, NAME).status is Status.OK


@pytest.mark.parametrize(
    ("protocol", "endpoint", "expected"),
    [
        ("email", "a@b.c", "ok"),
        ("email-json", "a@b.c", "ok"),
        ("sms", "+15550100", "ok"),
        ("https", "https://events.pagerduty.com/...", "ok"),
        ("https", "https://example.com/...", "unknown"),
        ("lambda", "arn:aws:lambda:us-east-1:123456789012:function:f", "broken"),
    ],
)
def test_a_person(protocol: str, endpoint: str, expected: str) -> None:
    """The protocol, or the host of an https endpoint, decides whether a person is notified."""
    item = {**subscription(), "Protocol": protocol, "Endpoint": endpoint}
    found = judge_person(item, NAME)
    assert found.status.value == expected
    assert expected == "ok" or NAME in found.reason


def test_message_of_another_alarm() -> None:
    """A policy on Trigger is unknown for an alarm without a single metric."""
    item = subscription(FilterPolicy='{"Trigger": {"MetricName": ["M"]}}', **BODY)
    assert (
        judge_subscription(
            item, alarm_message({"AlarmName": "C", "AlarmArn": arn("C")}), NAME
        ).status
        is Status.UNKNOWN
    )


def test_one_is_enough() -> None:
    """One confirmed subscription is enough; otherwise an unknown one counts before a broken one."""
    good, unread = subscription(), {**subscription(), "Attributes": None}
    pending = subscription() | {"SubscriptionArn": "PendingConfirmation"}
    for found, expected in (
        ([pending, unread, good], "ok"),
        ([pending, unread], "unknown"),
        ([pending, pending], "broken"),
        ([], "broken"),
    ):
        topic = Topic.read(topic_item() | {"Subscriptions": found})
        assert judge_subscriptions(topic, MESSAGE).status.value == expected
    assert judge_subscriptions(Topic.read({"TopicArn": TOPIC}), MESSAGE).status.value == "unknown"
    nobody = judge_subscriptions(Topic.read(topic_item() | {"Subscriptions": []}), MESSAGE)
    assert nobody.reason == "topic 'alarms' has no subscription"


def test_reasons_are_short() -> None:
    """A long endpoint and a long property are shortened."""
    item = subscription(FilterPolicy=json.dumps({"k" * 200: ["x"]}), **BODY)
    found = judge_subscription(item | {"Endpoint": "https://" + "e" * 300}, MESSAGE, NAME)
    assert len(found.reason) <= 145


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["ALARM", "OK", "A"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "NewStateValue",
                    "$or",
                    "anything-but",
                    "prefix",
                    "exists",
                    "numeric",
                    "Trigger",
                    "x",
                ]
            ),
            inner,
            max_size=2,
        )
    ),
    max_leaves=8,
)


@tried(100)
@given(JSON, st.sampled_from(["MessageBody", "MessageAttributes"]))
def test_any_policy(policy: Any, scope: str) -> None:
    """Whatever JSON a filter policy holds, the answer is a judgement."""
    item = subscription(FilterPolicy=json.dumps(policy), FilterPolicyScope=scope)
    found = judge_subscription(item, MESSAGE, NAME)
    assert found.status is Status.OK or found.reason


def test_deep_policies() -> None:
    """Deep nesting is unknown, and raises no error."""
    for head, leaf, tail in (
        ('{"a":', '["x"]', "}"),
        ('{"$or":[', '{"NewStateValue": ["ALARM"]}', "]}"),
    ):
        for depth in (100, 100_000):
            text = head * depth + leaf + tail * depth
            item = subscription(FilterPolicy=text, **BODY)
            assert judge_subscription(item, MESSAGE, NAME).status is Status.UNKNOWN
