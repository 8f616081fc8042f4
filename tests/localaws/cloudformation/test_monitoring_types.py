"""CloudFormation: a stack with a trail, a metric filter, alarms and a topic."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localaws.server import LocalAws
from tests.localaws.builders import put_stack as put

BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "trail-bucket"}}

MONITORING: dict[str, Any] = {
    "Parameters": {
        "Pattern": {"Type": "String", "Default": '{ $.eventName = "StopLogging" }'},
        "Threshold": {"Type": "Number", "Default": 1},
        "Display": {"Type": "String", "Default": "first"},
    },
    "Resources": {
        "Bucket": BUCKET,
        "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "trail-logs"}},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "cloudtrail.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                        }
                    ]
                }
            },
        },
        "Policy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "Bucket"},
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "cloudtrail.amazonaws.com"},
                            "Action": "s3:PutObject",
                            "Resource": "arn:aws:s3:::trail-bucket/*",
                        }
                    ],
                },
            },
        },
        "Trail": {
            "Type": "AWS::CloudTrail::Trail",
            "DependsOn": "Policy",
            "Properties": {
                "TrailName": "trail",
                "S3BucketName": {"Ref": "Bucket"},
                "IsLogging": True,
                "IsMultiRegionTrail": "true",
                "CloudWatchLogsLogGroupArn": {"Fn::GetAtt": ["Group", "Arn"]},
                "CloudWatchLogsRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
            },
        },
        "Topic": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"DisplayName": {"Fn::Sub": "${Display} topic"}},
        },
        "TopicPolicy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {
                "Topics": [{"Ref": "Topic"}],
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "cloudwatch.amazonaws.com"},
                            "Action": "sns:Publish",
                            "Resource": {"Ref": "Topic"},
                        }
                    ],
                },
            },
        },
        "Subscription": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "Topic"},
                "Protocol": "email",
                "Endpoint": "person@example.com",
            },
        },
        "Filter": {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {
                "LogGroupName": {"Ref": "Group"},
                "FilterPattern": {"Ref": "Pattern"},
                "MetricTransformations": [
                    {"MetricName": "m", "MetricNamespace": "n", "MetricValue": "1"}
                ],
            },
        },
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmName": "alarm",
                "MetricName": "m",
                "Namespace": "n",
                "Statistic": "Sum",
                "Period": "300",
                "EvaluationPeriods": 1,
                "Threshold": {"Ref": "Threshold"},
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "AlarmActions": [{"Ref": "Topic"}],
            },
        },
        "Composite": {
            "Type": "AWS::CloudWatch::CompositeAlarm",
            "Properties": {
                "AlarmName": "composite",
                "AlarmRule": {"Fn::Sub": "ALARM(${Alarm})"},
                "AlarmActions": [{"Ref": "Topic"}],
            },
        },
    },
    "Outputs": {
        "TopicArn": {"Value": {"Ref": "Topic"}},
        "TrailArn": {"Value": {"Fn::GetAtt": ["Trail", "Arn"]}},
        "AlarmArn": {"Value": {"Fn::GetAtt": ["Alarm", "Arn"]}},
    },
}


class TestMonitoring:
    """A stack creates a trail, a metric filter, alarms and a topic."""

    @pytest.fixture(autouse=True)
    def stack(self, stacks: Any) -> None:
        """Create the stack."""
        made = put(stacks, MONITORING)
        assert made["StackStatus"] == "CREATE_COMPLETE", made.get("StackStatusReason")
        self.outputs = {each["OutputKey"]: each["OutputValue"] for each in made["Outputs"]}

    def test_trail(self, local_aws: LocalAws) -> None:
        """The trail is logging in all regions to the group."""
        trails = local_aws.client("cloudtrail")
        (trail,) = trails.describe_trails()["trailList"]
        assert (trail["Name"], trail["IsMultiRegionTrail"]) == ("trail", True)
        assert ":log-group:trail-logs" in trail["CloudWatchLogsLogGroupArn"]
        assert trail["TrailARN"] == self.outputs["TrailArn"]
        assert trails.get_trail_status(Name="trail")["IsLogging"] is True

    def test_filter_and_alarms(self, local_aws: LocalAws) -> None:
        """Text becomes a number where needed, and references are resolved."""
        (response,) = local_aws.client("logs").describe_metric_filters()["metricFilters"]
        assert response["filterPattern"] == '{ $.eventName = "StopLogging" }'
        assert response["filterName"].startswith("s-Filter-")
        alarms = local_aws.client("cloudwatch").describe_alarms(
            AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        (alarm,), (composite,) = alarms["MetricAlarms"], alarms["CompositeAlarms"]
        assert (alarm["Period"], alarm["Threshold"]) == (300, 1.0)
        assert alarm["AlarmActions"] == [self.outputs["TopicArn"]]
        assert alarm["AlarmArn"] == self.outputs["AlarmArn"]
        assert composite["AlarmRule"] == "ALARM(alarm)"

    def test_topic(self, local_aws: LocalAws) -> None:
        """The topic has its display name, its policy and its subscription."""
        sns = local_aws.client("sns")
        attributes = sns.get_topic_attributes(TopicArn=self.outputs["TopicArn"])["Attributes"]
        assert attributes["DisplayName"] == "first topic"
        principal = json.loads(attributes["Policy"])["Statement"][0]["Principal"]
        assert principal == {"Service": "cloudwatch.amazonaws.com"}
        (subscription,) = sns.list_subscriptions_by_topic(TopicArn=self.outputs["TopicArn"])[
            "Subscriptions"
        ]
        assert subscription["Endpoint"] == "person@example.com"

    def test_update(self, local_aws: LocalAws, stacks: Any) -> None:
        """Changed parameters change the resources that use them by Ref or Fn::Sub."""
        updated = put(
            stacks, MONITORING, update=True, Pattern="{ $.x = 1 }", Threshold="5", Display="second"
        )
        assert updated["StackStatus"] == "UPDATE_COMPLETE"
        (response,) = local_aws.client("logs").describe_metric_filters()["metricFilters"]
        assert response["filterPattern"] == "{ $.x = 1 }"
        (alarm,) = local_aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
        assert alarm["Threshold"] == 5.0
        sns = local_aws.client("sns")
        attributes = sns.get_topic_attributes(TopicArn=self.outputs["TopicArn"])["Attributes"]
        assert attributes["DisplayName"] == "second topic"

    def test_removed_resources_are_deleted(self, local_aws: LocalAws, stacks: Any) -> None:
        """A resource that the new template lacks is removed."""
        smaller = MONITORING | {
            "Resources": {
                name: body
                for name, body in MONITORING["Resources"].items()
                if name not in ("Alarm", "Composite")
            },
            "Outputs": {},
        }
        put(stacks, smaller, update=True)
        response = local_aws.client("cloudwatch").describe_alarms(
            AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        assert (response["MetricAlarms"], response["CompositeAlarms"]) == ([], [])

    def test_delete(self, local_aws: LocalAws, stacks: Any) -> None:
        """The deletion of a stack removes all its resources."""
        stacks.delete_stack(StackName="s")
        assert stacks.describe_stacks()["Stacks"] == []
        left = {
            "trails": local_aws.client("cloudtrail").describe_trails()["trailList"],
            "filters": local_aws.client("logs").describe_metric_filters()["metricFilters"],
            "groups": local_aws.client("logs").describe_log_groups()["logGroups"],
            "alarms": local_aws.client("cloudwatch").describe_alarms()["MetricAlarms"],
            "topics": local_aws.client("sns").list_topics()["Topics"],
            "subscriptions": local_aws.client("sns").list_subscriptions()["Subscriptions"],
            "buckets": local_aws.client("s3").list_buckets()["Buckets"],
            "roles": local_aws.client("iam").list_roles()["Roles"],
        }
        assert {name for name, response in left.items() if response} == set()
