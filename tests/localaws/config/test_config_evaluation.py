"""AWS Config: evaluations and PutEvaluations."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from localaws.clock import Clock
from localaws.server import LocalAws
from tests.localaws.builders import (
    ACCOUNT,
    code_of,
    evaluate,
    put_function,
    put_rule,
    start_recorder,
)


class TestEvaluation:
    """From StartConfigRulesEvaluation to the stored verdicts."""

    def test_event_is_shaped_like_awss(self, local_aws: LocalAws, config: Any) -> None:
        """The function gets AWS Config's scheduled event, with strings where AWS has strings."""
        arn = put_function(
            local_aws,
            "import json\ndef handler(event, context): print('EVENT', json.dumps(event))",
        )
        put_rule(local_aws, "r", arn, Name="value")
        evaluate(local_aws, "r")
        lines = local_aws.client("logs").filter_log_events(logGroupName="/aws/lambda/f")["events"]
        (line,) = [each["message"] for each in lines if each["message"].startswith("EVENT ")]
        event = json.loads(line.removeprefix("EVENT "))
        rule = config.describe_config_rules()["ConfigRules"][0]
        invoking = json.loads(event.pop("invokingEvent"))
        assert len(event.pop("resultToken")) > 20
        assert event == {
            "version": "1.0",
            "ruleParameters": '{"Name": "value"}',
            "eventLeftScope": False,
            "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/rdk/config-role",
            "configRuleArn": rule["ConfigRuleArn"],
            "configRuleName": "r",
            "configRuleId": rule["ConfigRuleId"],
            "accountId": ACCOUNT,
            "evaluationMode": "DETECTIVE",
        }
        created = datetime.strptime(
            invoking.pop("notificationCreationTime"), "%Y-%m-%dT%H:%M:%S.%fZ"
        )
        assert created.year >= 2024
        assert invoking == {
            "awsAccountId": ACCOUNT,
            "messageType": "ScheduledNotification",
            "recordVersion": "1.0",
        }

    def test_rule_without_parameters(self, local_aws: LocalAws, config: Any) -> None:
        """ruleParameters is absent if the rule has no parameters."""
        arn = put_function(local_aws, "def handler(event, context): print(sorted(event))")
        put_rule(local_aws, "r", arn)
        evaluate(local_aws, "r")
        lines = local_aws.client("logs").filter_log_events(logGroupName="/aws/lambda/f")["events"]
        assert not any("ruleParameters" in each["message"] for each in lines)

    def test_verdict_is_stored(self, local_aws: LocalAws, config: Any, function: str) -> None:
        """GetComplianceDetailsByConfigRule shows the verdict of PutEvaluations."""
        put_rule(local_aws, "r", function, **{ACCOUNT: "NON_COMPLIANT"})
        evaluate(local_aws, "r")
        (response,) = config.get_compliance_details_by_config_rule(ConfigRuleName="r")[
            "EvaluationResults"
        ]
        qualifier = response["EvaluationResultIdentifier"]["EvaluationResultQualifier"]
        assert (qualifier["ConfigRuleName"], qualifier["ResourceId"]) == ("r", ACCOUNT)
        assert (response["ComplianceType"], response["Annotation"]) == (
            "NON_COMPLIANT",
            "because NON_COMPLIANT",
        )
        assert response["ConfigRuleInvokedTime"] <= response["ResultRecordedTime"]

    def test_new_verdict_replaces_the_old(
        self, local_aws: LocalAws, config: Any, function: str
    ) -> None:
        """A new verdict replaces that of the same resource; other resources keep theirs."""
        put_rule(local_aws, "r", function, a="NON_COMPLIANT", b="COMPLIANT")
        evaluate(local_aws, "r")
        put_rule(local_aws, "r", function, a="COMPLIANT")
        evaluate(local_aws, "r")
        response = config.get_compliance_details_by_config_rule(ConfigRuleName="r")
        assert [each["ComplianceType"] for each in response["EvaluationResults"]] == [
            "COMPLIANT",
            "COMPLIANT",
        ]
        config.delete_evaluation_results(ConfigRuleName="r")
        response = config.get_compliance_details_by_config_rule(ConfigRuleName="r")
        assert response["EvaluationResults"] == []

    def test_failing_function(self, local_aws: LocalAws, config: Any) -> None:
        """A failing function is invoked three times; the status has its error."""
        arn = put_function(local_aws, "def handler(event, context): raise ValueError('broken')")
        put_rule(local_aws, "r", arn)
        evaluate(local_aws, "r")
        (status,) = config.describe_config_rule_evaluation_status()["ConfigRulesEvaluationStatus"]
        assert (status["LastErrorCode"], status["LastErrorMessage"]) == ("ValueError", "broken")
        assert "LastFailedEvaluationTime" in status
        assert "LastSuccessfulEvaluationTime" not in status
        lines = local_aws.client("logs").filter_log_events(logGroupName="/aws/lambda/f")["events"]
        assert sum(each["message"].startswith("START") for each in lines) == 3

    def test_successful_status(self, local_aws: LocalAws, config: Any, function: str) -> None:
        """After a verdict the status has no error."""
        put_rule(local_aws, "r", function, a="COMPLIANT")
        before = config.describe_config_rule_evaluation_status()["ConfigRulesEvaluationStatus"][0]
        assert before["FirstEvaluationStarted"] is False
        evaluate(local_aws, "r")
        after = config.describe_config_rule_evaluation_status()["ConfigRulesEvaluationStatus"][0]
        assert after["FirstEvaluationStarted"] is True
        assert after["LastSuccessfulInvocationTime"] <= after["LastSuccessfulEvaluationTime"]
        assert "LastErrorCode" not in after

    def test_twice_at_once_is_refused(self, local_aws: LocalAws, config: Any) -> None:
        """A rule that is being evaluated cannot be started again."""
        arn = put_function(local_aws, "import time\ndef handler(event, context): time.sleep(2)")
        put_rule(local_aws, "r", arn)
        config.start_config_rules_evaluation(ConfigRuleNames=["r"])
        code = code_of(config.start_config_rules_evaluation, ConfigRuleNames=["r"])
        assert code == "LimitExceededException"

    def test_once_a_minute(self, local_aws: LocalAws, config: Any, function: str) -> None:
        """A rule can be started once a minute; another rule can be started at once."""
        local_aws.behaviour.limits_evaluations = True
        put_rule(local_aws, "r", function, **{ACCOUNT: "COMPLIANT"})
        put_rule(local_aws, "other", function, **{ACCOUNT: "COMPLIANT"})
        evaluate(local_aws, "r")
        evaluate(local_aws, "other")
        code = code_of(config.start_config_rules_evaluation, ConfigRuleNames=["r"])
        assert code == "LimitExceededException"
        Clock.advance(60)
        evaluate(local_aws, "r")

    def test_new_rule_is_evaluated(self, local_aws: LocalAws, config: Any, function: str) -> None:
        """AWS Config evaluates a rule when it is created or changed."""
        local_aws.behaviour.evaluates_new_rules = True
        for verdict in ("COMPLIANT", "NON_COMPLIANT"):
            put_rule(local_aws, "r", function, **{ACCOUNT: verdict})
            local_aws.settle()
            (response,) = config.describe_compliance_by_config_rule()["ComplianceByConfigRules"]
            assert response["Compliance"]["ComplianceType"] == verdict

    def test_central_function(self, local_aws: LocalAws) -> None:
        """A function assumes a role in another account and reports for a rule there."""
        member = "999988887777"
        arn = put_function(
            local_aws,
            """
            import json, boto3
            def handler(event, context):
                role = f"arn:aws:iam::{event['accountId']}:role/reporter"
                keys = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="rule")
                keys = keys["Credentials"]
                boto3.client(
                    "config",
                    aws_access_key_id=keys["AccessKeyId"],
                    aws_secret_access_key=keys["SecretAccessKey"],
                    aws_session_token=keys["SessionToken"],
                ).put_evaluations(
                    ResultToken=event["resultToken"],
                    Evaluations=[{
                        "ComplianceResourceType": "AWS::::Account",
                        "ComplianceResourceId": event["accountId"],
                        "ComplianceType": "COMPLIANT",
                        "OrderingTimestamp": "2026-01-01T00:00:00Z",
                    }],
                )
            """,
        )
        start_recorder(local_aws, account=member)
        put_rule(local_aws, "r", arn, account=member)
        evaluate(local_aws, "r", account=member)
        response = local_aws.client(
            "config", "us-east-1", member
        ).describe_compliance_by_config_rule()
        assert response["ComplianceByConfigRules"][0]["Compliance"]["ComplianceType"] == "COMPLIANT"
        assert "config:PutEvaluations" in local_aws.calls.actions(
            principal="role/reporter", account=member
        )


class TestPutEvaluations:
    """The checks of PutEvaluations."""

    def evaluation(self, **changes: Any) -> Any:
        """Return a valid evaluation with changes."""
        return {
            "ComplianceResourceType": "AWS::::Account",
            "ComplianceResourceId": ACCOUNT,
            "ComplianceType": "COMPLIANT",
            "OrderingTimestamp": datetime(2026, 1, 1, tzinfo=UTC),
        } | changes

    @pytest.mark.parametrize(
        ("changes", "count", "code"),
        [
            ({}, 1, "InvalidResultTokenException"),
            ({}, 101, "ValidationException"),
            ({"ComplianceType": "INSUFFICIENT_DATA"}, 1, "InvalidParameterValueException"),
            ({"Annotation": "x" * 257}, 1, "ValidationException"),
        ],
    )
    def test_refused(self, config: Any, changes: dict[str, Any], count: int, code: str) -> None:
        """A wrong token, too many evaluations, a wrong type or a long annotation is refused."""
        evaluations = [self.evaluation(**changes)] * count
        assert (
            code_of(config.put_evaluations, Evaluations=evaluations, ResultToken="foreign") == code
        )

    def test_test_mode_stores_nothing(self, config: Any) -> None:
        """TestMode accepts any token."""
        answer = config.put_evaluations(
            Evaluations=[self.evaluation(Annotation="x" * 256)], ResultToken="any", TestMode=True
        )
        assert answer["FailedEvaluations"] == []
