"""Faults of each link, as changes to an item of a snapshot's collections."""

from collections.abc import Callable
from typing import Any

from tests.builders import policy, statement, subscription

Json = dict[str, Any]
Break = Callable[[Json], Any]
"""Changes an item of a snapshot so that it no longer passes the event on."""


def _with(**members: Any) -> Break:
    return lambda item: item.update(members)


def _without(*members: str) -> Break:
    return lambda item: [item.pop(member, None) for member in members]


def _inside(member: str, **members: Any) -> Break:
    return lambda item: item[member].update(members) if member in item else item.clear()


def _written(**members: Any) -> Break:
    return lambda item: item["metricTransformations"][0].update(members)


def _elsewhere(member: str) -> Break:
    """Return a change that gives the ARN another account."""
    return lambda item: item.update(
        {
            member: ":".join(
                [*item[member].split(":")[:4], "111122223333", item[member].split(":", 5)[5]]
            )
        }
    )


def _subscribed(**members: Any) -> Break:
    return lambda item: [one.update(members) for one in item["Subscriptions"]]


OLD = "2026-11-01T00:00:00Z"
_FIELDS = [{"Field": "eventCategory", "Equals": ["Data"]}]
BREAKS: dict[str, dict[str, Break]] = {
    "trails": {
        "stopped": _inside("Status", IsLogging=False),
        "delivery fails": _inside(
            "Status",
            LatestCloudWatchLogsDeliveryError="Access denied",
            LatestCloudWatchLogsDeliveryTime=OLD,
        ),
        "delivery may fail": _inside("Status", LatestCloudWatchLogsDeliveryError="Access denied"),
        "never delivered": lambda item: item["Status"].pop("LatestCloudWatchLogsDeliveryTime"),
        "status unread": _without("Status"),
        "reads only": _with(EventSelectors=[{"ReadWriteType": "ReadOnly"}]),
        "no management events": _with(EventSelectors=[{"IncludeManagementEvents": False}]),
        "selectors unread": _without("EventSelectors", "AdvancedEventSelectors"),
        "no selectors": _with(EventSelectors=[], AdvancedEventSelectors=[]),
        "data events": _with(
            EventSelectors=[], AdvancedEventSelectors=[{"FieldSelectors": _FIELDS}]
        ),
        "no log group": _without("CloudWatchLogsLogGroupArn"),
        "foreign log group": _elsewhere("CloudWatchLogsLogGroupArn"),
        "foreign": _elsewhere("TrailARN"),
        "another home": _with(HomeRegion="ap-south-1"),
    },
    "log_groups": {
        "infrequent access": _with(logGroupClass="INFREQUENT_ACCESS"),
        "new class": _with(logGroupClass="FROZEN"),
        "another": _with(logGroupName="another"),
    },
    "metric_filters": {
        "another pattern": _with(filterPattern="{ $.eventName = Nothing }"),
        "narrowed": _with(filterPattern='{ ($.userIdentity.type = "Root") && ($.eventName = *) }'),
        "everything": _with(filterPattern=""),
        "unreadable": _with(filterPattern="{ $.eventName = "),
        "another group": _with(logGroupName="another"),
        "transformed": _with(applyOnTransformedLogs=True),
        "other accounts": _with(fieldSelectionCriteria='@aws.account = "111122223333"'),
        "another namespace": _written(metricNamespace="AWS/CloudTrailMetrics"),
        "another metric": _written(metricName="another"),
        "zero": _written(metricValue="0"),
        "a field": _written(metricValue="$.x"),
        "a dimension": _written(dimensions={"Who": "$.userIdentity.arn"}),
        "a unit": _written(unit="Bytes"),
        "a default": _written(defaultValue=7.0),
    },
    "metric_alarms": {
        "threshold": _with(Threshold=1e9),
        "operator": _with(ComparisonOperator="LessThanThreshold", Threshold=0.5),
        "all periods": _with(EvaluationPeriods=5, DatapointsToAlarm=5, TreatMissingData="ignore"),
        "breaching": _with(TreatMissingData="breaching", EvaluationPeriods=1, DatapointsToAlarm=1),
        "stuck": _with(StateValue="ALARM", StateTransitionedTimestamp=OLD),
        "state unread": _without("StateValue"),
        "another unit": _with(Unit="Bytes"),
        "another dimension": _with(Dimensions=[{"Name": "a", "Value": "b"}]),
        "another namespace": _with(Namespace="Another"),
        "another metric": _with(MetricName="Another"),
        "short period": _with(Period=10),
        "warm-up": _with(WarmUpConfiguration={"WarmUpPeriodDurationInMinutes": 5}),
    },
    "composite_alarms": {
        "never": _with(AlarmRule="FALSE"),
        "always": _with(AlarmRule="TRUE"),
        "another alarm": _with(AlarmRule="ALARM(nobody)"),
        "unreadable": _with(AlarmRule="ALARM("),
        "suppressed": _with(ActionsSuppressor="A"),
        "stuck": _with(StateValue="ALARM", StateTransitionedTimestamp=OLD),
    },
    "topics": {
        "denied": lambda item: item["Attributes"].update(
            Policy=policy(statement(item["TopicArn"], Effect="Deny", Principal="*"))
        ),
        "nobody allowed": _inside("Attributes", Policy=policy()),
        "another service": _inside(
            "Attributes", Policy=policy(statement("*", Principal={"Service": "s3.amazonaws.com"}))
        ),
        "no policy": lambda item: item["Attributes"].pop("Policy"),
        "FIFO": _inside("Attributes", FifoTopic="true"),
        "managed key": _inside("Attributes", KmsMasterKeyId="alias/aws/sns"),
        "unread key": _inside("Attributes", KmsMasterKeyId="unread"),
        "unread": _without("Attributes"),
        "nobody": _with(Subscriptions=[]),
        "subscriptions unread": _without("Subscriptions"),
        "unconfirmed": _subscribed(SubscriptionArn="PendingConfirmation"),
        "cancelled": _subscribed(SubscriptionArn="Deleted"),
        "filtered": _subscribed(Attributes={"FilterPolicy": '{"team": ["x"]}'}),
        "filter unread": _subscribed(Attributes=None),
        "of another topic": _with(Subscriptions=[subscription("arn:aws:sns:us-east-1:1:x")]),
        "another": _with(TopicArn="arn:aws:sns:us-east-1:123456789012:another"),
    },
    "keys": {
        "disabled": _inside("Metadata", KeyState="Disabled"),
        "to be deleted": _inside("Metadata", KeyState="PendingDeletion"),
        "unread": _without("Metadata"),
        "nobody allowed": _with(Policy=policy()),
        "others allowed": _with(Policy=policy(statement("*", Principal={"AWS": "123456789012"}))),
        "policy unread": _without("Policy"),
        "another": _with(KeyId="5678", Metadata={"KeyId": "5678", "KeyState": "Enabled"}),
    },
    "mute_rules": {
        "scheduled": lambda item: [one.update(Status="SCHEDULED") for one in item["Rules"]],
        "active": lambda item: [one.update(Status="ACTIVE") for one in item["Rules"]],
        "of no known status": lambda item: [one.pop("Status") for one in item["Rules"]],
    },
}
ON_ACTIONS: dict[str, Break] = {
    "actions disabled": _with(ActionsEnabled=False),
    "no actions": _with(AlarmActions=[]),
    "no topic": _with(AlarmActions=["arn:aws:lambda:us-east-1:123456789012:function:f"]),
    "topic of another region": _with(AlarmActions=["arn:aws:sns:eu-central-1:123456789012:alarms"]),
    "foreign": _elsewhere("AlarmArn"),
}
"""Changes that break the alarm that notifies."""
