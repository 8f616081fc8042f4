"""A change of the account: the AWS CLI command, why it is needed, and the account afterwards."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from alarmchain.arn import Arn
from alarmchain.control import Control
from alarmchain.snapshot.snapshot import Item, Snapshot

EMAIL = "ADDRESS"
"""Stands for the address that the user has not given."""
CLOUDWATCH = "cloudwatch.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Metric:
    """The namespace and name of a metric that metric filters write to."""

    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """`command`: the words of the command. `why`: a sentence."""

    why: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """The account after the changes."""

    snapshot: Snapshot
    changes: tuple[Change, ...] = ()

    def after(
        self, why: str, command: Sequence[str], region: str, collection: str, item: Item
    ) -> "Changed":
        """Return the account after one more command, which makes or changes the item."""
        aws, service, operation, *options = command
        words = (aws, service, operation, "--region", region, *options)
        snapshot = self.snapshot.with_items(region, collection, [item])
        return Changed(snapshot, (*self.changes, Change(why, words)))


def start_logging(account: Changed, trail: Item) -> Changed:
    """Start the logging of a trail; the account is as after the trail's next delivery."""
    arn = str(trail["TrailARN"])
    words = ("aws", "cloudtrail", "start-logging", "--name", arn)
    delivered = {"LatestCloudWatchLogsDeliveryTime": account.snapshot.collected_at}
    status = {**trail.get("Status", {}), "IsLogging": True, **delivered}
    why = f"Trail {trail.get('Name')} is not logging. After the start it delivers within minutes."
    started = account.after(why, words, str(trail.get("HomeRegion")), "trails", trail)
    snapshot = account.snapshot
    for name in snapshot.regions:
        if any(item.get("TrailARN") == arn for item in snapshot.collection("trails", name)):
            snapshot = snapshot.with_items(name, "trails", [{**trail, "Status": status}])
    return replace(started, snapshot=snapshot)


def put_filters(
    account: Changed, group: Arn, group_name: str, patterns: Mapping[str, str], metric: Metric
) -> Changed:
    """Put metric filters, by name, that write to the metric."""
    for name, pattern in patterns.items():
        words = (
            *("aws", "logs", "put-metric-filter", "--log-group-name", group_name),
            *("--filter-name", name, "--filter-pattern", pattern, "--metric-transformations"),
            f"metricName={_shorthand(metric.name)},"
            f"metricNamespace={_shorthand(metric.namespace)},metricValue=1",
        )
        transformation = {
            "metricName": metric.name,
            "metricNamespace": metric.namespace,
            "metricValue": "1",
        }
        item = {
            "logGroupName": group_name,
            "filterName": name,
            "filterPattern": pattern,
            "metricTransformations": [transformation],
        }
        why = f"This metric filter counts the calls in log group {group_name}."
        account = account.after(why, words, group.region, "metric_filters", item)
    return account


def put_alarm(
    account: Changed,
    region: str,
    name: str,
    metric: Metric,
    topic: str,
    control: Control,
    note: str = "",
) -> Changed:
    """Put an alarm that notifies the topic of the metric's first count. `note`: added to why."""
    partition, owner = topic.split(":")[1], account.snapshot.account
    description = control.names["AlarmDescription"]
    words = (
        *("aws", "cloudwatch", "put-metric-alarm", "--alarm-name", name),
        *("--alarm-description", description, "--namespace", metric.namespace),
        *("--metric-name", metric.name, "--statistic", "Sum", "--period", "300"),
        *("--evaluation-periods", "1", "--threshold", "1", "--comparison-operator"),
        *("GreaterThanOrEqualToThreshold", "--treat-missing-data", "notBreaching"),
        *("--alarm-actions", topic),
    )
    item = {
        "AlarmName": name,
        "AlarmArn": f"arn:{partition}:cloudwatch:{region}:{owner}:alarm:{name}",
        "ActionsEnabled": True,
        "AlarmActions": [topic],
        "StateValue": "OK",
        "Namespace": metric.namespace,
        "MetricName": metric.name,
        "Dimensions": [],
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }
    why = f"This alarm notifies the topic of the first call.{note}"
    return account.after(why, words, region, "metric_alarms", item)


def create_topic(account: Changed, arn: str) -> Changed:
    """Create a topic. SNS's default policy allows the account's alarms to publish."""
    region, owner, name = arn.split(":")[3:6]
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["SNS:Publish"],
        "Resource": arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": owner}},
    }
    policy = {"Version": "2008-10-17", "Statement": [statement]}
    item = {
        "TopicArn": arn,
        "Attributes": {"TopicArn": arn, "Owner": owner, "Policy": json.dumps(policy)},
        "Subscriptions": [],
    }
    why = "The alarm needs a topic. If one of this name exists, SNS leaves it as it is."
    return account.after(
        why, ("aws", "sns", "create-topic", "--name", name), region, "topics", item
    )


def allow_cloudwatch(account: Changed, topic: Item) -> Changed:
    """Add a statement to the topic's policy that lets the account's alarms publish.

    Raises ValueError for a policy that cannot be read.
    """
    arn = str(topic["TopicArn"])
    attributes: Mapping[str, Any] = topic.get("Attributes", {})
    policy = json.loads(attributes.get("Policy") or "{}")
    if not isinstance(policy, dict):
        raise ValueError("the policy is not an object")
    statements = policy.get("Statement", [])
    statements = statements if isinstance(statements, list) else [statements]
    statement = {
        "Sid": "AlarmchainCloudWatchAlarms",
        "Effect": "Allow",
        "Principal": {"Service": CLOUDWATCH},
        "Action": "sns:Publish",
        "Resource": arn,
        "Condition": {"StringEquals": {"aws:SourceAccount": account.snapshot.account}},
    }
    others = [one for one in statements if one.get("Sid") != statement["Sid"]]
    document = {"Version": "2012-10-17", **policy, "Statement": [*others, statement]}
    text = json.dumps(document)
    words = (
        *("aws", "sns", "set-topic-attributes", "--topic-arn", arn),
        *("--attribute-name", "Policy", "--attribute-value", text),
    )
    item = {**topic, "Attributes": {**attributes, "Policy": text}}
    why = "The topic's policy must let CloudWatch publish. The last statement is new."
    return account.after(why, words, arn.split(":")[3], "topics", item)


def subscribe(account: Changed, topic: Item, email: str) -> Changed:
    """Subscribe an address; the account is as after its confirmation."""
    arn = str(topic["TopicArn"])
    subscription = {
        "SubscriptionArn": f"{arn}:00000000-0000-0000-0000-000000000000",
        "TopicArn": arn,
        "Protocol": "email",
        "Endpoint": email,
        "Owner": account.snapshot.account,
        "Attributes": {},
    }
    words = (
        *("aws", "sns", "subscribe", "--topic-arn", arn),
        *("--protocol", "email", "--notification-endpoint", email),
    )
    item = {**topic, "Subscriptions": [*topic.get("Subscriptions", ()), subscription]}
    replaced = "" if email != EMAIL else f" Replace {EMAIL}, or give --email."
    why = f"A person must get the topic's messages.{replaced}"
    return account.after(why, words, arn.split(":")[3], "topics", item)


def _shorthand(value: str) -> str:
    """Return the value for the AWS CLI's shorthand, quoted if it has the shorthand's characters."""
    if any(character in value for character in ",=[]{}'\" "):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return value
