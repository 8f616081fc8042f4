"""AWS Config: evaluation, compliance, status, remediation, conformance packs."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from tests.localaws.builders import (
    ACCOUNT,
    ROLE,
    VERDICTS,
    put_function,
    put_rule,
    start_recorder,
    trust,
)

KEY = {"resourceType": "AWS::::Account", "resourceId": ACCOUNT}


@pytest.fixture
def config(local_aws):
    """AWS Config with its recorder."""
    start_recorder(local_aws)
    return local_aws.client("config")


@pytest.fixture
def function(local_aws):
    """The function that reports what its rule's parameters say."""
    return put_function(local_aws, VERDICTS)


def evaluate(local_aws, *names: str, region: str = "us-east-1", account: str = ACCOUNT) -> None:
    """Start the rules and wait for the end."""
    config = local_aws.client("config", region, account)
    config.start_config_rules_evaluation(ConfigRuleNames=list(names))
    local_aws.settle()


def code_of(call, **arguments) -> str:
    """The error code that a call ends with."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


class TestEvaluation:
    """From StartConfigRulesEvaluation to the stored verdicts."""

    def test_event_is_shaped_like_awss(self, local_aws, config):
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

    def test_rule_without_parameters(self, local_aws, config):
        """ruleParameters is absent where the rule has none."""
        arn = put_function(local_aws, "def handler(event, context): print(sorted(event))")
        put_rule(local_aws, "r", arn)
        evaluate(local_aws, "r")
        lines = local_aws.client("logs").filter_log_events(logGroupName="/aws/lambda/f")["events"]
        assert not any("ruleParameters" in each["message"] for each in lines)

    def test_verdict_is_stored(self, local_aws, config, function):
        """What PutEvaluations brought is what GetComplianceDetailsByConfigRule shows."""
        put_rule(local_aws, "r", function, **{ACCOUNT: "NON_COMPLIANT"})
        evaluate(local_aws, "r")
        (found,) = config.get_compliance_details_by_config_rule(ConfigRuleName="r")[
            "EvaluationResults"
        ]
        qualifier = found["EvaluationResultIdentifier"]["EvaluationResultQualifier"]
        assert (qualifier["ConfigRuleName"], qualifier["ResourceId"]) == ("r", ACCOUNT)
        assert (found["ComplianceType"], found["Annotation"]) == (
            "NON_COMPLIANT",
            "because NON_COMPLIANT",
        )
        assert found["ConfigRuleInvokedTime"] <= found["ResultRecordedTime"]

    def test_new_verdict_replaces_the_old(self, local_aws, config, function):
        """One verdict stands for each resource; another resource's stays."""
        put_rule(local_aws, "r", function, a="NON_COMPLIANT", b="COMPLIANT")
        evaluate(local_aws, "r")
        put_rule(local_aws, "r", function, a="COMPLIANT")
        evaluate(local_aws, "r")
        found = config.get_compliance_details_by_config_rule(ConfigRuleName="r")
        assert [each["ComplianceType"] for each in found["EvaluationResults"]] == [
            "COMPLIANT",
            "COMPLIANT",
        ]
        config.delete_evaluation_results(ConfigRuleName="r")
        found = config.get_compliance_details_by_config_rule(ConfigRuleName="r")
        assert found["EvaluationResults"] == []

    def test_failing_function(self, local_aws, config):
        """A function that raises is tried thrice; the status tells its error, no verdict comes."""
        arn = put_function(local_aws, "def handler(event, context): raise ValueError('broken')")
        put_rule(local_aws, "r", arn)
        evaluate(local_aws, "r")
        (status,) = config.describe_config_rule_evaluation_status()["ConfigRulesEvaluationStatus"]
        assert (status["LastErrorCode"], status["LastErrorMessage"]) == ("ValueError", "broken")
        assert "LastFailedEvaluationTime" in status
        assert "LastSuccessfulEvaluationTime" not in status
        lines = local_aws.client("logs").filter_log_events(logGroupName="/aws/lambda/f")["events"]
        assert sum(each["message"].startswith("START") for each in lines) == 3

    def test_successful_status(self, local_aws, config, function):
        """After a verdict the status has no error."""
        put_rule(local_aws, "r", function, a="COMPLIANT")
        before = config.describe_config_rule_evaluation_status()["ConfigRulesEvaluationStatus"][0]
        assert before["FirstEvaluationStarted"] is False
        evaluate(local_aws, "r")
        after = config.describe_config_rule_evaluation_status()["ConfigRulesEvaluationStatus"][0]
        assert after["FirstEvaluationStarted"] is True
        assert after["LastSuccessfulInvocationTime"] <= after["LastSuccessfulEvaluationTime"]
        assert "LastErrorCode" not in after

    def test_twice_at_once_is_refused(self, local_aws, config):
        """A rule that is being evaluated is in use."""
        arn = put_function(local_aws, "import time\ndef handler(event, context): time.sleep(2)")
        put_rule(local_aws, "r", arn)
        config.start_config_rules_evaluation(ConfigRuleNames=["r"])
        code = code_of(config.start_config_rules_evaluation, ConfigRuleNames=["r"])
        assert code == "ResourceInUseException"

    def test_central_function(self, local_aws):
        """A function in one account reports for a rule in another, as the role it assumes there."""
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
        found = local_aws.client("config", "us-east-1", member).describe_compliance_by_config_rule()
        assert found["ComplianceByConfigRules"][0]["Compliance"]["ComplianceType"] == "COMPLIANT"
        assert "config:PutEvaluations" in local_aws.calls.actions(
            principal="role/reporter", account=member
        )


class TestPutEvaluations:
    """What PutEvaluations refuses."""

    def evaluation(self, **changes):
        """A good evaluation with changes."""
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
    def test_refused(self, config, changes, count, code):
        """A foreign token, too many evaluations, a wrong type, a long annotation."""
        evaluations = [self.evaluation(**changes)] * count
        assert (
            code_of(config.put_evaluations, Evaluations=evaluations, ResultToken="foreign") == code
        )

    def test_test_mode_stores_nothing(self, config):
        """TestMode takes any token."""
        answer = config.put_evaluations(
            Evaluations=[self.evaluation(Annotation="x" * 256)], ResultToken="any", TestMode=True
        )
        assert answer["FailedEvaluations"] == []


class TestCompliance:
    """What the verdicts add up to."""

    @pytest.fixture(autouse=True)
    def verdicts(self, local_aws, config, function):
        """Four rules with verdicts on three resources."""
        put_rule(local_aws, "bad", function, a="NON_COMPLIANT", b="COMPLIANT")
        put_rule(local_aws, "good", function, a="COMPLIANT", b="NOT_APPLICABLE")
        put_rule(local_aws, "none", function, c="NOT_APPLICABLE")
        put_rule(local_aws, "new", function)
        evaluate(local_aws, "bad", "good", "none")

    def test_by_rule(self, config):
        """One NON_COMPLIANT outweighs; nothing applicable is INSUFFICIENT_DATA."""
        found = config.describe_compliance_by_config_rule()["ComplianceByConfigRules"]
        assert {each["ConfigRuleName"]: each["Compliance"]["ComplianceType"] for each in found} == {
            "bad": "NON_COMPLIANT",
            "good": "COMPLIANT",
            "none": "INSUFFICIENT_DATA",
            "new": "INSUFFICIENT_DATA",
        }
        filtered = config.describe_compliance_by_config_rule(ComplianceTypes=["COMPLIANT"])
        assert [each["ConfigRuleName"] for each in filtered["ComplianceByConfigRules"]] == ["good"]

    def test_by_resource(self, config):
        """A resource is as its worst verdict."""
        found = config.describe_compliance_by_resource()["ComplianceByResources"]
        assert {each["ResourceId"]: each["Compliance"]["ComplianceType"] for each in found} == {
            "a": "NON_COMPLIANT",
            "b": "COMPLIANT",
            "c": "INSUFFICIENT_DATA",
        }

    def test_details_by_resource(self, config):
        """Every rule's verdict on one resource."""
        found = config.get_compliance_details_by_resource(
            ResourceType="AWS::::Account", ResourceId="a"
        )["EvaluationResults"]
        assert [each["ComplianceType"] for each in found] == ["NON_COMPLIANT", "COMPLIANT"]

    def test_details_are_filtered_and_paged(self, config):
        """ComplianceTypes and Limit."""
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

    def test_summary(self, config):
        """The number of rules by compliance."""
        summary = config.get_compliance_summary_by_config_rule()["ComplianceSummary"]
        assert summary["CompliantResourceCount"]["CappedCount"] == 1
        assert summary["NonCompliantResourceCount"]["CappedCount"] == 1

    def test_unknown_rule(self, config):
        """A rule that does not exist."""
        code = code_of(config.get_compliance_details_by_config_rule, ConfigRuleName="gone")
        assert code == "NoSuchConfigRuleException"

    def test_deleted_rule_is_forgotten(self, local_aws, config, function):
        """A rule made anew under an old name has no verdicts."""
        config.delete_config_rule(ConfigRuleName="bad")
        put_rule(local_aws, "bad", function)
        found = config.get_compliance_details_by_config_rule(ConfigRuleName="bad")
        assert found["EvaluationResults"] == []


class TestPutConfigRule:
    """What PutConfigRule checks."""

    def test_recorder_is_needed(self, local_aws, function):
        """No recorder, no rule."""
        with pytest.raises(ClientError, match="NoAvailableConfigurationRecorder"):
            put_rule(local_aws, "r", function)

    def test_permission_is_needed(self, local_aws, config, function):
        """AWS Config must be allowed to invoke the function."""
        local_aws.client("lambda").remove_permission(FunctionName="f", StatementId="config")
        with pytest.raises(ClientError, match="InsufficientPermissionsException"):
            put_rule(local_aws, "r", function)

    def test_function_must_exist(self, local_aws, config):
        """A rule on nothing is refused."""
        with pytest.raises(ClientError, match="cannot be invoked"):
            put_rule(local_aws, "r", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:none")

    def test_input_parameters_are_limited(self, local_aws, config, function):
        """At most 1,024 characters."""
        with pytest.raises(ClientError, match="at most 1024"):
            put_rule(local_aws, "r", function, Long="x" * 1024)


def document(code: str) -> str:
    """An Automation document with one script."""
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


def remediation(**changes):
    """A good manual remediation of the rule ``r`` with changes."""
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


class TestRemediation:
    """Manual and automatic remediation of a rule's resource."""

    @pytest.fixture
    def rule(self, local_aws, config, function):
        """A rule that is NON_COMPLIANT, and a document that names a topic after the account."""
        put_rule(local_aws, "r", function, **{ACCOUNT: "NON_COMPLIANT"})
        local_aws.client("ssm").create_document(
            Name="heal",
            DocumentType="Automation",
            Content=document("boto3.client('sns').create_topic(Name='t' + events['account'])"),
        )

    def executions(self, config) -> list[tuple[str, str]]:
        """(State, state of the first step) of every execution."""
        found = config.describe_remediation_execution_status(ConfigRuleName="r")
        return [
            (each["State"], each["StepDetails"][0]["State"])
            for each in found["RemediationExecutionStatuses"]
        ]

    def test_manual(self, local_aws, config, rule):
        """StartRemediationExecution runs the document with RESOURCE_ID and static values."""
        config.put_remediation_configurations(RemediationConfigurations=[remediation()])
        evaluate(local_aws, "r")
        assert self.executions(config) == []
        config.start_remediation_execution(ConfigRuleName="r", ResourceKeys=[KEY])
        local_aws.settle()
        assert self.executions(config) == [("SUCCEEDED", "SUCCEEDED")]
        topics = local_aws.client("sns").list_topics()["Topics"]
        assert [each["TopicArn"].rsplit(":", 1)[-1] for each in topics] == [f"t{ACCOUNT}"]

    def test_failure_shows_in_the_step(self, local_aws, config, rule):
        """A failing document is FAILED, with the step's message."""
        local_aws.client("ssm").update_document(
            Name="heal", Content=document("raise ValueError('no way')"), DocumentVersion="$LATEST"
        )
        changes = {"TargetVersion": "2"}
        config.put_remediation_configurations(RemediationConfigurations=[remediation(**changes)])
        evaluate(local_aws, "r")
        config.start_remediation_execution(ConfigRuleName="r", ResourceKeys=[KEY])
        local_aws.settle()
        found = config.describe_remediation_execution_status(ConfigRuleName="r")
        (step,) = found["RemediationExecutionStatuses"][0]["StepDetails"]
        assert step["State"] == "FAILED"
        assert "ValueError - no way" in step["ErrorMessage"]

    def test_document_that_is_not_there(self, local_aws, config, rule):
        """A remediation without its document fails, and says so."""
        given = remediation(TargetId="gone")
        config.put_remediation_configurations(RemediationConfigurations=[given])
        evaluate(local_aws, "r")
        config.start_remediation_execution(ConfigRuleName="r", ResourceKeys=[KEY])
        found = config.describe_remediation_execution_status(ConfigRuleName="r")
        (status,) = found["RemediationExecutionStatuses"]
        assert status["State"] == "FAILED"
        assert "gone" in status["StepDetails"][0]["ErrorMessage"]

    def test_automatic_keeps_to_its_attempts(self, local_aws, config, rule):
        """After its attempts a resource gets a remediation exception and is left alone."""
        automatic = remediation(Automatic=True, MaximumAutomaticAttempts=2, RetryAttemptSeconds=600)
        config.put_remediation_configurations(RemediationConfigurations=[automatic])
        for _ in range(4):
            evaluate(local_aws, "r")
        ssm = local_aws.client("ssm")
        runs = ssm.describe_automation_executions()["AutomationExecutionMetadataList"]
        assert [each["AutomationExecutionStatus"] for each in runs] == ["Success", "Success"]
        exceptions = config.describe_remediation_exceptions(ConfigRuleName="r")
        assert len(exceptions["RemediationExceptions"]) == 1

    def test_automatic_leaves_compliant_alone(self, local_aws, config, rule, function):
        """Nothing runs for a resource that is COMPLIANT."""
        put_rule(local_aws, "r", function, **{ACCOUNT: "COMPLIANT"})
        automatic = remediation(Automatic=True, MaximumAutomaticAttempts=2, RetryAttemptSeconds=600)
        config.put_remediation_configurations(RemediationConfigurations=[automatic])
        evaluate(local_aws, "r")
        assert self.executions(config) == []

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
    def test_refused_configurations(self, config, rule, changes, message):
        """What PutRemediationConfigurations refuses."""
        with pytest.raises(ClientError, match="InvalidParameterValueException") as caught:
            config.put_remediation_configurations(
                RemediationConfigurations=[remediation(**changes)]
            )
        assert message in str(caught.value)

    def test_rule_with_a_remediation_cannot_be_deleted(self, config, rule):
        """First the remediation, then the rule."""
        config.put_remediation_configurations(RemediationConfigurations=[remediation()])
        code = code_of(config.delete_config_rule, ConfigRuleName="r")
        assert code == "ResourceInUseException"
        config.delete_remediation_configuration(ConfigRuleName="r")
        config.delete_config_rule(ConfigRuleName="r")
        assert config.describe_config_rules()["ConfigRules"] == []


def pack_template(function: str, verdict: str = "NON_COMPLIANT", **resources) -> str:
    """A conformance pack with one rule and its remediation."""
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


class TestConformancePack:
    """Packs: their rules, their compliance, their limits."""

    def put(self, local_aws, config, body: str, **more) -> dict:
        """Put a pack named ``p``, wait, and return its status."""
        config.put_conformance_pack(ConformancePackName="p", TemplateBody=body, **more)
        local_aws.settle()
        return config.describe_conformance_pack_status()["ConformancePackStatusDetails"][0]

    def test_from_put_to_verdict(self, local_aws, config, function):
        """The rule's name gets the pack's suffix, its verdict counts for the pack."""
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
        found = config.describe_remediation_configurations(ConfigRuleNames=[name])
        assert found["RemediationConfigurations"][0]["TargetId"] == "heal"

    def test_update_and_delete(self, local_aws, config, function):
        """A pack put again changes its rule under the same name; deleted, it leaves nothing."""
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

    def test_remediation_only_in_the_template(self, local_aws, config, function):
        """PutRemediationConfigurations does not work on a pack's rules."""
        self.put(local_aws, config, pack_template(function))
        name = config.describe_config_rules()["ConfigRules"][0]["ConfigRuleName"]
        code = code_of(
            config.put_remediation_configurations,
            RemediationConfigurations=[remediation(ConfigRuleName=name)],
        )
        assert code == "InsufficientPermissionsException"

    def test_failure_has_its_reason(self, local_aws, config):
        """A pack whose function is not there fails, with the reason."""
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
    def test_refused_templates(self, config, body, code, message):
        """Other resource types, no template, too long a body."""
        with pytest.raises(ClientError) as caught:
            config.put_conformance_pack(ConformancePackName="p", TemplateBody=body)
        error = caught.value.response["Error"]
        assert error["Code"] == code
        assert message in error["Message"]


def test_role_that_does_not_trust_ssm(local_aws, config, function):
    """A remediation whose role SSM cannot assume fails with that reason."""
    local_aws.client("iam").create_role(RoleName="other", AssumeRolePolicyDocument=trust("lambda"))
    local_aws.client("ssm").create_document(
        Name="heal", DocumentType="Automation", Content=document("pass")
    )
    put_rule(local_aws, "r", function, **{ACCOUNT: "NON_COMPLIANT"})
    given = remediation()
    other = f"arn:aws:iam::{ACCOUNT}:role/other"
    given["Parameters"]["AutomationAssumeRole"] = {"StaticValue": {"Values": [other]}}
    config.put_remediation_configurations(RemediationConfigurations=[given])
    evaluate(local_aws, "r")
    config.start_remediation_execution(ConfigRuleName="r", ResourceKeys=[KEY])
    found = config.describe_remediation_execution_status(ConfigRuleName="r")
    (status,) = found["RemediationExecutionStatuses"]
    assert "does not trust ssm.amazonaws.com" in status["StepDetails"][0]["ErrorMessage"]
