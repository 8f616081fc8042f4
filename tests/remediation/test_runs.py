"""What a run makes and reports: in an empty account, a second time, dry, with many calls."""

import json
from typing import Any

import pytest

from alarmchain.remediation.steps import read_back_and_reevaluate as read_back
from tests.remediation.account_setup import ACCOUNT
from tests.remediation.local_account import CONTROLS, LocalAccount
from tests.remediation.scenario import (
    DEFAULT_TOPIC,
    GROUP,
    HOME,
    NAMES,
    RULE,
    is_compliant,
    make_trail,
    subscribe_listener,
    succeeded,
    trail,
)

Json = dict[str, Any]


def test_nothing_there(account: LocalAccount) -> None:
    """The run makes everything under the published names, and says what a person must do."""
    run = succeeded(account.remediate(RULE))
    resources = account.resources()
    (metric_filter,), (alarm,) = resources["filters"], resources["alarms"]
    assert (metric_filter["filterName"], alarm["AlarmName"]) == (
        NAMES["FilterName"],
        NAMES["AlarmName"],
    )
    assert metric_filter["metricTransformations"] == [
        {
            "metricName": NAMES["MetricName"],
            "metricNamespace": NAMES["MetricNamespace"],
            "metricValue": "1",
        }
    ]
    assert metric_filter["filterPattern"] == CONTROLS[RULE].cis_pattern
    assert "errorCode" not in metric_filter["filterPattern"]
    assert [alarm[key] for key in ("Statistic", "Period", "EvaluationPeriods", "Threshold")] == [
        "Sum",
        300,
        1,
        1.0,
    ]
    assert (alarm["DatapointsToAlarm"], alarm["TreatMissingData"]) == (1, "notBreaching")
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert NAMES["AlarmDescription"] in alarm["AlarmDescription"]
    assert alarm["AlarmActions"] == [DEFAULT_TOPIC]
    (statement,) = json.loads(resources["topics"][DEFAULT_TOPIC]["Policy"])["Statement"]
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert len(run.result["Made"]) == 3
    assert "a person must subscribe" in run.result["ToDo"]
    assert not is_compliant(account)
    subscribe_listener(account)
    assert is_compliant(account)
    assert is_compliant(account, FailedCalls="required")


def test_twice(account: LocalAccount) -> None:
    """A second run reuses everything and changes nothing."""
    for _ in range(2):
        run = succeeded(account.remediate(RULE, NotificationEmail="a@example.com"))
        resources = account.resources()
        again = succeeded(account.remediate(RULE, NotificationEmail="a@example.com"))
        assert account.resources() == resources
        assert again.result["Made"] == []
        assert again.would_do == []
        assert len(again.result["Reused"]) == 3
    assert run.result["Made"] == []


def test_many_calls(account: LocalAccount) -> None:
    """Calls that do not fit into a pattern of 1,024 characters get more filters on one metric."""
    many = ",".join(f"s{n:02}.amazonaws.com:Do" for n in range(24))
    told = {"CallList": "extended", "AdditionalCalls": many}
    topic, _ = account.on_call()
    for done in (False, True):
        run = succeeded(account.remediate(RULE, TopicArn=topic, **told))
        assert bool(run.result["Made"]) is not done
    filters = account.resources()["filters"]
    assert [item["filterName"] for item in filters] == [
        NAMES["FilterName"],
        f"{NAMES['FilterName']}-2",
        f"{NAMES['FilterName']}-3",
    ]
    assert all(len(item["filterPattern"]) <= 1024 for item in filters)
    assert is_compliant(account, **told)


def test_read_back(account: LocalAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run fails if a resource cannot be read back, and names each missing resource."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    run = succeeded(account.remediate(RULE))
    events = {
        "Group": run.outputs["FindLogGroup.Group"],
        "Topic": run.outputs["ChooseTopic.Plan"],
        "Plan": run.outputs["ChooseFilterAndAlarm.Plan"],
        "Done": run.result["Made"],
        "ConfigRuleName": RULE,
        "Region": HOME,
    }
    assert read_back.handler(events, None)["Made"] == run.result["Made"]
    account.client("cloudwatch").delete_alarms(AlarmNames=[NAMES["AlarmName"]])
    account.client("logs").delete_metric_filter(logGroupName=GROUP, filterName=NAMES["FilterName"])
    account.client("sns").set_topic_attributes(
        TopicArn=DEFAULT_TOPIC, AttributeName="Policy", AttributeValue="{}"
    )
    with pytest.raises(RuntimeError) as failure:
        read_back.handler(events, None)
    lacking = (NAMES["AlarmName"], NAMES["FilterName"], f"policy of topic {DEFAULT_TOPIC}")
    assert all(words in str(failure.value) for words in lacking)


def test_dry_run(account: LocalAccount) -> None:
    """A dry run says what it would do, and changes nothing."""
    before = account.resources()
    run = succeeded(account.remediate(RULE, DryRun="true", NotificationEmail="a@example.com"))
    assert account.resources() == before
    assert run.would_do == [
        f"make topic {DEFAULT_TOPIC}",
        f"allow CloudWatch to publish to topic {DEFAULT_TOPIC}",
        f"subscribe a@example.com to topic {DEFAULT_TOPIC}",
        f"make metric filter {NAMES['FilterName']}",
        f"make alarm {NAMES['AlarmName']}",
    ]
    writes = ("Create", "Put", "Set", "Subscribe")
    called = account.aws.calls.actions(principal="*")
    after = called[called.index("ssm:StartAutomationExecution") :]
    assert [one for one in after if one.split(":")[1].startswith(writes)] == []
    assert run.steps["PrepareTopic"] == "Pending"


def test_another_region(local_account: LocalAccount) -> None:
    """The chain is made in the trail's home region; the rules of both regions are COMPLIANT."""
    make_trail(local_account, region="eu-west-1")
    topic, url = local_account.on_call("eu-west-1")
    succeeded(local_account.remediate(RULE, "ap-south-1", TopicArn=topic))
    assert [local_account.evaluate(RULE, region)[0] for region in ("ap-south-1", "eu-west-1")] == [
        "COMPLIANT",
        "COMPLIANT",
    ]
    assert local_account.resources("ap-south-1")["alarms"] == []
    again = succeeded(local_account.remediate(RULE, "eu-west-1", TopicArn=topic))
    assert again.result["Made"] == []
    local_account.call("config.amazonaws.com", "StopConfigurationRecorder", "ap-south-1")
    assert local_account.notified_alarms(url, "eu-west-1") == [NAMES["AlarmName"]]
    run = local_account.remediate(RULE, "ap-south-1", TopicArn=DEFAULT_TOPIC)
    assert "must be in the trail's eu-west-1" in run.why


def test_which_log_group(local_account: LocalAccount) -> None:
    """A run uses the given log group, or that of a working trail, multi-region ones first."""
    make_trail(
        local_account,
        trail("trail-a", IsMultiRegionTrail=False, group="single"),
        trail("trail-b", Status={"IsLogging": False}, group="stopped"),
        trail("trail-d", group="later"),
        trail("trail-c", group="first"),
        groups=("single", "stopped", "first", "later", "fed by none"),
    )

    def chosen(**parameters: str) -> Any:
        return local_account.remediate(RULE, DryRun="true", **parameters)

    assert chosen().outputs["FindLogGroup.Group"]["Name"] == "first"
    assert chosen(LogGroupName="later").outputs["FindLogGroup.Group"]["Name"] == "later"
    gone = chosen(LogGroupName="gone")
    assert "does not exist" in gone.why
    local_account.client("cloudtrail").stop_logging(Name="trail-c")
    local_account.client("cloudtrail").stop_logging(Name="trail-d")
    assert chosen().outputs["FindLogGroup.Group"]["Name"] == "single"
