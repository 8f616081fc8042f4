"""An account as data in the shapes of AWS's APIs: one region in which a control's chain works."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from alarmchain.control import Control
from alarmchain.remediation.filter_patterns import cis_patterns

ACCOUNT = "123456789012"
REGION = "us-east-1"
LOG_GROUP = "CloudTrail/CloudWatchLogGroup"
LOG_GROUP_ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{LOG_GROUP}:*"
TRAIL_ARN = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/management-events"
TOPIC_ARN = f"arn:aws:sns:{REGION}:{ACCOUNT}:CloudWatchAlarmSNSTopic"


def good_account(control: Control) -> dict[str, Any]:
    """Return a region's collections; `denied` lists the IAM actions to refuse, none at first."""
    return {
        "trails": [_trail()],
        "log_groups": [
            {"logGroupName": LOG_GROUP, "logGroupClass": "STANDARD", "arn": LOG_GROUP_ARN}
        ],
        "metric_filters": metric_filters(control, cis_patterns(control)),
        "metric_alarms": [_alarm(control)],
        "topics": [_topic()],
        "denied": [],
    }


def _trail() -> dict[str, Any]:
    return {
        "Name": "management-events",
        "TrailARN": TRAIL_ARN,
        "HomeRegion": REGION,
        "IsMultiRegionTrail": True,
        "IncludeGlobalServiceEvents": True,
        "IsOrganizationTrail": False,
        "HasCustomEventSelectors": False,
        "CloudWatchLogsLogGroupArn": LOG_GROUP_ARN,
        "Status": {"IsLogging": True, "LatestCloudWatchLogsDeliveryTime": datetime.now(UTC)},
        "EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}],
    }


def metric_filters(control: Control, patterns: Iterable[str]) -> list[dict[str, Any]]:
    """Return a metric filter for each pattern; all write to the control's metric."""
    transformation = {
        "metricName": control.names["MetricName"],
        "metricNamespace": control.names["MetricNamespace"],
        "metricValue": "1",
    }
    name = control.names["FilterName"]
    return [
        {
            "logGroupName": LOG_GROUP,
            "filterName": f"{name}-{number}" if number > 1 else name,
            "filterPattern": pattern,
            "metricTransformations": [transformation],
        }
        for number, pattern in enumerate(patterns, start=1)
    ]


def _alarm(control: Control) -> dict[str, Any]:
    name = control.names["AlarmName"]
    return {
        "AlarmName": name,
        "AlarmArn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}",
        "MetricName": control.names["MetricName"],
        "Namespace": control.names["MetricNamespace"],
        "Dimensions": [],
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        "ActionsEnabled": True,
        "AlarmActions": [TOPIC_ARN],
        "OKActions": [],
        "InsufficientDataActions": [],
        "StateValue": "OK",
        "StateTransitionedTimestamp": datetime.now(UTC),
    }


def _topic() -> dict[str, Any]:
    # The policy of a new topic: everyone may publish, but only on behalf of the account.
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["SNS:Publish", "SNS:Subscribe"],
        "Resource": TOPIC_ARN,
        "Condition": {"StringEquals": {"AWS:SourceOwner": ACCOUNT}},
    }
    return {
        "TopicArn": TOPIC_ARN,
        "Attributes": {
            "TopicArn": TOPIC_ARN,
            "Owner": ACCOUNT,
            "Policy": json.dumps({"Version": "2008-10-17", "Statement": [statement]}),
            "SubscriptionsConfirmed": "1",
            "SubscriptionsPending": "0",
        },
        "Subscriptions": [
            {
                "SubscriptionArn": f"{TOPIC_ARN}:00000000-0000-0000-0000-000000000000",
                "Owner": ACCOUNT,
                "Protocol": "email",
                "Endpoint": "on-call@example.com",
                "TopicArn": TOPIC_ARN,
                "Attributes": {},
            }
        ],
    }
