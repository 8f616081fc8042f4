"""Unmodified `rdk` against the local AWS: init, deploy, redeploy, logs, undeploy."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from localaws.server import LocalAws

RDK = Path(sys.executable).with_name("rdk")
REGIONS = ("us-east-1", "eu-west-1")

HANDLER = """
import json
import boto3

def lambda_handler(event, context):
    parameters = json.loads(event.get("ruleParameters", "{}"))
    print("evaluating", event["configRuleName"])
    invoking = json.loads(event["invokingEvent"])
    topics = boto3.client("sns").list_topics()["Topics"]
    boto3.client("config").put_evaluations(
        ResultToken=event["resultToken"],
        Evaluations=[{
            "ComplianceResourceType": "AWS::::Account",
            "ComplianceResourceId": event["accountId"],
            "ComplianceType": "COMPLIANT" if topics else "NON_COMPLIANT",
            "Annotation": parameters.get("Note", "no note"),
            "OrderingTimestamp": invoking["notificationCreationTime"],
        }],
    )
"""

DOCUMENT = {
    "schemaVersion": "0.3",
    "assumeRole": "{{ AutomationAssumeRole }}",
    "parameters": {"AutomationAssumeRole": {"type": "String"}, "Name": {"type": "String"}},
    "mainSteps": [
        {
            "name": "MakeTopic",
            "action": "aws:executeAwsApi",
            "isEnd": True,
            "inputs": {"Service": "sns", "Api": "CreateTopic", "Name": "{{ Name }}"},
        }
    ],
}


def parameters(optional: str = "{}") -> dict[str, Any]:
    """Return RDK's parameters.json of a periodic rule with a remediation."""
    return {
        "Version": "1.0",
        "Parameters": {
            "RuleName": "Tiny",
            "Description": "a topic exists",
            "SourceRuntime": "python3.13",
            "CodeKey": "Tiny.zip",
            "InputParameters": "{}",
            "OptionalParameters": optional,
            "SourcePeriodic": "TwentyFour_Hours",
            "SSMAutomation": {"Document": "Tiny/remediation.json", "IAM": ["sns:CreateTopic"]},
            "Remediation": {
                "ConfigRuleName": "Tiny",
                "TargetType": "SSM_DOCUMENT",
                "Automatic": False,
                "Parameters": {
                    "AutomationAssumeRole": {"StaticValue": {"Values": ["set by rdk"]}},
                    "Name": {"StaticValue": {"Values": ["made-by-remediation"]}},
                },
            },
        },
        "Tags": "[]",
    }


@pytest.fixture
def rules(tmp_path: Path) -> Any:
    """Create a folder with one rule."""
    folder = tmp_path / "Tiny"
    folder.mkdir()
    (folder / "Tiny.py").write_text(HANDLER)
    (folder / "remediation.json").write_text(json.dumps(DOCUMENT))
    (folder / "parameters.json").write_text(json.dumps(parameters()))
    (tmp_path / "regions.json").write_text(json.dumps({"both": list(REGIONS)}))
    return tmp_path


@pytest.fixture
def rdk(local_aws: LocalAws, rules: Any) -> Any:
    """Return a function that runs rdk in the rules' folder and returns its output."""

    def rdk(*arguments: str, region: str = "us-east-1", fails: bool = False) -> str:
        done = subprocess.run(
            [RDK, *arguments],
            cwd=rules,
            env=local_aws.child_environment(region) | {"PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert (done.returncode != 0) is fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    return rdk


@pytest.fixture
def initialized(local_aws: LocalAws) -> None:
    """Make what `rdk init` makes, without its 16 seconds of waiting for IAM."""
    for region in REGIONS:
        config = local_aws.client("config", region)
        config.put_configuration_recorder(
            ConfigurationRecorder={
                "name": "default",
                "roleARN": "arn:aws:iam::123456789012:role/rdk/config-role",
            }
        )
        settings = {} if region == "us-east-1" else {"LocationConstraint": region}
        local_aws.client("s3", region).create_bucket(
            Bucket=f"config-rule-code-bucket-123456789012-{region}",
            **({"CreateBucketConfiguration": settings} if settings else {}),
        )


def evaluate(local_aws: LocalAws, region: str = "us-east-1") -> list[tuple[str, str]]:
    """Evaluate the rule and return compliance and annotation of each verdict."""
    config = local_aws.client("config", region)
    config.start_config_rules_evaluation(ConfigRuleNames=["Tiny"])
    local_aws.settle()
    response = config.get_compliance_details_by_config_rule(ConfigRuleName="Tiny")
    return [(each["ComplianceType"], each["Annotation"]) for each in response["EvaluationResults"]]


def test_whole_life_of_a_rule(local_aws: LocalAws, rdk: Any, rules: Any, initialized: Any) -> None:
    """deploy, NON_COMPLIANT, remediation, COMPLIANT, redeploy, logs, undeploy."""
    assert "operation complete" in rdk("deploy", "Tiny")
    assert evaluate(local_aws) == [("NON_COMPLIANT", "no note")]
    config = local_aws.client("config")
    key = {"resourceType": "AWS::::Account", "resourceId": "123456789012"}
    config.start_remediation_execution(ConfigRuleName="Tiny", ResourceKeys=[key])
    local_aws.settle()
    (status,) = config.describe_remediation_execution_status(ConfigRuleName="Tiny")[
        "RemediationExecutionStatuses"
    ]
    assert (status["State"], status["StepDetails"][0]["Name"]) == ("SUCCEEDED", "MakeTopic")
    assert evaluate(local_aws) == [("COMPLIANT", "no note")]

    changed = parameters('{"Note": "changed", "Empty": ""}')
    (rules / "Tiny" / "parameters.json").write_text(json.dumps(changed))
    assert "Updating CloudFormation Stack" in rdk("deploy", "Tiny")
    assert evaluate(local_aws) == [("COMPLIANT", "changed")]

    assert "evaluating Tiny" in rdk("logs", "Tiny", "-n", "10")
    rdk("undeploy", "--force", "Tiny")
    assert config.describe_config_rules()["ConfigRules"] == []
    assert local_aws.client("lambda").list_functions()["Functions"] == []
    assert local_aws.client("ssm").list_documents()["DocumentIdentifiers"] == []
    assert local_aws.client("iam").list_roles()["Roles"] == []


@pytest.mark.long
def test_init_of_an_empty_account(local_aws: LocalAws, rdk: Any) -> None:
    """`rdk init` makes the recorder and its role, for which it waits 16 seconds."""
    rdk("init")
    rdk("deploy", "Tiny")
    assert evaluate(local_aws) == [("NON_COMPLIANT", "no note")]
    roles = [role["RoleName"] for role in local_aws.client("iam").list_roles()["Roles"]]
    assert "config-role" in roles


def test_bucket_of_another_account(local_aws: LocalAws, rdk: Any, initialized: Any) -> None:
    """`rdk init` tries to create the delivery channel's bucket, unless an option says otherwise."""
    central = "config-logs-of-the-organization"
    local_aws.client("s3", account="999988887777").create_bucket(Bucket=central)
    local_aws.client("config").put_delivery_channel(
        DeliveryChannel={"name": "default", "s3BucketName": central}
    )
    assert "BucketAlreadyExists" in rdk("init", fails=True)
    assert "Config setup complete" in rdk("init", "--config-bucket-exists-in-another-account")


@pytest.mark.long
def test_two_regions_at_once(local_aws: LocalAws, rdk: Any, initialized: Any) -> None:
    """`rdk -f FILE --region-set NAME` deploys to both regions in parallel."""
    rdk("-f", "regions.json", "--region-set", "both", "deploy", "Tiny")
    for region in REGIONS:
        (stack,) = local_aws.client("cloudformation", region).describe_stacks()["Stacks"]
        assert stack["StackStatus"] == "CREATE_COMPLETE", stack.get("StackStatusReason")
    local_aws.client("sns", "eu-west-1").create_topic(Name="here")
    assert [evaluate(local_aws, region)[0][0] for region in REGIONS] == [
        "NON_COMPLIANT",
        "COMPLIANT",
    ]
    rdk("-f", "regions.json", "--region-set", "both", "undeploy", "--force", "Tiny")
    assert local_aws.client("lambda", "eu-west-1").list_functions()["Functions"] == []


@pytest.mark.long
def test_functions_only(local_aws: LocalAws, rdk: Any, initialized: Any) -> None:
    """`deploy --functions-only` makes only the function, with a template in S3, also twice."""
    for _ in range(2):
        rdk("deploy", "--functions-only", "Tiny")
    (function,) = local_aws.client("lambda").list_functions()["Functions"]
    assert function["FunctionName"] == "RDK-Rule-Function-Tiny"
    assert local_aws.client("config").describe_config_rules()["ConfigRules"] == []
