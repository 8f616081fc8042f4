"""AWS Config: remediation."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.server import LocalAws
from tests.localaws.builders import (
    ACCOUNT,
    code_of,
    document,
    evaluate,
    put_rule,
    remediation,
    trust,
)

KEY = {"resourceType": "AWS::::Account", "resourceId": ACCOUNT}


class TestRemediation:
    """Manual and automatic remediation of a rule's resource."""

    @pytest.fixture
    def rule(self, local_aws: LocalAws, config: Any, function: str) -> None:
        """Create a NON_COMPLIANT rule, and a document that creates a topic."""
        put_rule(local_aws, "r", function, **{ACCOUNT: "NON_COMPLIANT"})
        local_aws.client("ssm").create_document(
            Name="heal",
            DocumentType="Automation",
            Content=document("boto3.client('sns').create_topic(Name='t' + events['account'])"),
        )

    def executions(self, config: Any) -> list[tuple[str, str]]:
        """Return the state of every execution and of its first step."""
        response = config.describe_remediation_execution_status(ConfigRuleName="r")
        return [
            (each["State"], each["StepDetails"][0]["State"])
            for each in response["RemediationExecutionStatuses"]
        ]

    def test_manual(self, local_aws: LocalAws, config: Any, rule: Any) -> None:
        """StartRemediationExecution runs the document with RESOURCE_ID and static values."""
        config.put_remediation_configurations(RemediationConfigurations=[remediation()])
        evaluate(local_aws, "r")
        assert self.executions(config) == []
        config.start_remediation_execution(ConfigRuleName="r", ResourceKeys=[KEY])
        local_aws.settle()
        assert self.executions(config) == [("SUCCEEDED", "SUCCEEDED")]
        topics = local_aws.client("sns").list_topics()["Topics"]
        assert [each["TopicArn"].rsplit(":", 1)[-1] for each in topics] == [f"t{ACCOUNT}"]

    def test_failure_shows_in_the_step(self, local_aws: LocalAws, config: Any, rule: Any) -> None:
        """The execution of a failing document is FAILED, with the step's message."""
        local_aws.client("ssm").update_document(
            Name="heal", Content=document("raise ValueError('no way')"), DocumentVersion="$LATEST"
        )
        changes = {"TargetVersion": "2"}
        config.put_remediation_configurations(RemediationConfigurations=[remediation(**changes)])
        evaluate(local_aws, "r")
        config.start_remediation_execution(ConfigRuleName="r", ResourceKeys=[KEY])
        local_aws.settle()
        response = config.describe_remediation_execution_status(ConfigRuleName="r")
        (step,) = response["RemediationExecutionStatuses"][0]["StepDetails"]
        assert step["State"] == "FAILED"
        assert "ValueError - no way" in step["ErrorMessage"]

    def test_document_that_is_not_there(self, local_aws: LocalAws, config: Any, rule: Any) -> None:
        """A remediation whose document is missing fails with the reason."""
        configuration = remediation(TargetId="gone")
        config.put_remediation_configurations(RemediationConfigurations=[configuration])
        evaluate(local_aws, "r")
        config.start_remediation_execution(ConfigRuleName="r", ResourceKeys=[KEY])
        response = config.describe_remediation_execution_status(ConfigRuleName="r")
        (status,) = response["RemediationExecutionStatuses"]
        assert status["State"] == "FAILED"
        assert "gone" in status["StepDetails"][0]["ErrorMessage"]

    def test_automatic_stops_after_its_attempts(
        self, local_aws: LocalAws, config: Any, rule: Any
    ) -> None:
        """After the last attempt a resource gets a remediation exception and no more attempts."""
        automatic = remediation(Automatic=True, MaximumAutomaticAttempts=2, RetryAttemptSeconds=600)
        config.put_remediation_configurations(RemediationConfigurations=[automatic])
        for _ in range(4):
            evaluate(local_aws, "r")
        ssm = local_aws.client("ssm")
        runs = ssm.describe_automation_executions()["AutomationExecutionMetadataList"]
        assert [each["AutomationExecutionStatus"] for each in runs] == ["Success", "Success"]
        exceptions = config.describe_remediation_exceptions(ConfigRuleName="r")
        assert len(exceptions["RemediationExceptions"]) == 1

    def test_automatic_does_not_start_for_compliant(
        self, local_aws: LocalAws, config: Any, rule: Any, function: str
    ) -> None:
        """Automatic remediation does not start for a COMPLIANT resource."""
        put_rule(local_aws, "r", function, **{ACCOUNT: "COMPLIANT"})
        automatic = remediation(Automatic=True, MaximumAutomaticAttempts=2, RetryAttemptSeconds=600)
        config.put_remediation_configurations(RemediationConfigurations=[automatic])
        evaluate(local_aws, "r")
        assert self.executions(config) == []

    def test_compliant_resource_is_refused(
        self, local_aws: LocalAws, config: Any, rule: Any, function: str
    ) -> None:
        """StartRemediationExecution fails for resources that are not NON_COMPLIANT."""
        put_rule(local_aws, "r", function, **{ACCOUNT: "COMPLIANT", "bad": "NON_COMPLIANT"})
        config.put_remediation_configurations(RemediationConfigurations=[remediation()])
        evaluate(local_aws, "r")
        keys = [KEY, KEY | {"resourceId": "bad"}, KEY | {"resourceId": "unknown"}]
        answer = config.start_remediation_execution(ConfigRuleName="r", ResourceKeys=keys)
        local_aws.settle()
        assert answer["FailedItems"] == [keys[0], keys[2]]
        assert "already COMPLIANT; The resource has no evaluation" in answer["FailureMessage"]
        assert self.executions(config) == [("SUCCEEDED", "SUCCEEDED")]

    def test_automatic_starts_when_it_is_configured(
        self, local_aws: LocalAws, config: Any, rule: Any
    ) -> None:
        """A remediation that is set to automatic starts for existing NON_COMPLIANT resources."""
        local_aws.behaviour.evaluates_new_rules = True
        evaluate(local_aws, "r")
        automatic = remediation(Automatic=True, MaximumAutomaticAttempts=2, RetryAttemptSeconds=600)
        config.put_remediation_configurations(RemediationConfigurations=[automatic])
        local_aws.settle()
        assert self.executions(config) == [("SUCCEEDED", "SUCCEEDED")]

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"TargetType": "LAMBDA"}, "expected SSM_DOCUMENT"),
            (
                {"Parameters": {"P": {"StaticValue": {"Values": ["x" * 257]}}}},
                "a value of 257 characters",
            ),
            (
                {"Parameters": {f"P{n}": {"StaticValue": {"Values": ["x"]}} for n in range(26)}},
                "26 entries; at most 25",
            ),
            ({"Parameters": {"P": {}}}, "expected ResourceValue or StaticValue"),
            ({"Automatic": True}, "MaximumAutomaticAttempts is required"),
            ({"Automatic": True, "Parameters": {}}, "AutomationAssumeRole is required"),
            (
                {"Automatic": True, "MaximumAutomaticAttempts": 26, "RetryAttemptSeconds": 60},
                "MaximumAutomaticAttempts is 26; expected 1 to 25",
            ),
        ],
    )
    def test_refused_configurations(
        self, config: Any, rule: Any, changes: dict[str, Any], message: str
    ) -> None:
        """PutRemediationConfigurations refuses invalid configurations."""
        with pytest.raises(ClientError, match="InvalidParameterValueException") as caught:
            config.put_remediation_configurations(
                RemediationConfigurations=[remediation(**changes)]
            )
        assert message in str(caught.value)

    def test_rule_with_a_remediation_cannot_be_deleted(self, config: Any, rule: Any) -> None:
        """The remediation has to be deleted before its rule."""
        config.put_remediation_configurations(RemediationConfigurations=[remediation()])
        code = code_of(config.delete_config_rule, ConfigRuleName="r")
        assert code == "ResourceInUseException"
        config.delete_remediation_configuration(ConfigRuleName="r")
        config.delete_config_rule(ConfigRuleName="r")
        assert config.describe_config_rules()["ConfigRules"] == []


def test_role_that_does_not_trust_ssm(local_aws: LocalAws, config: Any, function: str) -> None:
    """A remediation whose role SSM cannot assume fails with that reason."""
    local_aws.client("iam").create_role(RoleName="other", AssumeRolePolicyDocument=trust("lambda"))
    local_aws.client("ssm").create_document(
        Name="heal", DocumentType="Automation", Content=document("pass")
    )
    put_rule(local_aws, "r", function, **{ACCOUNT: "NON_COMPLIANT"})
    configuration = remediation()
    other = f"arn:aws:iam::{ACCOUNT}:role/other"
    configuration["Parameters"]["AutomationAssumeRole"] = {"StaticValue": {"Values": [other]}}
    config.put_remediation_configurations(RemediationConfigurations=[configuration])
    evaluate(local_aws, "r")
    config.start_remediation_execution(ConfigRuleName="r", ResourceKeys=[KEY])
    response = config.describe_remediation_execution_status(ConfigRuleName="r")
    (status,) = response["RemediationExecutionStatuses"]
    assert "does not trust ssm.amazonaws.com" in status["StepDetails"][0]["ErrorMessage"]
