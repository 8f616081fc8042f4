"""CloudFormation: resource types of AWS Config and SSM."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localaws.server import LocalAws
from tests.localaws.builders import (
    VERDICTS,
    put_function,
    start_recorder,
)
from tests.localaws.builders import put_stack as put


def rule(function: str, **properties: Any) -> dict[str, Any]:
    """Return an AWS::Config::ConfigRule with a function."""
    return {
        "Type": "AWS::Config::ConfigRule",
        "Properties": {
            "ConfigRuleName": "r",
            "Source": {
                "Owner": "CUSTOM_LAMBDA",
                "SourceIdentifier": function,
                "SourceDetails": [
                    {"Ref": "AWS::NoValue"},
                    {"EventSource": "aws.config", "MessageType": "ScheduledNotification"},
                ],
            },
        }
        | properties,
    }


class TestConfigTypes:
    """``AWS::Config::*`` and ``AWS::SSM::Document``."""

    @pytest.fixture
    def function(self, local_aws: LocalAws) -> Any:
        """Create a recorder and a function for the rules."""
        start_recorder(local_aws)
        return put_function(local_aws, VERDICTS)

    def test_document_without_format(self, local_aws: LocalAws, stacks: Any) -> None:
        """Content can be an object; a change replaces a document without an explicit name."""

        def template(text: str) -> dict[str, Any]:
            step = {"name": "Wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}
            content = {"schemaVersion": "0.3", "description": text, "mainSteps": [step]}
            properties = {"DocumentType": "Automation", "Content": content}
            return {"Resources": {"D": {"Type": "AWS::SSM::Document", "Properties": properties}}}

        put(stacks, template("one"))
        ssm = local_aws.client("ssm")
        (before,) = ssm.list_documents()["DocumentIdentifiers"]
        put(stacks, template("two"), update=True)
        (after,) = ssm.list_documents()["DocumentIdentifiers"]
        assert before["Name"] != after["Name"]
        assert "two" in ssm.get_document(Name=after["Name"])["Content"]

    def test_rule_and_remediation(self, local_aws: LocalAws, stacks: Any, function: str) -> None:
        """Both spellings of a static value work; the rule is removed after its remediation."""
        template = {
            "Resources": {
                "Rule": rule(function, InputParameters={"a": "COMPLIANT"}),
                "Remediation": {
                    "Type": "AWS::Config::RemediationConfiguration",
                    "Properties": {
                        "ConfigRuleName": {"Ref": "Rule"},
                        "TargetType": "SSM_DOCUMENT",
                        "TargetId": "document",
                        "Automatic": "true",
                        "MaximumAutomaticAttempts": "2",
                        "RetryAttemptSeconds": "60",
                        "Parameters": {
                            "AutomationAssumeRole": {"StaticValue": {"Values": ["arn"]}},
                            "Other": {"StaticValue": {"Value": ["x"]}},
                        },
                    },
                },
            },
            "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Rule", "Arn"]}}},
        }
        made = put(stacks, template)
        assert made["StackStatus"] == "CREATE_COMPLETE", made.get("StackStatusReason")
        config = local_aws.client("config")
        (response,) = config.describe_config_rules()["ConfigRules"]
        assert response["InputParameters"] == '{"a": "COMPLIANT"}'
        assert made["Outputs"][0]["OutputValue"] == response["ConfigRuleArn"]
        (remediation,) = config.describe_remediation_configurations(ConfigRuleNames=["r"])[
            "RemediationConfigurations"
        ]
        assert remediation["Automatic"] is True
        assert remediation["MaximumAutomaticAttempts"] == 2
        assert remediation["Parameters"]["Other"] == {"StaticValue": {"Values": ["x"]}}
        stacks.delete_stack(StackName="s")
        assert config.describe_config_rules()["ConfigRules"] == []

    def test_conformance_pack(self, local_aws: LocalAws, stacks: Any, function: str) -> None:
        """A stack waits for its conformance pack, and removes it again."""
        body = json.dumps({"Resources": {"Rule": rule(function)}})
        properties = {"ConformancePackName": "p", "TemplateBody": body}
        template = {
            "Resources": {"P": {"Type": "AWS::Config::ConformancePack", "Properties": properties}}
        }
        made = put(stacks, template)
        assert made["StackStatus"] == "CREATE_COMPLETE", made.get("StackStatusReason")
        config = local_aws.client("config")
        (response,) = config.describe_config_rules()["ConfigRules"]
        assert response["ConfigRuleName"].startswith("r-conformance-pack-")
        stacks.delete_stack(StackName="s")
        assert config.describe_config_rules()["ConfigRules"] == []


def test_a_document_keeps_its_name(local_aws: LocalAws) -> None:
    """An SSM document has the name that the template gives it."""
    document = {
        "schemaVersion": "0.3",
        "mainSteps": [{"name": "Wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}],
    }
    properties = {"Name": "mend", "DocumentType": "Automation", "Content": document}
    template = {"Resources": {"D": {"Type": "AWS::SSM::Document", "Properties": properties}}}
    stacks = local_aws.client("cloudformation")
    stacks.create_stack(StackName="s", TemplateBody=json.dumps(template))
    response = local_aws.client("ssm").describe_document(Name="mend")["Document"]
    assert response["DocumentType"] == "Automation"
