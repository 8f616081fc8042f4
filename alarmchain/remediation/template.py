"""Build the CloudFormation template of every control's filter and alarm, for use without SSM. Pure.

Source: AWS CloudFormation user guide, AWS::Logs::MetricFilter, AWS::CloudWatch::Alarm, AWS::SNS::*.
"""

import json
from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from alarmchain.control import Control
from alarmchain.remediation.filter_patterns import filter_patterns

FILE = "alarms.json"


def text(controls: Iterable[Control]) -> str:
    """Return the text of cloudformation/alarms.json."""
    return json.dumps(template(controls), indent=2) + "\n"


def template(controls: Iterable[Control]) -> dict[str, Any]:
    """Return the template."""
    controls = tuple(controls)
    (topic,) = {control.names["TopicName"] for control in controls}
    resources = _topic(topic)
    for control in controls:
        resources |= _filter_and_alarm(control)
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": (
            "Metric filters on CloudTrail's log group, alarms and a topic, for alarmchain's rules. "
            "Deploy it in the region of the log group."
        ),
        "Parameters": _PARAMETERS,
        "Conditions": {
            "MakeTopic": {"Fn::Equals": [{"Ref": "TopicArn"}, ""]},
            "Encrypt": {"Fn::Not": [{"Fn::Equals": [{"Ref": "KmsKeyId"}, ""]}]},
            "Subscribe": {"Fn::Not": [{"Fn::Equals": [{"Ref": "NotificationEmail"}, ""]}]},
            "Extended": {"Fn::Equals": [{"Ref": "CallList"}, "extended"]},
        },
        "Resources": resources,
        "Outputs": {
            "TopicArn": {"Description": "The topic that the alarms notify", "Value": _TOPIC}
        },
    }


_TOPIC = {"Fn::If": ["MakeTopic", {"Ref": "Topic"}, {"Ref": "TopicArn"}]}
_PARAMETERS = {
    "LogGroupName": {
        "Type": "String",
        "Description": "The log group to which a multi-region trail delivers",
        "AllowedPattern": r"[.\-_/#A-Za-z0-9]{1,512}",
    },
    "NotificationEmail": {
        "Type": "String",
        "Description": "An address to subscribe; its owner must confirm",
        "Default": "",
        "AllowedPattern": r"(|[^@\s]+@[^@\s]+)",
    },
    "TopicArn": {
        "Type": "String",
        "Description": "An existing topic to notify; its policy must allow CloudWatch to publish",
        "Default": "",
        "AllowedPattern": "(|arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256})",
    },
    "KmsKeyId": {
        "Type": "String",
        "Description": "A customer-managed key for the new topic, which CloudWatch may use",
        "Default": "",
    },
    "CallList": {
        "Type": "String",
        "Description": "The same as the rules' parameter CallList",
        "Default": "cis",
        "AllowedValues": ["cis", "extended"],
    },
    "Suffix": {
        "Type": "String",
        "Description": "Added to every name, if the published names are taken: -alarmchain",
        "Default": "",
        "AllowedPattern": "[A-Za-z0-9_-]{0,64}",
    },
}


def _topic(name: str) -> dict[str, Any]:
    publish = {
        "Sid": "AlarmchainCloudWatchAlarms",
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": {"Ref": "Topic"},
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }
    key = {"Fn::If": ["Encrypt", {"Ref": "KmsKeyId"}, {"Ref": "AWS::NoValue"}]}
    return {
        "Topic": {
            "Type": "AWS::SNS::Topic",
            "Condition": "MakeTopic",
            "Properties": {"TopicName": _suffixed(name), "KmsMasterKeyId": key},
        },
        "TopicPolicy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Condition": "MakeTopic",
            "Properties": {
                "Topics": [{"Ref": "Topic"}],
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [publish]},
            },
        },
        "Subscription": {
            "Type": "AWS::SNS::Subscription",
            "Condition": "Subscribe",
            "Properties": {
                "TopicArn": _TOPIC,
                "Protocol": "email",
                "Endpoint": {"Ref": "NotificationEmail"},
            },
        },
    }


def _filters(control: Control) -> dict[str, Any]:
    """Return the control's metric filters; those beyond the list cis are for the extended list."""
    names, calls, records = control.names, control.calls, control.records
    cis = filter_patterns(control, calls["cis"], records["cis"])
    extended = filter_patterns(
        control,
        (*calls["cis"], *calls["extended"]),
        (*records["cis"], *records["extended"]),
    )
    transformation = {
        "MetricNamespace": names["MetricNamespace"],
        "MetricName": _suffixed(names["MetricName"]),
        "MetricValue": "1",
    }
    filters: dict[str, Any] = {}
    # Together they match the same records, whichever pattern is in which filter.
    for number, (ours, theirs) in enumerate(zip_longest(cis, extended), start=1):
        logical_id = f"{control.name}Filter{number if number > 1 else ''}"
        name = f"{names['FilterName']}${{Suffix}}{f'-{number}' if number > 1 else ''}"
        filters[logical_id] = {"Type": "AWS::Logs::MetricFilter"}
        if ours is None:
            filters[logical_id]["Condition"] = "Extended"
        filters[logical_id]["Properties"] = {
            "LogGroupName": {"Ref": "LogGroupName"},
            "FilterName": {"Fn::Sub": name},
            "FilterPattern": theirs if ours is None else _if_extended(theirs, ours),
            "MetricTransformations": [transformation],
        }
    return filters


def _if_extended(extended: str, cis: str) -> Any:
    return cis if extended == cis else {"Fn::If": ["Extended", extended, cis]}


def _filter_and_alarm(control: Control) -> dict[str, Any]:
    names = control.names
    metric = _suffixed(names["MetricName"])
    return {
        **_filters(control),
        f"{control.name}Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "DependsOn": f"{control.name}Filter",
            "Properties": {
                "AlarmName": _suffixed(names["AlarmName"]),
                "AlarmDescription": names["AlarmDescription"],
                "Namespace": names["MetricNamespace"],
                "MetricName": metric,
                "Statistic": "Sum",
                "Period": 300,
                "EvaluationPeriods": 1,
                "DatapointsToAlarm": 1,
                "Threshold": 1,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "TreatMissingData": "notBreaching",
                "AlarmActions": [_TOPIC],
            },
        },
    }


def _suffixed(name: str) -> dict[str, str]:
    return {"Fn::Sub": f"{name}${{Suffix}}"}
