"""Unusual names and policies: a run closes the finding, or stops and says why."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from alarmchain.remediation.steps import find_log_group
from tests.remediation.account_setup import ACCOUNT
from tests.remediation.local_account import CONTROLS, LocalAccount
from tests.remediation.scenario import (
    DEFAULT_TOPIC,
    GROUP,
    HOME,
    NAMES,
    RULE,
    is_compliant,
    make_broken_chain,
    make_key,
    make_trail,
    succeeded,
    trail,
)

Json = dict[str, Any]
ODD = '{o\'} "d" \\d $(x) ${AWS::Region} %s ; é'


def test_odd_names(local_account: LocalAccount) -> None:
    """Unusual names are used unchanged, and the rule is COMPLIANT."""
    group = "/aws/#Cloud.Trail_-/1"
    make_trail(local_account, trail(group=group), groups=(group, f"{group}2"))
    topic, url = local_account.on_call()
    names = {"AlarmName": ODD, "FilterName": ODD.replace(":", ""), "MetricNamespace": 'O\'d/"d" \\'}
    run = succeeded(local_account.remediate(RULE, TopicArn=topic, LogGroupName=group, **names))
    assert local_account.resources()["filters"][0]["filterName"] == names["FilterName"]
    told = {key: value for key, value in names.items() if key != "FilterName"}
    assert is_compliant(local_account, **told)
    local_account.call("config.amazonaws.com", "StopConfigurationRecorder")
    assert local_account.notified_alarms(url) == [ODD]
    again = succeeded(local_account.remediate(RULE, TopicArn=topic, LogGroupName=group, **names))
    assert (run.result["Made"] != [], again.result["Made"]) == (True, [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AdditionalCalls", 'a.amazonaws.com:A") || ($.eventName = "*'),
        ("AlarmName", "{{ TopicArn }}"),
        ("TopicArn", "on-call"),
        ("DryRun", "yes"),
        ("CallList", "all"),
        ("NoSuch", "x"),
    ],
)
def test_values_that_are_refused(account: LocalAccount, name: str, value: str) -> None:
    """SSM refuses the value before any step runs, and the error names the parameter."""
    with pytest.raises(ClientError, match=f"Parameter {name} "):
        account.remediate(RULE, **{name: value})


def statement(effect: str = "Deny", **changes: Any) -> Json:
    """Return a statement of a topic's policy; a change to None removes the member."""
    found = {"Effect": effect, "Principal": "*", "Action": "sns:Publish", "Resource": "*"} | changes
    return {key: value for key, value in found.items() if value is not None}


ROLE = f"arn:aws:iam::{ACCOUNT}:role/ops"
ALLOWED = statement("Allow", Principal={"Service": "cloudwatch.amazonaws.com"})


@pytest.mark.parametrize(
    ("statements", "serves"),
    [
        ([], True),
        ([ALLOWED], True),
        ([statement()], False),
        ([ALLOWED, statement()], False),
        ([statement(Principal=None, NotPrincipal={"AWS": ROLE})], False),
        ([statement(Action=None, NotAction="sns:Subscribe")], False),
        ([statement(Principal={"AWS": ACCOUNT})], False),
        (
            [statement(Principal={"Service": ["s3.amazonaws.com", "cloudwatch.amazonaws.com"]})],
            False,
        ),
        ([statement(Principal={"Service": "s3.amazonaws.com"})], True),
        ([statement(Principal={"AWS": [ROLE, ROLE.replace("role", "user")]})], True),
        ([statement(Action=["SNS:Subscribe", "SNS:Receive"])], True),
        ([statement(Condition={"Bool": {"aws:SecureTransport": "false"}})], True),
        ([statement(Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}})], False),
        ([statement("Allow", Principal=None, NotPrincipal={"AWS": ROLE})], True),
        ([statement("Allow", Action=None, NotAction="sns:Publish")], True),
    ],
)
def test_policies(account: LocalAccount, statements: list[Json], serves: bool) -> None:
    """A Deny that may apply to CloudWatch stops the run; any other statement is kept."""
    topic, _ = account.on_call()
    policy = {"Version": "2008-10-17", "Statement": statements}
    account.client("sns").set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy)
    )
    before = account.resources()
    run = account.remediate(RULE, TopicArn=topic)
    if not serves:
        assert "has a policy with a Deny that may refuse CloudWatch" in run.why
        assert account.resources() == before
        return
    succeeded(run)
    now = json.loads(account.resources()["topics"][topic]["Policy"])
    assert (now["Version"], now["Statement"][: len(statements)]) == ("2008-10-17", statements)
    assert is_compliant(account)


def test_a_huge_policy(account: LocalAccount) -> None:
    """The run adds its statement to a policy of 100 statements."""
    topic, _ = account.on_call()
    others = [statement("Allow", Sid=f"s{n}", Principal={"AWS": ROLE}) for n in range(100)]
    account.client("sns").set_topic_attributes(
        TopicArn=topic,
        AttributeName="Policy",
        AttributeValue=json.dumps({"Version": "2012-10-17", "Statement": others}),
    )
    succeeded(account.remediate(RULE, TopicArn=topic))
    assert len(json.loads(account.resources()["topics"][topic]["Policy"])["Statement"]) == 101
    assert is_compliant(account)


@pytest.mark.parametrize("grants", [False, True])
def test_another_accounts_topic(account: LocalAccount, grants: bool) -> None:
    """Another account's topic is used if its policy allows that; its policy never changes."""
    other = account.aws.client("sns", HOME, "999988887777")
    arn = other.create_topic(Name="theirs")["TopicArn"]
    only = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    allows = [statement("Allow", Principal={"Service": "cloudwatch.amazonaws.com"}, Condition=only)]
    read = statement(
        "Allow", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Action="sns:Get*", Resource=arn
    )
    policy = {"Version": "2012-10-17", "Statement": [read, *allows * grants]}
    other.set_topic_attributes(
        TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(policy)
    )
    run = account.remediate(RULE, TopicArn=arn)
    now = other.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"]
    assert json.loads(now) == policy
    if grants:
        succeeded(run)
        assert account.resources()["alarms"][0]["AlarmActions"] == [arn]
    else:
        assert f"must allow cloudwatch.amazonaws.com to publish for {ACCOUNT}" in run.why
        assert account.resources()["alarms"] == []


def test_an_alarm_with_our_suffix_that_is_not_ours(account: LocalAccount) -> None:
    """An alarm without our words in its description is not changed: all names are taken."""
    make_broken_chain(account)
    theirs = f"{NAMES['AlarmName']}-alarmchain"
    account.client("cloudwatch").put_metric_alarm(
        AlarmName=theirs,
        AlarmDescription="mine",
        MetricName="m",
        Namespace="n",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    before = account.resources()
    run = account.remediate(RULE)
    assert "Names are taken" in run.why
    assert theirs in run.why
    assert account.resources() == before
    succeeded(account.remediate(RULE, AlarmName="free"))


def test_a_composite_alarm_of_the_name(account: LocalAccount) -> None:
    """A composite alarm has the published name, so the new alarm gets a suffix."""
    account.client("cloudwatch").put_composite_alarm(
        AlarmName=NAMES["AlarmName"], AlarmRule="FALSE"
    )
    topic, _ = account.on_call()
    run = succeeded(account.remediate(RULE, TopicArn=topic))
    assert (
        run.outputs["ChooseFilterAndAlarm.Plan"]["AlarmName"] == f"{NAMES['AlarmName']}-alarmchain"
    )
    assert is_compliant(account)


def test_a_log_group_that_is_full(account: LocalAccount) -> None:
    """A log group can have 100 metric filters: the run stops before it makes a useless topic."""
    logs = account.client("logs")
    to = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    for n in range(100):
        logs.put_metric_filter(
            logGroupName=GROUP,
            filterName=f"f{n}",
            filterPattern="",
            metricTransformations=[to],
        )
    before = account.resources()
    run = account.remediate(RULE)
    assert f"Log group {GROUP} can't have another metric filter" in run.why
    assert account.resources() == before


def test_names_with_a_suffix_fit() -> None:
    """With the suffix, no name is longer than 255 characters, the lowest of AWS's limits."""
    for control in CONTROLS.values():
        for name in ("AlarmName", "MetricName", "FilterName", "TopicName"):
            assert len(control.names[name] + "-alarmchain") <= 255


@pytest.mark.parametrize(
    ("principal", "serves"),
    [({"AWS": ROLE}, True), ({"Service": "s3.amazonaws.com"}, True), ("*", False)],
)
def test_a_keys_deny(account: LocalAccount, principal: Any, serves: bool) -> None:
    """A key with a Deny is used only if the Deny does not apply to CloudWatch."""
    key = make_key(account, lets_cloudwatch=True)
    kms = account.client("kms")
    policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    policy["Statement"].append(
        {"Effect": "Deny", "Principal": principal, "Action": "kms:Decrypt", "Resource": "*"}
    )
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
    run = account.remediate(RULE, KmsKeyId=key)
    assert (run.status == "Success") is serves
    assert (DEFAULT_TOPIC in account.resources()["topics"]) is serves


def test_another_accounts_trail() -> None:
    """A member cannot use an organization trail: the log group belongs to another account."""
    trail_of = {
        "TrailARN": f"arn:aws:cloudtrail:{HOME}:999988887777:trail/all",
        "HomeRegion": HOME,
        "IsMultiRegionTrail": True,
        "CloudWatchLogsLogGroupArn": f"arn:aws:logs:{HOME}:999988887777:log-group:{GROUP}:*",
    }
    here = {"AccountId": ACCOUNT, "Region": HOME}
    assert find_log_group.fault(trail_of, here, set()) == "belongs to another account"
