"""CloudFormation: `aws cloudformation deploy` creates and updates a stack."""

from __future__ import annotations

import json
from pathlib import Path

from localaws.server import LocalAws
from tests.aws_cli import aws

TEMPLATE = {
    "Parameters": {"Name": {"Type": "String"}, "Display": {"Type": "String", "Default": "d"}},
    "Resources": {
        "Topic": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"TopicName": {"Ref": "Name"}, "DisplayName": {"Ref": "Display"}},
        }
    },
}


def test_deploy_with_parameters(local_aws: LocalAws, tmp_path: Path) -> None:
    """The command creates a new stack with parameters, updates it, and finds no changes."""
    (tmp_path / "t.json").write_text(json.dumps(TEMPLATE))
    command = "aws cloudformation deploy --stack-name s --template-file t.json"
    environment = local_aws.child_environment("us-east-1")
    for parameters in ("Name=one", "Name=one Display=e"):
        printed = aws(f"{command} --parameter-overrides {parameters}", environment, tmp_path)
        assert "Successfully created/updated stack - s" in printed
    unchanged = aws(f"{command} --no-fail-on-empty-changeset", environment, tmp_path)
    assert "No changes to deploy" in unchanged
    sns = local_aws.client("sns")
    (topic,) = sns.list_topics()["Topics"]
    attributes = sns.get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"]
    assert attributes["DisplayName"] == "e"
