"""AWS Config: compliance, and the checks of PutConfigRule."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.server import LocalAws
from tests.localaws.builders import (
    ACCOUNT,
    code_of,
    evaluate,
    put_rule,
)


class TestCompliance:
    """Compliance from the stored verdicts."""

    @pytest.fixture(autouse=True)
    def verdicts(self, local_aws: LocalAws, config: Any, function: str) -> None:
        """Four rules with verdicts on three resources."""
        put_rule(local_aws, "bad", function, a="NON_COMPLIANT", b="COMPLIANT")
        put_rule(local_aws, "good", function, a="COMPLIANT", b="NOT_APPLICABLE")
        put_rule(local_aws, "none", function, c="NOT_APPLICABLE")
        put_rule(local_aws, "new", function)
        evaluate(local_aws, "bad", "good", "none")

    def test_by_rule(self, config: Any) -> None:
        """A rule is NON_COMPLIANT if any verdict is, INSUFFICIENT_DATA if none applies."""
        response = config.describe_compliance_by_config_rule()["ComplianceByConfigRules"]
        assert {
            each["ConfigRuleName"]: each["Compliance"]["ComplianceType"] for each in response
        } == {
            "bad": "NON_COMPLIANT",
            "good": "COMPLIANT",
            "none": "INSUFFICIENT_DATA",
            "new": "INSUFFICIENT_DATA",
        }
        filtered = config.describe_compliance_by_config_rule(ComplianceTypes=["COMPLIANT"])
        assert [each["ConfigRuleName"] for each in filtered["ComplianceByConfigRules"]] == ["good"]

    def test_by_resource(self, config: Any) -> None:
        """A resource has its worst verdict."""
        response = config.describe_compliance_by_resource()["ComplianceByResources"]
        assert {each["ResourceId"]: each["Compliance"]["ComplianceType"] for each in response} == {
            "a": "NON_COMPLIANT",
            "b": "COMPLIANT",
            "c": "INSUFFICIENT_DATA",
        }

    def test_details_by_resource(self, config: Any) -> None:
        """The details list every rule's verdict on a resource."""
        response = config.get_compliance_details_by_resource(
            ResourceType="AWS::::Account", ResourceId="a"
        )["EvaluationResults"]
        assert [each["ComplianceType"] for each in response] == ["NON_COMPLIANT", "COMPLIANT"]

    def test_details_are_filtered_and_paged(self, config: Any) -> None:
        """ComplianceTypes and Limit select and page the details."""
        filtered = config.get_compliance_details_by_config_rule(
            ConfigRuleName="bad", ComplianceTypes=["COMPLIANT"]
        )
        assert len(filtered["EvaluationResults"]) == 1
        pages = list(
            config.get_paginator("get_compliance_details_by_config_rule").paginate(
                ConfigRuleName="bad", PaginationConfig={"PageSize": 1}
            )
        )
        assert [len(page["EvaluationResults"]) for page in pages] == [1, 1]

    def test_summary(self, config: Any) -> None:
        """The summary counts rules by compliance."""
        summary = config.get_compliance_summary_by_config_rule()["ComplianceSummary"]
        assert summary["CompliantResourceCount"]["CappedCount"] == 1
        assert summary["NonCompliantResourceCount"]["CappedCount"] == 1

    def test_unknown_rule(self, config: Any) -> None:
        """An unknown rule is NoSuchConfigRuleException."""
        code = code_of(config.get_compliance_details_by_config_rule, ConfigRuleName="gone")
        assert code == "NoSuchConfigRuleException"

    def test_deleted_rule_is_forgotten(
        self, local_aws: LocalAws, config: Any, function: str
    ) -> None:
        """A rule that is created again under an old name has no verdicts."""
        config.delete_config_rule(ConfigRuleName="bad")
        put_rule(local_aws, "bad", function)
        response = config.get_compliance_details_by_config_rule(ConfigRuleName="bad")
        assert response["EvaluationResults"] == []


class TestPutConfigRule:
    """The checks of PutConfigRule."""

    def test_recorder_is_needed(self, local_aws: LocalAws, function: str) -> None:
        """A rule needs a recorder."""
        with pytest.raises(ClientError, match="NoAvailableConfigurationRecorder"):
            put_rule(local_aws, "r", function)

    def test_permission_is_needed(self, local_aws: LocalAws, config: Any, function: str) -> None:
        """AWS Config must be allowed to invoke the function."""
        local_aws.client("lambda").remove_permission(FunctionName="f", StatementId="config")
        with pytest.raises(ClientError, match="InsufficientPermissionsException"):
            put_rule(local_aws, "r", function)

    def test_function_must_exist(self, local_aws: LocalAws, config: Any) -> None:
        """A rule whose function does not exist is refused."""
        with pytest.raises(ClientError, match="cannot be invoked"):
            put_rule(local_aws, "r", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:none")

    def test_input_parameters_are_limited(
        self, local_aws: LocalAws, config: Any, function: str
    ) -> None:
        """InputParameters can have at most 1,024 characters."""
        with pytest.raises(ClientError, match="at most 1024"):
            put_rule(local_aws, "r", function, Long="x" * 1024)
