"""CloudTrail's API, and the path of a record to a subscriber."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws import cloudtrail
from localaws.clock import Clock
from localaws.server import LocalAws

ACCOUNT, HOME, AWAY = "123456789012", "us-east-1", "eu-west-1"
RECORD = {
    "eventVersion": "1.10",
    "eventName": "StopLogging",
    "eventSource": "cloudtrail.amazonaws.com",
    "awsRegion": HOME,
    "readOnly": False,
    "managementEvent": True,
    "eventCategory": "Management",
}


def make_trail(aws: LocalAws, name: str = "main", logs: bool = True, **changes: Any) -> str:
    """Create a logging multi-region trail in us-east-1 with its log group; return its ARN."""
    account = changes.pop("account", ACCOUNT)
    aws.client("s3", account=account).create_bucket(Bucket=f"bucket-{account}")
    request: dict[str, Any] = {
        "Name": name,
        "S3BucketName": f"bucket-{account}",
        "IsMultiRegionTrail": True,
    }
    if logs:
        aws.client("logs", account=account).create_log_group(logGroupName=f"group-{name}")
        arn = f"arn:aws:logs:{HOME}:{account}:log-group:group-{name}:*"
        request["CloudWatchLogsLogGroupArn"] = arn
        request["CloudWatchLogsRoleArn"] = f"arn:aws:iam::{account}:role/r"
    client = aws.client("cloudtrail", account=account)
    made = client.create_trail(**request | changes)
    client.start_logging(Name=name)
    return str(made["TrailARN"])


def names(client: Any, **selection: Any) -> list[str]:
    return [trail["Name"] for trail in client.describe_trails(**selection)["trailList"]]


def code_of(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(ClientError) as refusal:
        call(*args, **kwargs)
    return str(refusal.value.response["Error"]["Code"])


def test_shadow_trails(local_aws: LocalAws) -> None:
    """A multi-region trail has shadows with its home region and ARN; others have none."""
    arn = make_trail(local_aws)
    make_trail(local_aws, "single", IsMultiRegionTrail=False)
    home, away = local_aws.client("cloudtrail"), local_aws.client("cloudtrail", AWAY)
    assert sorted(names(home)) == ["main", "single"]
    (shadow,) = away.describe_trails()["trailList"]
    assert (shadow["TrailARN"], shadow["HomeRegion"]) == (arn, HOME)
    assert names(away, includeShadowTrails=False) == []
    assert sorted(names(home, includeShadowTrails=False)) == ["main", "single"]
    assert names(home, trailNameList=["single"]) == ["single"]
    assert names(home, trailNameList=["none"]) == []
    assert names(away, trailNameList=["main"]) == []
    assert names(away, trailNameList=[arn]) == ["main"]
    assert away.get_trail(Name=arn)["Trail"]["Name"] == "main"
    assert away.get_trail_status(Name=arn)["IsLogging"] is True
    assert code_of(away.get_trail_status, Name="main") == "TrailNotFoundException"
    assert code_of(home.get_trail_status, Name="none") == "TrailNotFoundException"


def test_delivery_status(local_aws: LocalAws) -> None:
    """The delivery status: current, stopped, failed, never, or without a log group."""
    arn = make_trail(local_aws)
    client = local_aws.client("cloudtrail")

    def status() -> tuple[str | None, float | None]:
        listed = client.get_trail_status(Name=arn)
        time = listed.get("LatestCloudWatchLogsDeliveryTime")
        error = listed.get("LatestCloudWatchLogsDeliveryError")
        return error, time.timestamp() if time else None

    error, time = status()
    assert error is None
    assert time == pytest.approx(Clock.now(), abs=30)
    cloudtrail.set_delivery(arn, "Access denied.", 1_600_000_000.0)
    assert status() == ("Access denied.", 1_600_000_000.0)
    assert cloudtrail.deliver(RECORD, HOME) == ()
    cloudtrail.set_delivery(arn, None, None)
    assert status() == (None, None)
    cloudtrail.clear_delivery(arn)
    client.stop_logging(Name="main")
    Clock.advance(3600)
    assert status()[1] == pytest.approx(Clock.now() - 3600, abs=30)
    local_aws.client("logs").delete_log_group(logGroupName="group-main")
    assert "does not exist" in str(status()[0])
    make_trail(local_aws, "s3-only", logs=False)
    listed = client.get_trail_status(Name="s3-only")
    assert not [member for member in listed if "CloudWatchLogs" in member]


def test_event_selectors(local_aws: LocalAws) -> None:
    """The default selectors, basic ones with their defaults, and advanced ones."""
    make_trail(local_aws)
    client = local_aws.client("cloudtrail")
    default = {
        "ReadWriteType": "All",
        "IncludeManagementEvents": True,
        "DataResources": [],
        "ExcludeManagementEventSources": [],
    }
    assert client.get_event_selectors(TrailName="main")["EventSelectors"] == [default]
    selectors = {"ExcludeManagementEventSources": ["kms.amazonaws.com"]}
    client.put_event_selectors(TrailName="main", EventSelectors=[selectors])
    assert client.get_event_selectors(TrailName="main")["EventSelectors"] == [default | selectors]
    assert client.describe_trails()["trailList"][0]["HasCustomEventSelectors"] is True
    advanced = [
        {"Name": "writes", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
    ]
    client.put_event_selectors(TrailName="main", AdvancedEventSelectors=advanced)
    answer = client.get_event_selectors(TrailName="main")
    assert answer["AdvancedEventSelectors"] == advanced
    assert "EventSelectors" not in answer
    client.put_event_selectors(TrailName="main", EventSelectors=[selectors])
    assert "AdvancedEventSelectors" not in client.get_event_selectors(TrailName="main")


@pytest.mark.parametrize(
    "selectors",
    [
        {},
        {"EventSelectors": [{"ReadWriteType": "Both"}]},
        {"EventSelectors": [{"ExcludeManagementEventSources": ["s3.amazonaws.com"]}]},
        {
            "AdvancedEventSelectors": [
                {"FieldSelectors": [{"Field": "readOnly", "Equals": ["true"]}]}
            ]
        },
        {"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory"}]}]},
    ],
)
def test_refused_selectors(local_aws: LocalAws, selectors: dict[str, Any]) -> None:
    """CloudTrail refuses invalid selectors with InvalidEventSelectorsException."""
    make_trail(local_aws)
    put = local_aws.client("cloudtrail").put_event_selectors
    assert code_of(put, TrailName="main", **selectors) == "InvalidEventSelectorsException"


def test_an_organization_trail_is_seen_by_members(local_aws: LocalAws) -> None:
    """Members see the trail and its status but not its selectors; it records their calls."""
    organizations = local_aws.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    made = organizations.create_account(AccountName="member", Email="m@example.com")
    member = made["CreateAccountStatus"]["AccountId"]
    arn = make_trail(local_aws, IsOrganizationTrail=True)
    client = local_aws.client("cloudtrail", account=member)
    (visible,) = client.describe_trails()["trailList"]
    assert (visible["TrailARN"], visible["IsOrganizationTrail"]) == (arn, True)
    assert names(client, includeShadowTrails=False) == []
    assert client.get_trail_status(Name=arn)["IsLogging"] is True
    assert code_of(client.get_event_selectors, TrailName=arn) == "TrailNotFoundException"
    (group,) = cloudtrail.deliver(RECORD, HOME, member)
    assert group == f"arn:aws:logs:{HOME}:{ACCOUNT}:log-group:group-main"
    assert names(local_aws.client("cloudtrail", account="999988887777")) == []
    assert cloudtrail.deliver(RECORD, HOME, "999988887777") == ()


def test_deliver(local_aws: LocalAws) -> None:
    """A record goes, as compact JSON, to a stream in the group of each trail that records it."""
    make_trail(local_aws)
    make_trail(local_aws, "single", IsMultiRegionTrail=False)
    make_trail(local_aws, "stopped")
    client = local_aws.client("cloudtrail")
    client.stop_logging(Name="stopped")
    group = f"arn:aws:logs:{HOME}:{ACCOUNT}:log-group:group-"
    assert sorted(cloudtrail.deliver(RECORD, HOME)) == [group + "main", group + "single"]
    assert cloudtrail.deliver(RECORD, AWAY) == (group + "main",)
    reads = [{"ReadWriteType": "ReadOnly"}]
    client.put_event_selectors(TrailName="main", EventSelectors=reads)
    assert cloudtrail.deliver(RECORD, AWAY) == ()
    assert cloudtrail.deliver({**RECORD, "pad": "x" * 300_000}, HOME) == ()
    logs = local_aws.client("logs")
    (stream, *_) = logs.describe_log_streams(logGroupName="group-main")["logStreams"]
    assert stream["logStreamName"] in {f"{ACCOUNT}_CloudTrail_{r}" for r in (HOME, AWAY)}
    (event,) = logs.filter_log_events(
        logGroupName="group-main", logStreamNames=[f"{ACCOUNT}_CloudTrail_{AWAY}"]
    )["events"]
    assert json.loads(event["message"]) == RECORD
    assert ": " not in event["message"]


def test_from_a_record_to_a_subscriber(local_aws: LocalAws) -> None:
    """The whole chain: record, log group, metric filter, alarm, topic, subscriber."""
    make_trail(local_aws)
    sns, sqs = local_aws.client("sns"), local_aws.client("sqs")
    topic = sns.create_topic(Name="t")["TopicArn"]
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{HOME}:{ACCOUNT}:q")
    local_aws.client("logs").put_metric_filter(
        logGroupName="group-main",
        filterName="f",
        filterPattern='{ ($.eventSource = "cloudtrail.amazonaws.com") && ($.eventName = Stop*) }',
        metricTransformations=[
            {"metricName": "m", "metricNamespace": "n", "metricValue": "1"},
        ],
    )
    local_aws.client("cloudwatch").put_metric_alarm(
        AlarmName="a",
        MetricName="m",
        Namespace="n",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[topic],
    )
    cloudtrail.deliver({**RECORD, "eventName": "StartLogging"}, AWAY)
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)
    cloudtrail.deliver(RECORD, AWAY)
    (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    messages = json.loads(json.loads(message["Body"])["Message"])
    assert (messages["AlarmName"], messages["NewStateValue"]) == ("a", "ALARM")
