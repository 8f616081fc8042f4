"""Create the account of a snapshot in the local AWS, with AWS's own calls."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from localaws.cloudtrail import set_delivery

Json = dict[str, Any]
Clients = Callable[[str, str], Any]
ACCOUNT = "123456789012"

ALARM = (
    "AlarmName", "AlarmDescription", "ActionsEnabled", "OKActions", "AlarmActions",
    "InsufficientDataActions", "MetricName", "Namespace", "Statistic", "ExtendedStatistic",
    "Dimensions", "Period", "Unit", "EvaluationPeriods", "DatapointsToAlarm", "Threshold",
    "ComparisonOperator", "TreatMissingData", "EvaluateLowSampleCountPercentile", "Metrics",
)  # fmt: skip
COMPOSITE = (
    "AlarmName", "AlarmRule", "ActionsEnabled", "AlarmActions", "OKActions", "ActionsSuppressor",
    "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod",
)  # fmt: skip


def create_resources(clients: Clients, snapshot: Json) -> None:
    """Create the snapshot's resources. Raises boto3's error if one cannot be created."""
    for region, collections in snapshot["Regions"].items():
        for group in collections.get("log_groups", []):
            clients("logs", region).create_log_group(
                **_only(group, "logGroupName", "logGroupClass")
            )
        for topic in collections.get("topics", []):
            _topic(clients("sns", region), clients("sqs", region), topic)
        for item in collections.get("metric_filters", []):
            _metric_filter(clients("logs", region), item)
        for alarm in collections.get("metric_alarms", []):
            clients("cloudwatch", region).put_metric_alarm(**_only(alarm, *ALARM))
        for alarm in collections.get("composite_alarms", []):
            clients("cloudwatch", region).put_composite_alarm(**_only(alarm, *COMPOSITE))
        for muted in collections.get("mute_rules", []):
            _mute(clients("cloudwatch", region), muted["AlarmName"])
        for trail in collections.get("trails", []):
            _trail(clients, region, trail)


def _only(item: Mapping[str, Any], *members: str) -> Json:
    return {name: item[name] for name in members if name in item}


def _topic(sns: Any, sqs: Any, topic: Json) -> None:
    name, given = topic["TopicArn"].rsplit(":", 1)[1], topic["Attributes"]
    fifo = {"FifoTopic": "true"} if given.get("FifoTopic") == "true" else {}
    arn = sns.create_topic(Name=name, Attributes=fifo)["TopicArn"]
    for attribute in ("Policy", "KmsMasterKeyId"):
        if attribute in given:
            sns.set_topic_attributes(
                TopicArn=arn, AttributeName=attribute, AttributeValue=given[attribute]
            )
    for number, item in enumerate(topic["Subscriptions"]):
        confirmed = item["SubscriptionArn"].startswith("arn:")
        endpoint = queue(sqs, f"{name.removesuffix('.fifo')}-{number}")[1]
        policy = item.get("Attributes", {})
        made = sns.subscribe(
            TopicArn=arn,
            Protocol="sqs" if confirmed else "email",
            Endpoint=endpoint if confirmed else f"{number}@example.com",
            Attributes=_only(policy, "FilterPolicy", "FilterPolicyScope"),
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        if item["SubscriptionArn"] == "Deleted":
            sns.unsubscribe(SubscriptionArn=made)


def queue(sqs: Any, name: str) -> tuple[str, str]:
    """Create a queue to which SNS may send; return its URL and its ARN."""
    policy = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "*",
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [policy]})
    url = sqs.create_queue(QueueName=name, Attributes={"Policy": text})["QueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, answer["Attributes"]["QueueArn"]


def _metric_filter(logs: Any, item: Json) -> None:
    more = ("applyOnTransformedLogs", "fieldSelectionCriteria", "emitSystemFieldDimensions")
    logs.put_metric_filter(
        **_only(item, "logGroupName", "filterName", "filterPattern", *more),
        metricTransformations=item["metricTransformations"],
    )


def _mute(cloudwatch: Any, alarm: str) -> None:
    cloudwatch.put_alarm_mute_rule(
        Name="nights",
        Rule={"Schedule": {"Expression": "cron(0 2 * * *)", "Duration": "PT1H"}},
        MuteTargets={"AlarmNames": [alarm]},
    )


def _trail(clients: Clients, region: str, trail: Json) -> None:
    cloudtrail, name = clients("cloudtrail", region), trail["Name"]
    bucket = f"trail-{name.lower()}-{region}"
    location = {} if region == "us-east-1" else {"LocationConstraint": region}
    clients("s3", region).create_bucket(
        Bucket=bucket, **({"CreateBucketConfiguration": location} if location else {})
    )
    group = trail.get("CloudWatchLogsLogGroupArn")
    role = f"arn:aws:iam::{ACCOUNT}:role/CloudTrailToCloudWatchLogs"
    arn = cloudtrail.create_trail(
        Name=name,
        S3BucketName=bucket,
        IsMultiRegionTrail=trail["IsMultiRegionTrail"],
        IncludeGlobalServiceEvents=trail.get("IncludeGlobalServiceEvents", True),
        **({"CloudWatchLogsLogGroupArn": group, "CloudWatchLogsRoleArn": role} if group else {}),
    )["TrailARN"]
    for kind in ("EventSelectors", "AdvancedEventSelectors"):
        if trail.get(kind):
            cloudtrail.put_event_selectors(TrailName=name, **{kind: trail[kind]})
    status = trail["Status"]
    if status["IsLogging"]:
        cloudtrail.start_logging(Name=name)
    if error := status.get("LatestCloudWatchLogsDeliveryError"):
        set_delivery(arn, error, None)


def with_names(snapshot: Json, names: Mapping[str, str]) -> Json:
    """Return the snapshot with its names replaced, also at the end of ARNs and inside texts."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: walk(item) for key, item in value.items()}
        if isinstance(value, list):
            return [walk(item) for item in value]
        if not isinstance(value, str):
            return value
        head, colon, tail = value.rpartition(":")
        if value in names:
            return names[value]
        if value.startswith("arn:") and tail in names:
            return head + colon + names[tail]
        return _in_text(value, names)

    found: Json = walk(snapshot)
    return found


def _in_text(text: str, names: Mapping[str, str]) -> str:
    """Replace alarm names in a composite alarm's rule, and topic ARNs in a policy."""
    for old, new in names.items():
        text = text.replace(f'"{old}"', f'"{new}"').replace(
            f'{ACCOUNT}:{old}"', f'{ACCOUNT}:{new}"'
        )
        text = text.replace(f"({old})", f'("{new}")')
    return text


def region_clients(local: Any) -> Clients:
    """Return a function that returns a client of the account's user."""
    return lambda service, region: local.client(service, region, ACCOUNT)
