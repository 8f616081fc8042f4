"""Things to put into the local AWS for its tests."""

from __future__ import annotations

import io
import json
import textwrap
import zipfile

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/worker"


def trust(*services: str) -> str:
    """A trust policy for AWS services, as JSON."""
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
    """A zip with the given modules; ``__`` in a name stands for a slash."""
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


def start_recorder(aws, region: str = "us-east-1", account: str = ACCOUNT) -> None:
    """A configuration recorder, without which no rule can be put."""
    aws.client("config", region, account).put_configuration_recorder(
        ConfigurationRecorder={
            "name": "default",
            "roleARN": f"arn:aws:iam::{account}:role/rdk/config-role",
        }
    )


def put_function(
    aws, code: str, name: str = "f", region: str = "us-east-1", account: str = ACCOUNT
) -> str:
    """A function that AWS Config may invoke; returns its ARN."""
    iam = aws.client("iam", region, account)
    if not any(role["RoleName"] == "worker" for role in iam.list_roles()["Roles"]):
        iam.create_role(
            RoleName="worker", AssumeRolePolicyDocument=trust("lambda", "ssm", "config")
        )
    client = aws.client("lambda", region, account)
    arn = client.create_function(
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


def put_rule(aws, name: str, function: str, region="us-east-1", account=ACCOUNT, **parameters):
    """A periodic rule; its parameters are what :data:`VERDICTS` reports."""
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
