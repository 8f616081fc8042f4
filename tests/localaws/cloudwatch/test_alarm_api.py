"""CloudWatch: alarms are listed, checked and evaluated."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localaws.clock import Clock
from localaws.server import LocalAws
from tests.localaws.builders import (
    ACCOUNT,
    code_of,
)
from tests.localaws.cloudwatch.alarms import mute, names, publish, put, state


def test_alarms_are_paged(cloudwatch: Any) -> None:
    """50 alarms a page by default, 100 at most, in the order of their names."""
    for number in range(120):
        put(cloudwatch, f"a{number:03}")
    first = cloudwatch.describe_alarms()
    assert len(first["MetricAlarms"]) == 50
    assert first["NextToken"]
    pages = list(cloudwatch.get_paginator("describe_alarms").paginate(MaxRecords=100))
    assert [len(page["MetricAlarms"]) for page in pages] == [100, 20]
    assert names(pages[1])[0] == "a100"
    assert code_of(cloudwatch.describe_alarms, NextToken="nonsense") == "InvalidNextToken"


def test_alarms_are_selected(cloudwatch: Any) -> None:
    """Selection by type, names, prefix, state and action; only metric alarms by default."""
    topic = f"arn:aws:sns:us-east-1:{ACCOUNT}:t"
    put(cloudwatch, "one", AlarmActions=[topic])
    put(cloudwatch, "two")
    cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(one) OR ALARM(two)")
    cloudwatch.set_alarm_state(AlarmName="two", StateValue="ALARM", StateReason="test")

    def find(**selection: Any) -> list[str]:
        answer = cloudwatch.describe_alarms(**selection)
        return names(answer) + names(answer, "CompositeAlarms")

    both = ["MetricAlarm", "CompositeAlarm"]
    assert find() == ["one", "two"]
    assert find(AlarmTypes=["CompositeAlarm"]) == ["both"]
    assert find(AlarmTypes=both) == ["one", "two", "both"]
    assert find(AlarmTypes=["LogAlarm"]) == []
    assert find(AlarmNames=["two", "both"]) == ["two"]
    assert find(AlarmNamePrefix="o") == ["one"]
    assert find(StateValue="ALARM", AlarmTypes=both) == ["two", "both"]
    assert find(ActionPrefix="arn:aws:sns") == ["one"]
    assert find(ChildrenOfAlarmName="both") == ["one", "two"]
    assert find(ParentsOfAlarmName="one", AlarmTypes=both) == ["both"]


def test_alarms_for_a_metric(cloudwatch: Any) -> None:
    """DescribeAlarmsForMetric: exact dimensions, statistic, period and unit; only metrics."""
    dimension = [{"Name": "d", "Value": "v"}]
    stat = {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 300, "Stat": "Sum"}
    nothing = dict.fromkeys(("MetricName", "Namespace", "Statistic", "Period"))
    put(cloudwatch, "plain")
    put(cloudwatch, "dimension", Dimensions=dimension)
    put(cloudwatch, "minute", Period=60)
    put(cloudwatch, "maximum", Statistic="Maximum")
    put(cloudwatch, "unit", Unit="Count")
    put(cloudwatch, "math", Metrics=[{"Id": "m1", "MetricStat": stat}], **nothing)
    cloudwatch.put_composite_alarm(AlarmName="composite", AlarmRule="ALARM(plain)")

    def find(**selection: Any) -> list[str]:
        metric = {"MetricName": "m", "Namespace": "n"} | selection
        return names(cloudwatch.describe_alarms_for_metric(**metric))

    assert find() == ["maximum", "minute", "plain", "unit"]
    assert find(Dimensions=dimension) == ["dimension"]
    assert find(Period=60) == ["minute"]
    assert find(Statistic="Maximum") == ["maximum"]
    assert find(Unit="Count") == ["unit"]
    assert find(MetricName="other") == []


@pytest.mark.parametrize(
    "changes",
    [
        {"Statistic": None},
        {"ExtendedStatistic": "p99"},
        {"Statistic": None, "ExtendedStatistic": "x9"},
        {"Period": 45},
        {"Period": 86400, "EvaluationPeriods": 8},
        {"DatapointsToAlarm": 2},
        {"ComparisonOperator": "EqualTo"},
        {"TreatMissingData": "whatever"},
        {"MetricName": None},
        {"Threshold": None},
    ],
)
def test_refused_alarms(cloudwatch: Any, changes: dict[str, Any]) -> None:
    """CloudWatch refuses invalid alarms with ValidationError."""
    assert code_of(put, cloudwatch, **changes) == "ValidationError"


def test_alarm_members_are_stored(cloudwatch: Any) -> None:
    """DescribeAlarms returns members, tags and times; an update keeps the state."""
    put(cloudwatch, AlarmDescription="D", Tags=[{"Key": "k", "Value": "v"}], DatapointsToAlarm=1)
    (alarm,) = cloudwatch.describe_alarms()["MetricAlarms"]
    assert alarm["StateValue"] == "INSUFFICIENT_DATA"
    assert alarm["AlarmDescription"] == "D"
    assert alarm["ActionsEnabled"] is True
    arn = alarm["AlarmArn"]
    assert arn == f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:a"
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [
        {"Key": "k", "Value": "v"}
    ]
    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "x", "Value": "y"}])
    Clock.advance(120)
    assert state(cloudwatch) == "OK"
    put(cloudwatch, Threshold=7.0)
    (again,) = cloudwatch.describe_alarms()["MetricAlarms"]
    assert (again["StateValue"], again["Threshold"]) == ("OK", 7.0)
    assert again["StateTransitionedTimestamp"] > alarm["StateTransitionedTimestamp"]


def test_data_changes_the_state_at_once_and_time_back(cloudwatch: Any) -> None:
    """A data point changes the alarm to ALARM at once; later the clock changes it back."""
    put(cloudwatch)
    Clock.advance(60)
    assert state(cloudwatch) == "OK"
    publish(cloudwatch)
    assert state(cloudwatch) == "ALARM"
    Clock.advance(3600)
    assert state(cloudwatch) == "OK"
    updates = cloudwatch.describe_alarm_history(
        AlarmName="a", HistoryItemType="StateUpdate", ScanBy="TimestampAscending"
    )["AlarmHistoryItems"]
    assert [item["HistorySummary"] for item in updates] == [
        "Alarm updated from INSUFFICIENT_DATA to OK",
        "Alarm updated from OK to ALARM",
        "Alarm updated from ALARM to OK",
    ]


def test_average_waits_for_the_end_of_the_minute(cloudwatch: Any) -> None:
    """An average is not judged before its minute is over."""
    put(cloudwatch, Statistic="Average")
    publish(cloudwatch, 5.0)
    assert state(cloudwatch) == "INSUFFICIENT_DATA"
    publish(cloudwatch, -9.0)
    Clock.advance(60)
    assert state(cloudwatch) == "OK"


def test_set_alarm_state_lasts_until_the_next_evaluation(cloudwatch: Any) -> None:
    """SetAlarmState changes the state for a while; an unknown name is an error."""
    put(cloudwatch)
    cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="test")
    assert state(cloudwatch) == "ALARM"
    Clock.advance(60)
    assert state(cloudwatch) == "OK"
    unknown = {"AlarmName": "b", "StateValue": "OK", "StateReason": "r"}
    assert code_of(cloudwatch.set_alarm_state, **unknown) == "ResourceNotFound"


def test_composite_alarm(cloudwatch: Any) -> None:
    """A composite alarm follows its child, which cannot be deleted; a bad rule is refused."""
    put(cloudwatch)
    cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule='ALARM("a")')
    assert state(cloudwatch, "c") == "OK"
    publish(cloudwatch)
    assert state(cloudwatch, "c") == "ALARM"
    bad = {"AlarmName": "d", "AlarmRule": "ALARM(a"}
    assert code_of(cloudwatch.put_composite_alarm, **bad) == "ValidationError"
    assert code_of(cloudwatch.delete_alarms, AlarmNames=["a"]) == "ValidationError"
    cloudwatch.delete_alarms(AlarmNames=["c", "a"])
    assert names(cloudwatch.describe_alarms()) == []


def test_a_composite_alarm_acts_as_soon_as_it_is_made(cloudwatch: Any, subscriber: Any) -> None:
    """An alarm whose rule is already true goes to ALARM and sends a notification."""
    topic, arrived = subscriber
    cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="TRUE", AlarmActions=[topic])
    (envelope,) = arrived()
    messages = json.loads(envelope["Message"])
    assert (messages["AlarmName"], messages["AlarmRule"], messages["NewStateValue"]) == (
        "c",
        "TRUE",
        "ALARM",
    )


def test_suppressor_shows(cloudwatch: Any) -> None:
    """DescribeAlarms shows what suppresses a composite alarm's actions."""
    put(cloudwatch)
    put(cloudwatch, "s", MetricName="other")
    cloudwatch.put_composite_alarm(
        AlarmName="c",
        AlarmRule="ALARM(a)",
        ActionsSuppressor="s",
        ActionsSuppressorWaitPeriod=60,
        ActionsSuppressorExtensionPeriod=60,
    )
    publish(cloudwatch)
    (composite,) = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert composite["ActionsSuppressedBy"] == "WaitPeriod"
    cloudwatch.set_alarm_state(AlarmName="s", StateValue="ALARM", StateReason="test")
    (composite,) = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert composite["ActionsSuppressedBy"] == "Alarm"


def test_mute_rules(cloudwatch: Any) -> None:
    """Mute rules are stored, listed by alarm and status, and deleted."""
    put(cloudwatch)
    put(cloudwatch, "b")
    mute(cloudwatch)
    once = {"Schedule": {"Expression": "at(2020-01-01T00:00)", "Duration": "PT1H"}}
    mute(cloudwatch, "old", Rule=once, MuteTargets={"AlarmNames": ["b"]})
    rule = cloudwatch.get_alarm_mute_rule(AlarmMuteRuleName="r")
    assert (rule["Status"], rule["MuteType"]) == ("ACTIVE", "RECURRING")

    def find(**selection: Any) -> list[str]:
        response = cloudwatch.list_alarm_mute_rules(**selection)["AlarmMuteRuleSummaries"]
        return [summary["AlarmMuteRuleArn"].rsplit(":", 1)[1] for summary in response]

    assert find() == ["old", "r"]
    assert find(AlarmName="a") == ["r"]
    assert find(Statuses=["EXPIRED"]) == ["old"]
    cloudwatch.delete_alarm_mute_rule(AlarmMuteRuleName="r")
    assert find() == ["old"]
    missing = code_of(cloudwatch.get_alarm_mute_rule, AlarmMuteRuleName="r")
    assert missing == "ResourceNotFoundException"
    bad = {"Schedule": {"Expression": "never", "Duration": "PT1H"}}
    assert code_of(mute, cloudwatch, Rule=bad) == "ValidationError"
    unknown = {"AlarmNames": ["nobody"]}
    assert code_of(mute, cloudwatch, MuteTargets=unknown) == "ValidationError"


def test_accounts_and_regions_are_separate(cloudwatch: Any, local_aws: LocalAws) -> None:
    """Regions and accounts do not share alarms and metrics."""
    elsewhere = local_aws.client("cloudwatch", "eu-west-1")
    put(elsewhere)
    put(cloudwatch)
    publish(cloudwatch)
    assert state(cloudwatch) == "ALARM"
    assert state(elsewhere) == "INSUFFICIENT_DATA"
    assert names(local_aws.client("cloudwatch", account="999988887777").describe_alarms()) == []


def test_log_alarms_are_listed_by_type(cloudwatch: Any) -> None:
    """DescribeAlarms returns log alarms if AlarmTypes asks for them."""
    put(cloudwatch)
    cloudwatch.put_log_alarm(
        AlarmName="log",
        ScheduledQueryConfiguration={
            "QueryString": "fields @message",
            "ScheduledQueryRoleARN": f"arn:aws:iam::{ACCOUNT}:role/query",
            "ScheduleConfiguration": {
                "ScheduleExpression": "rate(5 minutes)",
                "StartTimeOffset": 300,
            },
            "AggregationExpression": "count(*)",
        },
        QueryResultsToEvaluate=1,
        QueryResultsToAlarm=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    assert "LogAlarms" not in cloudwatch.describe_alarms() or not names(
        cloudwatch.describe_alarms(), "LogAlarms"
    )
    both = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "LogAlarm"])
    assert (names(both), names(both, "LogAlarms")) == (["a"], ["log"])
    cloudwatch.delete_alarms(AlarmNames=["log"])
    assert not names(cloudwatch.describe_alarms(AlarmTypes=["LogAlarm"]), "LogAlarms")
