"""The request of each read, and the collection of its items."""

from typing import Any
from unittest import mock

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError

from alarmchain.collector.api_pages import kept
from alarmchain.collector.clients import Clients, client_builder
from alarmchain.collector.collect import collect
from alarmchain.collector.readers import READERS
from alarmchain.snapshot.reads import Read, ReadKind
from tests.collector.stubbed_aws import (
    ALARM,
    AT,
    EMPTY,
    FILTER,
    HERE,
    HOME,
    KEY,
    KEY_ARN,
    READS,
    SUBSCRIPTION,
    THERE,
    TOPIC,
    TRAIL,
    StubbedAws,
    client_of,
    collections,
    read,
    session,
)

LINK = {
    "Arn": f"arn:aws:oam:{HOME}:{HERE}:link/1",
    "ResourceTypes": ["AWS::CloudWatch::Metric"],
    "SinkArn": f"arn:aws:oam:{HOME}:{THERE}:sink/1",
}


def test_free_text_is_not_kept() -> None:
    """Descriptions and reasons are left out; a dimension named Description is kept."""
    answer = {
        "AlarmName": "a",
        "AlarmDescription": "see https://example.com/?token=secret",
        "StateReason": "x",
        "metricTransformations": [{"dimensions": {"Description": "$.eventName"}}],
        "ResponseMetadata": {},
    }
    assert kept(answer) == {
        "AlarmName": "a",
        "metricTransformations": [{"dimensions": {"Description": "$.eventName"}}],
    }


def test_every_kind_has_a_reader() -> None:
    """Every kind of read has a reader, except ASSUME_ROLE, which returns no items."""
    assert set(READERS) == set(READS) == set(ReadKind) - {ReadKind.ASSUME_ROLE}


def test_clients_wait_for_a_bounded_time() -> None:
    """The time-outs are short, because botocore's default is as long as RDK's time limit."""
    client = Clients(client_builder(session())).of("sns", "eu-west-2")
    config = client.meta.config
    assert client.meta.region_name == "eu-west-2"
    assert (config.connect_timeout, config.read_timeout) == (5, 10)
    assert config.retries["mode"] == "standard"


def test_trails_belong_to_their_home_region(aws: StubbedAws) -> None:
    """DescribeTrails also returns trails of other regions; each is stored in its home region, and
    its ARN in the region that lists it."""
    shadow = {
        "TrailARN": f"arn:aws:cloudtrail:us-east-1:{THERE}:trail/o",
        "HomeRegion": "us-east-1",
    }
    own = {"TrailARN": TRAIL, "HomeRegion": HOME}
    aws.answers(ReadKind.TRAILS, {"trailList": [shadow, own]})
    snapshot = collect(EMPTY, [READS[ReadKind.TRAILS]], aws.clients)
    listed = tuple({"TrailARN": trail["TrailARN"]} for trail in (shadow, own))
    assert collections(snapshot) == {"trails": (own,), "listed_trails": listed}
    assert collections(snapshot, "us-east-1") == {"trails": (shadow,)}
    assert READS[ReadKind.TRAILS] in snapshot.reads
    assert not snapshot.regions[HOME].complete("trails")


def test_status_and_selectors_join_their_trail(aws: StubbedAws) -> None:
    """Status and selectors are added to the trail; decisive times become epoch seconds."""
    selectors = [{"ReadWriteType": "All", "IncludeManagementEvents": True}]
    aws.answers(ReadKind.TRAILS, {"trailList": [{"TrailARN": TRAIL, "HomeRegion": HOME}]})
    aws.answers(
        ReadKind.TRAIL_STATUS,
        {
            "IsLogging": True,
            "LatestCloudWatchLogsDeliveryTime": AT,
            "StartLoggingTime": AT,
        },
        Name=TRAIL,
    )
    aws.answers(
        ReadKind.TRAIL_SELECTORS, {"TrailARN": TRAIL, "EventSelectors": selectors}, TrailName=TRAIL
    )
    kinds = (ReadKind.TRAILS, ReadKind.TRAIL_STATUS, ReadKind.TRAIL_SELECTORS)
    snapshot = collect(EMPTY, [READS[kind] for kind in kinds], aws.clients)
    (trail,) = collections(snapshot)["trails"]
    assert trail == {
        "TrailARN": TRAIL,
        "HomeRegion": HOME,
        "Status": {
            "IsLogging": True,
            "LatestCloudWatchLogsDeliveryTime": AT.timestamp(),
            "StartLoggingTime": AT.isoformat(),
        },
        "EventSelectors": selectors,
    }


def test_a_log_group_after_others_with_its_prefix(aws: StubbedAws) -> None:
    """The API takes a prefix; pages are read until one has the exact name."""
    first = {"logGroups": [{"logGroupName": "trail-2"}], "nextToken": "more"}
    second = {"logGroups": [{"logGroupName": "trail"}], "nextToken": "unread"}
    aws.answers(ReadKind.LOG_GROUP, first, logGroupNamePrefix="trail")
    aws.answers(ReadKind.LOG_GROUP, second, logGroupNamePrefix="trail", nextToken="more")
    snapshot = collect(EMPTY, [READS[ReadKind.LOG_GROUP]], aws.clients)
    assert collections(snapshot) == {"log_groups": ({"logGroupName": "trail"},)}


@pytest.mark.parametrize("kind", [ReadKind.OAM_LINKS, ReadKind.ORGANIZATION])
@pytest.mark.parametrize("error", [EndpointConnectionError, ConnectTimeoutError])
def test_no_endpoint(
    error: type[EndpointConnectionError | ConnectTimeoutError], kind: ReadKind
) -> None:
    """A network without this endpoint leaves one answer unknown; it does not end the audit."""
    clients = Clients(lambda service, region: client_of(service))
    failure = error(endpoint_url="https://oam.example")
    with mock.patch.object(BaseClient, "_make_api_call", side_effect=failure):
        snapshot = collect(EMPTY, [READS[kind]], clients)
    (denied,) = snapshot.denied
    assert (denied.action, denied.code) == (kind.value, "NoConnection")


def test_a_missing_log_group(aws: StubbedAws) -> None:
    """If the log group does not exist, there is no item, and the read is answered."""
    aws.answers(
        ReadKind.LOG_GROUP, {"logGroups": [{"logGroupName": "trail-2"}]}, logGroupNamePrefix="trail"
    )
    snapshot = collect(EMPTY, [READS[ReadKind.LOG_GROUP]], aws.clients)
    assert not snapshot.regions
    assert READS[ReadKind.LOG_GROUP] in snapshot.reads


@pytest.mark.parametrize(
    ("one_read", "arguments", "answers", "expected"),
    [
        (
            read(ReadKind.METRIC_FILTERS, "g"),
            {"logGroupName": "g"},
            [
                {"metricFilters": [FILTER], "nextToken": "2"},
                {"metricFilters": [FILTER | {"filterName": "h"}]},
            ],
            {"metric_filters": (FILTER, FILTER | {"filterName": "h"})},
        ),
        (
            read(ReadKind.METRIC_FILTERS, "Space", "Metric"),
            {"metricNamespace": "Space", "metricName": "Metric"},
            [{"metricFilters": [FILTER]}],
            {"metric_filters": (FILTER,)},
        ),
        (
            read(ReadKind.METRIC_ALARMS, "Space", "Metric"),
            {"Namespace": "Space", "MetricName": "Metric"},
            [{"MetricAlarms": [ALARM | {"StateTransitionedTimestamp": AT}]}],
            {"metric_alarms": (ALARM | {"StateTransitionedTimestamp": AT.timestamp()},)},
        ),
        (
            read(ReadKind.METRIC_ALARMS, "Space", "Metric", "d", "1", "e", "2"),
            {
                "Namespace": "Space",
                "MetricName": "Metric",
                "Dimensions": [{"Name": "d", "Value": "1"}, {"Name": "e", "Value": "2"}],
            },
            [{"MetricAlarms": []}],
            {},
        ),
        (
            read(ReadKind.ALL_ALARMS),
            {"AlarmTypes": ["CompositeAlarm", "MetricAlarm", "LogAlarm"], "MaxRecords": 100},
            [
                {
                    "MetricAlarms": [ALARM],
                    "CompositeAlarms": [{"AlarmName": "c"}],
                    "NextToken": "2",
                },
                {"MetricAlarms": [{"AlarmName": "b"}], "LogAlarms": [{"AlarmName": "l"}]},
            ],
            {
                "metric_alarms": (ALARM, {"AlarmName": "b"}),
                "composite_alarms": ({"AlarmName": "c"},),
                "log_alarms": ({"AlarmName": "l"},),
            },
        ),
        (
            read(ReadKind.MUTE_RULES, "a"),
            {"AlarmName": "a", "MaxRecords": 100},
            [
                {"AlarmMuteRuleSummaries": [{"Status": "EXPIRED"}], "NextToken": "2"},
                {"AlarmMuteRuleSummaries": [{"Status": "ACTIVE", "ExpireDate": AT}]},
            ],
            {
                "mute_rules": (
                    {
                        "AlarmName": "a",
                        "Rules": [
                            {"Status": "EXPIRED"},
                            {"Status": "ACTIVE", "ExpireDate": AT.isoformat()},
                        ],
                    },
                )
            },
        ),
        (
            read(ReadKind.OAM_LINKS),
            {},
            [{"Items": [LINK | {"Label": "someone@example.com"}]}],
            {"oam_links": (LINK,)},
        ),
        (
            read(ReadKind.ORGANIZATION),
            {},
            [
                {
                    "Organization": {
                        "Id": "o-1",
                        "MasterAccountId": THERE,
                        "MasterAccountEmail": "a@b.example",
                    }
                }
            ],
            {"organization": ({"Id": "o-1", "MasterAccountId": THERE},)},
        ),
        (
            read(ReadKind.TOPIC, TOPIC),
            {"TopicArn": TOPIC},
            [{"Attributes": {"Owner": HERE}}],
            {"topics": ({"TopicArn": TOPIC, "Attributes": {"Owner": HERE}},)},
        ),
        (
            read(ReadKind.SUBSCRIPTIONS, TOPIC),
            {"TopicArn": TOPIC},
            [
                {"Subscriptions": [{"SubscriptionArn": "PendingConfirmation"}], "NextToken": "2"},
                {"Subscriptions": [{"SubscriptionArn": SUBSCRIPTION}]},
            ],
            {
                "topics": (
                    {
                        "TopicArn": TOPIC,
                        "Subscriptions": [
                            {"SubscriptionArn": "PendingConfirmation"},
                            {"SubscriptionArn": SUBSCRIPTION},
                        ],
                    },
                )
            },
        ),
        (
            read(ReadKind.KEY, "alias/alarms"),
            {"KeyId": "alias/alarms"},
            [{"KeyMetadata": {"KeyId": KEY, "CreationDate": AT}}],
            {
                "keys": (
                    {
                        "KeyId": "alias/alarms",
                        "Metadata": {"KeyId": KEY, "CreationDate": AT.isoformat()},
                    },
                )
            },
        ),
        (
            read(ReadKind.KEY_POLICY, KEY),
            {"KeyId": KEY, "PolicyName": "default"},
            [{"Policy": "{}"}],
            {"keys": ({"KeyId": KEY, "Policy": "{}"},)},
        ),
    ],
    ids=lambda value: f"{value.kind.name}-{len(value.what)}" if isinstance(value, Read) else "",
)
def test_requests_and_collections(
    aws: StubbedAws,
    one_read: Read,
    arguments: dict[str, Any],
    answers: list[dict[str, Any]],
    expected: dict[str, tuple[Any, ...]],
) -> None:
    """The items of all pages of each operation are in their collection."""
    for page, answer in enumerate(answers):
        key = "nextToken" if one_read.kind is ReadKind.METRIC_FILTERS else "NextToken"
        aws.answers(one_read.kind, answer, **arguments, **({key: "2"} if page else {}))
    snapshot = collect(EMPTY, [one_read], aws.clients)
    if expected:
        assert collections(snapshot) == expected
    else:
        assert not any(collections(snapshot).values())
    assert snapshot.reads == {one_read: None}
    assert aws.built == [(one_read.kind.value.split(":")[0], HOME)]


def test_a_subscription_belongs_to_its_topic(aws: StubbedAws) -> None:
    """The attributes are added to their subscription; the topic's others do not change."""
    waiting = {"SubscriptionArn": "PendingConfirmation"}
    aws.answers(
        ReadKind.SUBSCRIPTIONS,
        {"Subscriptions": [waiting, {"SubscriptionArn": SUBSCRIPTION}]},
        TopicArn=TOPIC,
    )
    aws.answers(
        ReadKind.SUBSCRIPTION, {"Attributes": {"FilterPolicy": "{}"}}, SubscriptionArn=SUBSCRIPTION
    )
    snapshot = collect(
        EMPTY, [READS[ReadKind.SUBSCRIPTIONS], READS[ReadKind.SUBSCRIPTION]], aws.clients
    )
    (topic,) = collections(snapshot)["topics"]
    complete = {"SubscriptionArn": SUBSCRIPTION, "Attributes": {"FilterPolicy": "{}"}}
    assert topic["Subscriptions"] == [waiting, complete]


def test_the_policy_of_a_key_known_by_an_alias(aws: StubbedAws) -> None:
    """GetKeyPolicy takes no alias, so it gets the ARN from DescribeKey."""
    alias = "alias/alarms"
    aws.answers(ReadKind.KEY, {"KeyMetadata": {"KeyId": KEY, "Arn": KEY_ARN}}, KeyId=alias)
    aws.answers(ReadKind.KEY_POLICY, {"Policy": "{}"}, KeyId=KEY_ARN, PolicyName="default")
    snapshot = collect(
        EMPTY, [read(ReadKind.KEY, alias), read(ReadKind.KEY_POLICY, alias)], aws.clients
    )
    (key,) = collections(snapshot)["keys"]
    assert (key["KeyId"], key["Metadata"]["KeyId"], key["Policy"]) == (alias, KEY, "{}")
