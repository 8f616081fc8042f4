"""The handler, from AWS Config's event to PutEvaluations."""

import json
from typing import Any

import pytest

from alarmchain.config_rule.config_event import EventError
from alarmchain.snapshot.reads import ReadKind
from alarmchain.testing.account import ACCOUNT, REGION
from tests.rule.fake_lambda import UNKNOWN, Aws, event, run


def test_a_complete_chain_is_compliant_in_twelve_calls(aws: Aws) -> None:
    """PutEvaluations is one of them; there is no STS call and no read of older evaluations."""
    returned = run(event())
    assert aws.verdict()[0] == "COMPLIANT"
    assert returned == aws.reported
    assert sorted(aws.operations) == sorted(
        [
            "DescribeTrails",
            "GetTrailStatus",
            "GetEventSelectors",
            "DescribeLogGroups",
            "DescribeMetricFilters",
            "DescribeMetricFilters",
            "DescribeAlarmsForMetric",
            "ListAlarmMuteRules",
            "GetTopicAttributes",
            "ListSubscriptionsByTopic",
            "GetSubscriptionAttributes",
            "PutEvaluations",
        ]
    )


MAYBE = "parameter 'FailedCalls' is 'maybe'; allowed: ignored, required"


@pytest.mark.parametrize(
    ("text", "compliance", "annotation"),
    [
        ('{"FailedCalls": "maybe"}', "NON_COMPLIANT", UNKNOWN + MAYBE),
        (
            '{"FailedCalls": "maybe", "UnprovableVerdict": "NOT_APPLICABLE"}',
            "NOT_APPLICABLE",
            UNKNOWN + MAYBE,
        ),
        (
            '{"UnprovableVerdict": "COMPLIANT"}',
            "NON_COMPLIANT",
            UNKNOWN + "parameter 'UnprovableVerdict' is 'COMPLIANT'; allowed: NON_COMPLIANT,"
            " NOT_APPLICABLE",
        ),
        ('{"Failedcalls": "required"}', "NON_COMPLIANT", UNKNOWN + "parameter 'Failedcalls' is"),
        ('{"CallList": 1}', "NON_COMPLIANT", UNKNOWN + "parameter 'CallList' is 1; expected a"),
        ('{"CallList": "cis"', "NON_COMPLIANT", UNKNOWN + "ruleParameters cannot be read as JSON"),
        ("[]", "NON_COMPLIANT", UNKNOWN + "ruleParameters is '[]'; expected a JSON object"),
        ('["cis"]', "NON_COMPLIANT", UNKNOWN + "ruleParameters is '[\"cis\"]'; expected a JSON"),
        ('{"AlarmName": "a\\u0007\\n' + "b" * 300 + '"}', "NON_COMPLIANT", UNKNOWN + "parameter"),
        (
            '{"ExemptRecords": "{ $.userAgent = x }"}',
            "NON_COMPLIANT",
            UNKNOWN + "parameter 'ExemptRecords': it may not name $.userAgent: the caller chooses",
        ),
        (
            '{"ExemptRecords": "{ $.userIdentity.type = * }"}',
            "NON_COMPLIANT",
            UNKNOWN + "parameter 'ExemptRecords' exempts every record of",
        ),
        ('{"AssumeRoleMode": "False"}', "NON_COMPLIANT", UNKNOWN + "parameter 'AssumeRoleMode'"),
    ],
)
def test_wrong_parameters_are_reported(
    aws: Aws, text: str, compliance: str, annotation: str
) -> None:
    """UnprovableVerdict applies if it can be read; no other call is made."""
    run(event(ruleParameters=text))
    verdict = aws.verdict()
    assert verdict[0] == compliance
    assert verdict[1].startswith(annotation)
    assert aws.operations == ["PutEvaluations"]


@pytest.mark.parametrize("text", [None, "", " ", "{}", "null", '{"CallList": ""}'])
def test_no_parameters(aws: Aws, text: str | None) -> None:
    """Absent and empty parameters have their defaults."""
    run(event(ruleParameters=text))
    assert aws.verdict()[0] == "COMPLIANT"


@pytest.mark.parametrize(
    "trigger",
    [
        {"messageType": "ScheduledNotification"},
        {"messageType": "ConfigurationItemChangeNotification", "configurationItem": {}},
        {
            "messageType": "ConfigurationItemChangeNotification",
            "configurationItemDiff": {"changeType": "DELETE"},
            "configurationItem": {
                "resourceType": "AWS::CloudWatch::Alarm",
                "resourceId": "old-alarm",
                "configurationItemStatus": "ResourceDeleted",
                "configuration": None,
            },
        },
        {
            "messageType": "OversizedConfigurationItemChangeNotification",
            "configurationItemSummary": {"resourceType": "AWS::SNS::Topic"},
        },
        {"messageType": "SomethingNew"},
    ],
)
def test_every_trigger(aws: Aws, trigger: dict[str, Any]) -> None:
    """For every kind of trigger, the account is assessed and no changed item is read."""
    invoking = {"notificationCreationTime": "2026-01-01T00:00:00.000Z", **trigger}
    run(event(invokingEvent=json.dumps(invoking), eventLeftScope=True))
    assert aws.verdict()[0] == "COMPLIANT"
    assert "GetResourceConfigHistory" not in aws.operations


@pytest.mark.parametrize(
    ("changes", "lacks"),
    [
        ({"resultToken": None}, "resultToken"),
        ({"invokingEvent": None}, "notificationCreationTime"),
        ({"invokingEvent": "{"}, "notificationCreationTime"),
        ({"invokingEvent": "[]"}, "notificationCreationTime"),
    ],
)
def test_an_event_that_cannot_be_answered(aws: Aws, changes: dict[str, Any], lacks: str) -> None:
    """An event without what a report needs is an error that names the missing member."""
    with pytest.raises(EventError, match=lacks):
        run(event(**changes))
    assert aws.calls == []


def test_the_region_is_the_rules_own(aws: Aws) -> None:
    """The region comes from the rule's ARN, not from the Lambda function or a parameter.

    What is in the trail's home region is read there.
    """
    arn = f"arn:aws:config:ap-south-1:{ACCOUNT}:config-rule/config-rule-abcdef"
    run(event({"ExecutionRoleRegion": "sa-east-1"}, configRuleArn=arn))
    assert aws.verdict()[0] == "COMPLIANT"
    regions = {operation: region for _, region, operation in aws.calls}
    assert regions["DescribeTrails"] == regions["PutEvaluations"] == "ap-south-1"
    assert regions["GetTrailStatus"] == regions["DescribeAlarmsForMetric"] == REGION


UNREAD = {
    ReadKind.METRIC_ALARMS,
    ReadKind.ALL_ALARMS,
    ReadKind.OAM_LINKS,
    ReadKind.ORGANIZATION,
    ReadKind.KEY,
    ReadKind.KEY_POLICY,
    ReadKind.ASSUME_ROLE,
}
"""The reads that a complete chain with an alarm and without an encrypted topic does not need."""


@pytest.mark.parametrize("action", [kind.value for kind in ReadKind if kind not in UNREAD])
def test_a_denied_read_is_named(aws: Aws, action: str) -> None:
    """After a denied read, the verdict is unknown and the annotation names the action to grant."""
    aws.account["denied"] = [action]
    run(event({"UnprovableVerdict": "NOT_APPLICABLE"}))
    compliance, annotation = aws.verdict()
    assert compliance == "NOT_APPLICABLE"
    assert annotation.startswith(UNKNOWN)
    assert action in annotation


def test_links_to_monitoring_accounts_are_read_if_there_is_no_alarm(aws: Aws) -> None:
    """If that is denied, the verdict is unknown and the annotation names the action to grant."""
    aws.account["denied"] = ["oam:ListLinks"]
    run(event())
    assert "ListLinks" not in aws.operations
    aws.reported.clear()
    aws.account["metric_alarms"] = []
    run(event({"UnprovableVerdict": "NOT_APPLICABLE"}))
    compliance, annotation = aws.verdict()
    assert compliance == "NOT_APPLICABLE"
    assert annotation.startswith(UNKNOWN)
    assert "no alarm" in annotation
    assert "oam:ListLinks" in annotation
    assert aws.operations.count("ListLinks") == 1


@pytest.mark.parametrize("code", ["InvalidAction", "UnknownOperationException"])
def test_an_operation_that_the_partition_lacks(aws: Aws, code: str) -> None:
    """A partition without mute rules leaves one link unknown; the annotation says why."""
    aws.fail("ListAlarmMuteRules", code)
    run(event())
    compliance, annotation = aws.verdict()
    assert compliance == "NON_COMPLIANT"
    assert annotation.startswith(UNKNOWN)
    assert "not available: cloudwatch:ListAlarmMuteRules" in annotation
    assert f"in {REGION} ({code})" in annotation


def test_the_alarms_of_a_metric_can_be_read_in_two_ways(aws: Aws) -> None:
    """A list of all alarms contains those of one metric; only both denials leave it unknown."""
    aws.account["denied"] = ["cloudwatch:DescribeAlarmsForMetric"]
    run(event())
    assert aws.verdict()[0] == "COMPLIANT"
    aws.reported.clear()
    aws.account["denied"].append("cloudwatch:DescribeAlarms")
    run(event())
    assert aws.verdict()[1].startswith(UNKNOWN)
    assert "cloudwatch:DescribeAlarms" in aws.verdict()[1]
