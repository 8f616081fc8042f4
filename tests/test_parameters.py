"""Every parameter changes the verdict it should, and no other."""

import pytest

from alarmchain.parameters import CHOICES, FORMS, ParameterError, Parameters
from alarmchain.records.record_class import RecordClass
from tests.builders import (
    ACCOUNT,
    CALLS,
    CONTROLS,
    OTHER_ACCOUNT,
    REGION,
    RULE,
    account,
    advanced,
    alarm,
    composite,
    judged,
    metric_filter,
    names,
    policy,
    statement,
    topic,
    topic_arn,
    trail,
)

SOURCE = "cloudtrail.amazonaws.com"
EXTENDED = [call.event_name for call in CONTROLS[RULE].calls["extended"]]
SUCCESSES = metric_filter(
    "{ ($.errorCode NOT EXISTS) && ($.eventSource = cloudtrail.amazonaws.com) }"
)
SIGN_IN = {"AdditionalCalls": "signin.amazonaws.com:ConsoleLogin"}
API_CALL = "AwsApiCall"
SIGN_IN_CALLS = metric_filter(
    f"{{ ($.eventSource = signin.amazonaws.com) && ($.eventType = {API_CALL}) }}", name="G"
)
ORG = trail("org", account=OTHER_ACCOUNT, IsOrganizationTrail=True)
ORGANIZATION = "o-exampleorgid"
BY_ORGANIZATION = account(
    topics=[
        topic(
            Policy=policy(
                statement(
                    topic_arn(), Condition={"StringEquals": {"aws:SourceOrgID": ORGANIZATION}}
                )
            )
        )
    ]
)
UNPROVABLE = account(metric_filters=[metric_filter(applyOnTransformedLogs=True)])
WHOLE = account()
QUIET = alarm(AlarmActions=[])
TABLE = [
    # document, parameters, outcome without them, outcome with them
    (WHOLE, {"CallList": "extended"}, "covered", "not_covered"),
    (
        account(metric_filters=[metric_filter(names(*CALLS, *EXTENDED))]),
        {"CallList": "extended"},
        "covered",
        "covered",
    ),
    (WHOLE, {"CallList": "cis"}, "covered", "covered"),
    (WHOLE, {"AdditionalCalls": f"{SOURCE}:PutEventSelectors"}, "covered", "not_covered"),
    (WHOLE, {"AdditionalCalls": f"{SOURCE}:StopLogging"}, "covered", "covered"),
    (
        account(metric_filters=[metric_filter(names(*CALLS, "RunInstances"))]),
        {"AdditionalCalls": "ec2.amazonaws.com:RunInstances"},
        "covered",
        "covered",
    ),
    (
        account(
            trails=[trail(EventSelectors=[{"ReadWriteType": "WriteOnly"}])],
            metric_filters=[metric_filter(names(*CALLS, "RunInstances"))],
        ),
        {"AdditionalCalls": "ec2.amazonaws.com:RunInstances"},
        "covered",
        "unknown",
    ),
    (
        account(
            trails=[trail(IncludeGlobalServiceEvents=False)],
            metric_filters=[metric_filter(names(*CALLS, "CreateUser"))],
        ),
        {"AdditionalCalls": "iam.amazonaws.com:CreateUser"},
        "covered",
        "unknown",
    ),
    (
        account(metric_filters=[metric_filter(names(*CALLS, "ConsoleLogin"))]),
        SIGN_IN,
        "covered",
        "covered",
    ),
    (
        account(metric_filters=[metric_filter(), SIGN_IN_CALLS]),
        SIGN_IN,
        "covered",
        "not_covered",
    ),
    (
        account(
            trails=[
                trail(
                    EventSelectors=None,
                    AdvancedEventSelectors=advanced({"Field": "eventType", "Equals": [API_CALL]}),
                )
            ],
            metric_filters=[metric_filter(names(*CALLS, "ConsoleLogin"))],
        ),
        SIGN_IN,
        "covered",
        "unknown",
    ),
    (account(metric_filters=[SUCCESSES]), {"FailedCalls": "required"}, "covered", "not_covered"),
    (WHOLE, {"FailedCalls": "required"}, "covered", "covered"),
    (account(metric_filters=[SUCCESSES]), {"FailedCalls": "ignored"}, "covered", "covered"),
    (WHOLE, {"AlarmName": "A"}, "covered", "covered"),
    (WHOLE, {"AlarmName": "B"}, "covered", "not_covered"),
    (
        account(metric_alarms=[alarm(), alarm("B", Threshold=5.0)]),
        {"AlarmName": "B"},
        "covered",
        "not_covered",
    ),
    (
        account(metric_alarms=[QUIET], composite_alarms=[composite()]),
        {"AlarmName": "C"},
        "covered",
        "covered",
    ),
    (
        account(metric_alarms=[QUIET], composite_alarms=[composite()]),
        {"AlarmName": "A"},
        "covered",
        "covered",
    ),
    (
        account(
            metric_alarms=[QUIET, alarm("B", AlarmActions=[], Threshold=5.0)],
            composite_alarms=[composite("ALARM(A) OR ALARM(B)")],
        ),
        {"AlarmName": "B"},
        "covered",
        "not_covered",
    ),
    (
        account(
            metric_alarms=[QUIET],
            composite_alarms=[composite(AlarmActions=[]), composite("ALARM(C)", "D")],
        ),
        {"AlarmName": "A"},
        "covered",
        "covered",
    ),
    (WHOLE, {"MetricName": "M"}, "covered", "covered"),
    (WHOLE, {"MetricName": "N"}, "covered", "not_covered"),
    (WHOLE, {"MetricNamespace": "CloudTrailMetrics"}, "covered", "covered"),
    (WHOLE, {"MetricNamespace": "LogMetrics"}, "covered", "not_covered"),
    (
        account(
            metric_filters=[metric_filter(), metric_filter(name="G", metric="N")],
            metric_alarms=[alarm()],
        ),
        {"MetricName": "N"},
        "covered",
        "not_covered",
    ),
    (WHOLE, {"RequireMultiRegionTrail": "true"}, "covered", "covered"),
    (
        account(trails=[trail(IsMultiRegionTrail=False)]),
        {"RequireMultiRegionTrail": "true"},
        "covered",
        "not_covered",
    ),
    (
        account(trails=[trail(IsMultiRegionTrail=False)]),
        {"RequireMultiRegionTrail": "false"},
        "covered",
        "covered",
    ),
    (BY_ORGANIZATION, {"OrganizationId": ORGANIZATION}, "unknown", "covered"),
    (BY_ORGANIZATION, {"OrganizationId": "o-anotherorg00"}, "unknown", "not_covered"),
    (
        WHOLE,
        {"OrganizationTrailRoleArn": f"arn:aws:iam::{OTHER_ACCOUNT}:role/r"},
        "covered",
        "covered",
    ),
    (
        account(trails=[ORG]),
        {"OrganizationTrailRoleArn": "arn:aws:iam::111122223333:role/r"},
        "unknown",
        "unknown",
    ),
    (
        WHOLE,
        {"AssumeRoleMode": "true", "ExecutionRoleName": "r", "ExecutionRoleRegion": "us-east-1"},
        "covered",
        "covered",
    ),
]


@pytest.mark.parametrize(("document", "parameters", "before", "after"), TABLE)
def test_effect(
    document: dict[str, object], parameters: dict[str, str], before: str, after: str
) -> None:
    """The verdict without the parameter, and with it."""
    assert judged(document).outcome.value == before
    assert judged(document, **parameters).outcome.value == after


def test_every_parameter_is_in_the_table() -> None:
    """None is left out but UnprovableVerdict, which has a test of its own."""
    told = {name for _, parameters, _, _ in TABLE for name in parameters}
    assert told | {"UnprovableVerdict"} == {*CHOICES, *FORMS}


def test_empty_is_the_default() -> None:
    """RDK hands over empty strings for optional parameters."""
    assert Parameters.read(dict.fromkeys((*CHOICES, *FORMS), "")) == Parameters.read({})
    assert Parameters.read({name: values[0] for name, values in CHOICES.items()}) == Parameters()


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (UNPROVABLE, "NOT_APPLICABLE"),
        (account(metric_alarms=[alarm(Threshold=5.0)]), "NON_COMPLIANT"),
        (WHOLE, "COMPLIANT"),
    ],
    ids=["unknown", "not covered", "covered"],
)
def test_unprovable_verdict(document: dict[str, object], expected: str) -> None:
    """It is for what is unknown alone, and the annotation stays."""
    found = judged(document, UnprovableVerdict="NOT_APPLICABLE")
    assert found.compliance == expected
    assert found.annotation == judged(document).annotation


def required(**parameters: str) -> dict[str, RecordClass]:
    """The classes that RULE requires in REGION of ACCOUNT."""
    return Parameters.read(parameters).required_classes(
        CONTROLS[RULE], region=REGION, account=ACCOUNT
    )


def test_extended_adds() -> None:
    """The extended list holds all of the first."""
    calls = required(CallList="extended")
    assert list(calls)[: len(CALLS)] == list(CALLS)
    assert set(EXTENDED) <= set(calls)


def test_calls_of_one_name() -> None:
    """Calls with the same name differ by their source; a call that is named twice counts once."""
    wanted = f"other.amazonaws.com:StopLogging, {SOURCE}:StopLogging"
    calls = required(AdditionalCalls=wanted)
    assert list(calls) == [*CALLS, "other.amazonaws.com:StopLogging"]
    assert "readOnly" not in calls["other.amazonaws.com:StopLogging"].values


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"FailedCalls": "maybe"},
            "parameter 'FailedCalls' is 'maybe'; allowed: ignored, required",
        ),
        ({"CallList": "CIS"}, "parameter 'CallList' is 'CIS'; allowed: cis, extended"),
        (
            {"RequireMultiRegionTrail": "True"},
            "parameter 'RequireMultiRegionTrail' is 'True'; allowed: false, true",
        ),
        ({"UnprovableVerdict": "COMPLIANT"}, "allowed: NON_COMPLIANT, NOT_APPLICABLE"),
        (
            {"AdditionalCalls": "StopLogging"},
            "parameter 'AdditionalCalls' is 'StopLogging'; expected SERVICE.amazonaws.com:",
        ),
        ({"AdditionalCalls": "a.amazonaws.com:B,"}, "expected SERVICE.amazonaws.com:EventName"),
        ({"AdditionalCalls": "a.amazonaws.com:Ünlog"}, "expected SERVICE.amazonaws.com:EventName"),
        ({"MetricName": "a:b"}, "without : * $"),
        ({"MetricNamespace": "x" * 256}, "1 to 255 characters"),
        ({"AlarmName": "x" * 256}, "1 to 255 characters"),
        (
            {"OrganizationTrailRoleArn": "role"},
            "parameter 'OrganizationTrailRoleArn' is 'role'; expected the ARN of an IAM role",
        ),
        ({"OrganizationId": "exampleorgid"}, "expected the id of an organization, such as o-"),
        ({"ExecutionRoleRegion": "Virginia"}, "expected a region such as us-east-1"),
        ({"ExecutionRoleName": "a b"}, "expected the name of an IAM role"),
        ({"Alarm": "x"}, "parameter 'Alarm' is unknown; known: CallList"),
        ({"AlarmName": 7}, "parameter 'AlarmName' is 7; expected a string"),
    ],
)
def test_wrong(given: dict[str, object], message: str) -> None:
    """An unknown name or a bad value names the parameter, the value and what is allowed."""
    with pytest.raises(ParameterError) as raised:
        Parameters.read(given)
    assert message in str(raised.value)


def test_all_together() -> None:
    """More characters than AWS Config takes for a rule are refused with their number."""
    call = "a.amazonaws.com:" + "B" * 380
    longest = {"AdditionalCalls": call, "AlarmName": "x" * 255, "MetricName": "y" * 255}
    assert Parameters.read(longest).alarm_name == "x" * 255
    with pytest.raises(ParameterError) as raised:
        Parameters.read({**longest, "MetricNamespace": "z" * 200})
    assert str(raised.value) == (
        "the parameters have 1187 characters together as JSON; AWS Config allows at most 1024:"
        " shorten the longest"
    )


@pytest.mark.parametrize("value", ["x" * 3000, "\n" * 300, "\x1b[2J"])
def test_hostile_values(value: str) -> None:
    """The message ends with what is allowed, after a value of any length."""
    with pytest.raises(ParameterError) as raised:
        Parameters.read({"FailedCalls": value})
    assert str(raised.value)[:200].isprintable()
    assert str(raised.value)[:256].endswith("; allowed: ignored, required")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (
            "AdditionalCalls",
            "ec2.amazonaws.com:ModifySecurityGroupRules , kms.amazonaws.com:PutKeyPolicy",
        ),
        ("AlarmName", "CloudTrail Changes"),
        ("ExecutionRoleRegion", "us-gov-west-1"),
        ("ExecutionRoleRegion", "eusc-de-east-1"),
        ("OrganizationTrailRoleArn", "arn:aws-cn:iam::123456789012:role/path/reader"),
    ],
)
def test_right(name: str, value: str) -> None:
    """Values of AWS's form are accepted."""
    Parameters.read({name: value})
