"""Values of rule parameters are accepted, or refused with a message that says what is allowed."""

import pytest

from alarmchain.parameters import ParameterError, Parameters


@pytest.mark.parametrize(
    ("values", "message"),
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
        ({"EventsBeforeAlarm": "0"}, "expected a whole number from 1 to 100"),
        ({"EventsBeforeAlarm": "101"}, "expected a whole number from 1 to 100"),
        ({"EventsBeforeAlarm": "1.5"}, "expected a whole number from 1 to 100"),
        ({"OrganizationId": "exampleorgid"}, "expected the id of an organization, such as o-"),
        ({"ExecutionRoleRegion": "Virginia"}, "expected a region such as us-east-1"),
        ({"ExecutionRoleName": "a b"}, "expected the name of an IAM role"),
        ({"Alarm": "x"}, "parameter 'Alarm' is unknown; known: CallList"),
        ({"AlarmName": 7}, "parameter 'AlarmName' is 7; expected a string"),
    ],
)
def test_wrong(values: dict[str, object], message: str) -> None:
    """The error names the parameter, its value and what is allowed."""
    with pytest.raises(ParameterError) as raised:
        Parameters.read(values)
    assert message in str(raised.value)


def test_all_together() -> None:
    """Parameters that are too long together for AWS Config are refused with their length."""
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
    """The message shows what is allowed, even if the value is long or unprintable."""
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
