"""Helpers that create resources in the local AWS for its tests."""

from __future__ import annotations

import io
import json
import textwrap
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.server import LocalAws

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/worker"


def trust(*services: str) -> str:
    """Return a trust policy for AWS services, as JSON."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": [f"{each}.amazonaws.com" for each in services]},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    )


def archive(**files: str) -> bytes:
    """Return a zip archive with the given modules; ``__`` in a name means a slash."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for name, text in files.items():
            opened.writestr(name.replace("__", "/") + ".py", textwrap.dedent(text))
    return buffer.getvalue()


# A rule's function: its verdicts are the rule's parameters, {"RESOURCE": "COMPLIANCE"}.
VERDICTS = """
import json
import boto3

def handler(event, context):
    invoking = json.loads(event["invokingEvent"])
    verdicts = json.loads(event.get("ruleParameters", "{}"))
    boto3.client("config").put_evaluations(
        ResultToken=event["resultToken"],
        Evaluations=[
            {
                "ComplianceResourceType": "AWS::::Account",
                "ComplianceResourceId": resource,
                "ComplianceType": verdict,
                "Annotation": "because " + verdict,
                "OrderingTimestamp": invoking["notificationCreationTime"],
            }
            for resource, verdict in verdicts.items()
        ],
    )
"""


def start_recorder(aws: LocalAws, region: str = "us-east-1", account: str = ACCOUNT) -> None:
    """Create a configuration recorder, which AWS Config needs before it accepts a rule."""
    aws.client("config", region, account).put_configuration_recorder(
        ConfigurationRecorder={
            "name": "default",
            "roleARN": f"arn:aws:iam::{account}:role/rdk/config-role",
        }
    )


def put_function(
    aws: LocalAws, code: str, name: str = "f", region: str = "us-east-1", account: str = ACCOUNT
) -> str:
    """Create a function that AWS Config may invoke, and return its ARN."""
    iam = aws.client("iam", region, account)
    if not any(role["RoleName"] == "worker" for role in iam.list_roles()["Roles"]):
        iam.create_role(
            RoleName="worker", AssumeRolePolicyDocument=trust("lambda", "ssm", "config")
        )
    client = aws.client("lambda", region, account)
    arn: str = client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="main.handler",
        Timeout=20,
        Role=f"arn:aws:iam::{account}:role/worker",
        Code={"ZipFile": archive(main=code)},
    )["FunctionArn"]
    client.add_permission(
        FunctionName=name,
        StatementId="config",
        Action="lambda:InvokeFunction",
        Principal="config.amazonaws.com",
    )
    return arn


def put_rule(
    aws: LocalAws,
    name: str,
    function: str,
    region: str = "us-east-1",
    account: str = ACCOUNT,
    **parameters: Any,
) -> None:
    """Create a periodic rule. :data:`VERDICTS` reports its parameters as verdicts."""
    rule = {
        "ConfigRuleName": name,
        "Source": {
            "Owner": "CUSTOM_LAMBDA",
            "SourceIdentifier": function,
            "SourceDetails": [
                {
                    "EventSource": "aws.config",
                    "MessageType": "ScheduledNotification",
                    "MaximumExecutionFrequency": "TwentyFour_Hours",
                }
            ],
        },
    }
    if parameters:
        rule["InputParameters"] = json.dumps(parameters)
    aws.client("config", region, account).put_config_rule(ConfigRule=rule)


def evaluate(
    local_aws: LocalAws, *names: str, region: str = "us-east-1", account: str = ACCOUNT
) -> None:
    """Evaluate the rules and wait for the end."""
    config = local_aws.client("config", region, account)
    config.start_config_rules_evaluation(ConfigRuleNames=list(names))
    local_aws.settle()


def code_of(call: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    """Return the error code with which a call fails."""
    with pytest.raises(ClientError) as caught:
        call(*args, **kwargs)
    return str(caught.value.response["Error"]["Code"])


def document(code: str) -> str:
    """Return an Automation document with one script."""
    return json.dumps(
        {
            "schemaVersion": "0.3",
            "assumeRole": "{{ AutomationAssumeRole }}",
            "parameters": {
                "AutomationAssumeRole": {"type": "String"},
                "Account": {"type": "String"},
            },
            "mainSteps": [
                {
                    "name": "Heal",
                    "action": "aws:executeScript",
                    "inputs": {
                        "Runtime": "python3.11",
                        "Handler": "heal",
                        "InputPayload": {"account": "{{ Account }}"},
                        "Script": f"import boto3\ndef heal(events, context):\n    {code}",
                    },
                }
            ],
        }
    )


def remediation(**changes: Any) -> Any:
    """Return a valid manual remediation of the rule ``r`` with changes."""
    return {
        "ConfigRuleName": "r",
        "TargetType": "SSM_DOCUMENT",
        "TargetId": "heal",
        "Automatic": False,
        "Parameters": {
            "AutomationAssumeRole": {"StaticValue": {"Values": [ROLE]}},
            "Account": {"ResourceValue": {"Value": "RESOURCE_ID"}},
        },
    } | changes


def pack_template(function: str, verdict: str = "NON_COMPLIANT", **resources: Any) -> str:
    """Return the template of a conformance pack with one rule and its remediation."""
    return json.dumps(
        {
            "Parameters": {"Verdict": {"Type": "String", "Default": verdict}},
            "Resources": {
                "Rule": {
                    "Type": "AWS::Config::ConfigRule",
                    "Properties": {
                        "ConfigRuleName": "r",
                        "InputParameters": {ACCOUNT: {"Ref": "Verdict"}},
                        "Source": {
                            "Owner": "CUSTOM_LAMBDA",
                            "SourceIdentifier": function,
                            "SourceDetails": [
                                {
                                    "EventSource": "aws.config",
                                    "MessageType": "ScheduledNotification",
                                }
                            ],
                        },
                    },
                },
                "Healing": {
                    "Type": "AWS::Config::RemediationConfiguration",
                    "DependsOn": "Rule",
                    "Properties": remediation(),
                },
            }
            | resources,
        }
    )


def put_stack(
    stacks: Any, template: dict[str, Any], *, update: bool = False, **parameters: str
) -> dict[str, Any]:
    """Create or update the stack ``s``, and return its description."""
    (stacks.update_stack if update else stacks.create_stack)(
        StackName="s",
        TemplateBody=json.dumps(template),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
        Capabilities=["CAPABILITY_IAM"],
    )
    stack: dict[str, Any] = stacks.describe_stacks(StackName="s")["Stacks"][0]
    return stack
