"""AWS Config: conformance packs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.server import LocalAws
from tests.localaws.builders import (
    ACCOUNT,
    code_of,
    evaluate,
    pack_template,
    remediation,
)


class TestConformancePack:
    """Conformance packs: their rules, compliance and limits."""

    def put(self, local_aws: LocalAws, config: Any, body: str, **more: Any) -> dict[str, Any]:
        """Put a pack named ``p``, wait, and return its status."""
        config.put_conformance_pack(ConformancePackName="p", TemplateBody=body, **more)
        local_aws.settle()
        status: dict[str, Any] = config.describe_conformance_pack_status()[
            "ConformancePackStatusDetails"
        ][0]
        return status

    def test_from_put_to_verdict(self, local_aws: LocalAws, config: Any, function: str) -> None:
        """The rule's name gets the pack's suffix, and its verdict decides the pack's compliance."""
        status = self.put(
            local_aws,
            config,
            pack_template(function),
            ConformancePackInputParameters=[
                {"ParameterName": "Verdict", "ParameterValue": "COMPLIANT"}
            ],
        )
        assert status["ConformancePackState"] == "CREATE_COMPLETE", status
        (rule,) = config.describe_config_rules()["ConfigRules"]
        name = rule["ConfigRuleName"]
        prefix, _, suffix = name.partition("-conformance-pack-")
        assert (prefix, len(suffix)) == ("r", 9)
        evaluate(local_aws, name)
        (compliance,) = config.describe_conformance_pack_compliance(ConformancePackName="p")[
            "ConformancePackRuleComplianceList"
        ]
        assert (compliance["ConfigRuleName"], compliance["ComplianceType"]) == (name, "COMPLIANT")
        (detail,) = config.get_conformance_pack_compliance_details(ConformancePackName="p")[
            "ConformancePackRuleEvaluationResults"
        ]
        assert detail["Annotation"] == "because COMPLIANT"
        response = config.describe_remediation_configurations(ConfigRuleNames=[name])
        assert response["RemediationConfigurations"][0]["TargetId"] == "heal"

    def test_update_and_delete(self, local_aws: LocalAws, config: Any, function: str) -> None:
        """An update changes the pack's rule under the same name; a deletion removes it."""
        self.put(local_aws, config, pack_template(function))
        before = config.describe_config_rules()["ConfigRules"][0]
        self.put(local_aws, config, pack_template(function, "COMPLIANT"))
        after = config.describe_config_rules()["ConfigRules"][0]
        assert before["ConfigRuleName"] == after["ConfigRuleName"]
        assert before["InputParameters"] != after["InputParameters"]
        config.delete_conformance_pack(ConformancePackName="p")
        local_aws.settle()
        assert config.describe_conformance_packs()["ConformancePackDetails"] == []
        assert config.describe_config_rules()["ConfigRules"] == []

    def test_remediation_only_in_the_template(
        self, local_aws: LocalAws, config: Any, function: str
    ) -> None:
        """PutRemediationConfigurations does not work on a pack's rules."""
        self.put(local_aws, config, pack_template(function))
        name = config.describe_config_rules()["ConfigRules"][0]["ConfigRuleName"]
        code = code_of(
            config.put_remediation_configurations,
            RemediationConfigurations=[remediation(ConfigRuleName=name)],
        )
        assert code == "InsufficientPermissionsException"

    def test_failure_has_its_reason(self, local_aws: LocalAws, config: Any) -> None:
        """A pack whose function does not exist fails with the reason."""
        arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:none"
        status = self.put(local_aws, config, pack_template(arn))
        assert status["ConformancePackState"] == "CREATE_FAILED"
        assert "cannot be invoked" in status["ConformancePackStatusReason"]

    @pytest.mark.parametrize(
        ("body", "code", "message"),
        [
            (
                pack_template("f", Role={"Type": "AWS::IAM::Role", "Properties": {}}),
                "ConformancePackTemplateValidationException",
                "resource Role has type AWS::IAM::Role",
            ),
            ("{}", "ConformancePackTemplateValidationException", "At least one Resources"),
            ("Resources: [", "ConformancePackTemplateValidationException", "not a template"),
            (" " * 51_201, "InvalidParameterValueException", "51201 bytes; at most 51200"),
        ],
    )
    def test_refused_templates(self, config: Any, body: str, code: str, message: str) -> None:
        """Other resource types, a missing template and a too long body are refused."""
        with pytest.raises(ClientError) as caught:
            config.put_conformance_pack(ConformancePackName="p", TemplateBody=body)
        error = caught.value.response["Error"]
        assert error["Code"] == code
        assert message in error["Message"]

    @pytest.mark.parametrize(("size", "fits"), [(307_200, True), (307_201, False)])
    def test_a_template_in_s3(
        self, local_aws: LocalAws, config: Any, function: str, size: int, fits: bool
    ) -> None:
        """A template in S3 may have up to 300 KB, more than one in a request."""
        template = pack_template(function)
        s3 = local_aws.client("s3")
        s3.create_bucket(Bucket="templates")
        whole = json.loads(template) | {"Description": ""}
        filler = "x" * (size - len(json.dumps(whole)))
        body = json.dumps(whole | {"Description": filler})
        s3.put_object(Bucket="templates", Key="pack.yaml", Body=body.encode())
        given = {"ConformancePackName": "p", "TemplateS3Uri": "s3://templates/pack.yaml"}
        if fits:
            config.put_conformance_pack(**given)
            local_aws.settle()
            (status,) = config.describe_conformance_pack_status()["ConformancePackStatusDetails"]
            assert status["ConformancePackState"] == "CREATE_COMPLETE", status
        else:
            with pytest.raises(ClientError, match="307201 bytes; at most 307200"):
                config.put_conformance_pack(**given)
        with pytest.raises(ClientError, match="only one of TemplateBody and TemplateS3Uri"):
            config.put_conformance_pack(**given, TemplateBody=template)
