"""CloudWatch through the API: alarms are found, evaluated, and act."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.clock import Clock
from localaws.server import LocalAws

ACCOUNT = "123456789012"


@pytest.fixture
def cloudwatch(local_aws: LocalAws) -> Any:
    return local_aws.client("cloudwatch")


def put(client: Any, name: str = "a", **changes: Any) -> None:
    """An alarm that one data point of n/m rings; members set to None are left out."""
    good = {
        "AlarmName": name,
        "MetricName": "m",
        "Namespace": "n",
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }
    client.put_metric_alarm(**{k: v for k, v in (good | changes).items() if v is not None})


def publish(client: Any, value: float = 1.0, **changes: Any) -> None:
    client.put_metric_data(
        Namespace="n", MetricData=[{"MetricName": "m", "Value": value} | changes]
    )


def state(client: Any, name: str = "a") -> str:
    found = client.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    (alarm,) = found["MetricAlarms"] + found["CompositeAlarms"]
    return str(alarm["StateValue"])


def names(answer: dict[str, Any], kind: str = "MetricAlarms") -> list[str]:
    return [alarm["AlarmName"] for alarm in answer[kind]]


def code_of(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(ClientError) as refusal:
        call(*args, **kwargs)
    return str(refusal.value.response["Error"]["Code"])


def actions(client: Any, name: str = "a") -> list[str]:
    items = client.describe_alarm_history(AlarmName=name, HistoryItemType="Action")
    return [item["HistorySummary"] for item in items["AlarmHistoryItems"]]


def test_alarms_come_in_pages(cloudwatch: Any) -> None:
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
    """By type, names, prefix, state and action; metric alarms alone by default."""
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
    """Exact dimensions, statistic, period and unit; neither math nor composite alarms."""
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
    """What CloudWatch refuses is a ValidationError."""
    assert code_of(put, cloudwatch, **changes) == "ValidationError"


def test_an_alarm_keeps_what_it_was_given(cloudwatch: Any) -> None:
    """Members, tags and times come back; an update keeps the state."""
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


def test_data_rings_at_once_and_time_calms(cloudwatch: Any) -> None:
    """A data point rings the alarm without waiting; the clock brings it back."""
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


def test_an_alarm_that_more_data_can_calm_waits_for_the_minute(cloudwatch: Any) -> None:
    """An average is not judged before its minute is over."""
    put(cloudwatch, Statistic="Average")
    publish(cloudwatch, 5.0)
    assert state(cloudwatch) == "INSUFFICIENT_DATA"
    publish(cloudwatch, -9.0)
    Clock.advance(60)
    assert state(cloudwatch) == "OK"


def test_set_alarm_state_lasts_until_the_next_evaluation(cloudwatch: Any) -> None:
    """SetAlarmState moves the alarm for a while; a name that is not there is an error."""
    put(cloudwatch)
    cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="test")
    assert state(cloudwatch) == "ALARM"
    Clock.advance(60)
    assert state(cloudwatch) == "OK"
    unknown = {"AlarmName": "b", "StateValue": "OK", "StateReason": "r"}
    assert code_of(cloudwatch.set_alarm_state, **unknown) == "ResourceNotFound"


def test_composite_alarm(cloudwatch: Any) -> None:
    """It follows its child; a bad rule is refused, and a child that it needs can't be deleted."""
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
    """Created with a rule that is true it goes to ALARM and tells."""
    topic, arrived = subscriber
    cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="TRUE", AlarmActions=[topic])
    (envelope,) = arrived()
    told = json.loads(envelope["Message"])
    assert (told["AlarmName"], told["AlarmRule"], told["NewStateValue"]) == ("c", "TRUE", "ALARM")


def test_suppressor_shows(cloudwatch: Any) -> None:
    """A composite alarm says by what its actions are suppressed."""
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


def mute(client: Any, name: str = "r", **changes: Any) -> None:
    schedule = {"Expression": "cron(* * * * *)", "Duration": "PT1H"}
    request = {"Name": name, "Rule": {"Schedule": schedule}, "MuteTargets": {"AlarmNames": ["a"]}}
    client.put_alarm_mute_rule(**request | changes)


def test_mute_rules(cloudwatch: Any) -> None:
    """Mute rules are kept, listed by alarm and status, and removed."""
    put(cloudwatch)
    put(cloudwatch, "b")
    mute(cloudwatch)
    once = {"Schedule": {"Expression": "at(2020-01-01T00:00)", "Duration": "PT1H"}}
    mute(cloudwatch, "old", Rule=once, MuteTargets={"AlarmNames": ["b"]})
    rule = cloudwatch.get_alarm_mute_rule(AlarmMuteRuleName="r")
    assert (rule["Status"], rule["MuteType"]) == ("ACTIVE", "RECURRING")

    def find(**selection: Any) -> list[str]:
        found = cloudwatch.list_alarm_mute_rules(**selection)["AlarmMuteRuleSummaries"]
        return [summary["AlarmMuteRuleArn"].rsplit(":", 1)[1] for summary in found]

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


@pytest.fixture
def subscriber(local_aws: LocalAws) -> Any:
    """(topic ARN, a function that returns the messages that arrived since)."""
    sns, sqs = local_aws.client("sns"), local_aws.client("sqs")
    topic = sns.create_topic(Name="t")["TopicArn"]
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{ACCOUNT}:q")

    def arrived() -> list[dict[str, Any]]:
        got = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        for message in got:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in got]

    return topic, arrived


def test_the_notification(cloudwatch: Any, subscriber: Any) -> None:
    """One transition, one message, in CloudWatch's own shape."""
    topic, arrived = subscriber
    put(cloudwatch, "my alarm", AlarmDescription="D", AlarmActions=[topic])
    publish(cloudwatch)
    publish(cloudwatch)
    (envelope,) = arrived()
    assert envelope["Subject"] == 'ALARM: "my alarm" in US East (N. Virginia)'
    message = json.loads(envelope["Message"])
    assert message["AlarmName"] == "my alarm"
    assert message["AWSAccountId"] == ACCOUNT
    assert (message["OldStateValue"], message["NewStateValue"]) == ("INSUFFICIENT_DATA", "ALARM")
    assert message["Region"] == "US East (N. Virginia)"
    assert message["NewStateReason"].startswith("Threshold Crossed: 1 out of the last 1 datapoints")
    assert message["Trigger"]["MetricName"] == "m"
    assert message["Trigger"]["Statistic"] == "SUM"
    assert message["Trigger"]["Threshold"] == 1.0
    assert actions(cloudwatch, "my alarm") == [f"Successfully executed action {topic}"]


def test_only_alarm_actions_tell_of_an_alarm(cloudwatch: Any, subscriber: Any) -> None:
    """Disabled actions, and actions for other states, tell nobody."""
    topic, arrived = subscriber
    put(cloudwatch, "off", AlarmActions=[topic], ActionsEnabled=False)
    put(cloudwatch, "others", OKActions=[topic])
    publish(cloudwatch)
    assert arrived() == []
    Clock.advance(7200)
    assert [json.loads(e["Message"])["NewStateValue"] for e in arrived()] == ["OK"]
    cloudwatch.enable_alarm_actions(AlarmNames=["off"])
    publish(cloudwatch)
    assert [json.loads(e["Message"])["AlarmName"] for e in arrived()] == ["off"]


def test_a_muted_alarm_tells_when_the_muting_ends(cloudwatch: Any, subscriber: Any) -> None:
    """The action of a muted alarm is put off until the muting is over."""
    topic, arrived = subscriber
    put(cloudwatch, AlarmActions=[topic], TreatMissingData="ignore")
    mute(cloudwatch, Rule={"Schedule": {"Expression": "cron(0 * * * *)", "Duration": "PT59M"}})
    Clock.advance(3600 - Clock.now() % 3600 + 60)
    publish(cloudwatch)
    assert state(cloudwatch) == "ALARM"
    assert arrived() == []
    assert actions(cloudwatch) == ["Actions muted by alarm mute rule r"]
    Clock.advance(3600 - 120)
    assert len(arrived()) == 1


def policy(**changes: Any) -> str:
    good = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [good | changes]})


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (policy(), None),
        (policy(Principal={"Service": "events.amazonaws.com"}), "not authorized"),
        (
            policy(Condition={"StringEquals": {"aws:SourceAccount": "999999999999"}}),
            "not authorized",
        ),
        (policy(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:a"}}), None),
    ],
)
def test_the_topic_policy_counts(
    cloudwatch: Any, local_aws: LocalAws, subscriber: Any, document: str, reason: str | None
) -> None:
    """CloudWatch publishes where the topic's policy lets it, and says why not elsewhere."""
    topic, arrived = subscriber
    local_aws.client("sns").set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=document
    )
    put(cloudwatch, AlarmActions=[topic])
    publish(cloudwatch)
    assert len(arrived()) == (reason is None)
    assert (reason or "Successfully") in actions(cloudwatch)[0]


KEY_GRANT = policy(Action=["kms:Decrypt", "kms:GenerateDataKey*"])


@pytest.mark.parametrize(
    ("key_policy", "reason"),
    [
        ("alias/aws/sns", "AWS-managed"),
        (None, "kms:Decrypt"),
        (KEY_GRANT, None),
        (policy(Action="kms:Decrypt"), "kms:GenerateDataKey"),
        ("disabled", "Disabled"),
        ("alias/none", "does not exist"),
    ],
)
def test_the_topics_key_counts(
    cloudwatch: Any,
    local_aws: LocalAws,
    subscriber: Any,
    key_policy: str | None,
    reason: str | None,
) -> None:
    """CloudWatch needs the topic's key, and its policy must say so."""
    topic, arrived = subscriber
    kms = local_aws.client("kms")
    if key_policy and key_policy.startswith("alias/"):
        key = key_policy
    else:
        given = key_policy if key_policy and key_policy != "disabled" else KEY_GRANT
        made = kms.create_key(**({"Policy": given} if key_policy else {}))["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName="alias/mine", TargetKeyId=made)
        key = "alias/mine"
        if key_policy == "disabled":
            kms.disable_key(KeyId=made)
    local_aws.client("sns").set_topic_attributes(
        TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue=key
    )
    put(cloudwatch, AlarmActions=[topic])
    publish(cloudwatch)
    assert (reason or "Successfully") in actions(cloudwatch)[0]
    assert len(arrived()) == (reason is None)


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        (f"arn:aws:sns:eu-west-1:{ACCOUNT}:t", "the topic is in eu-west-1, the alarm in us-east-1"),
        (f"arn:aws:sns:us-east-1:{ACCOUNT}:gone", "Topic does not exist"),
        (f"arn:aws:sns:us-east-1:{ACCOUNT}:t.fifo", "FIFO"),
        (f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f", "only SNS topics"),
    ],
)
def test_refused_actions(cloudwatch: Any, local_aws: LocalAws, topic: str, reason: str) -> None:
    """Other regions, missing and FIFO topics are refused, and the history says so."""
    local_aws.client("sns", "eu-west-1").create_topic(Name="t")
    local_aws.client("sns").create_topic(Name="t.fifo", Attributes={"FifoTopic": "true"})
    put(cloudwatch, AlarmActions=[topic])
    publish(cloudwatch)
    assert reason in actions(cloudwatch)[0]
    assert actions(cloudwatch)[0].startswith("Failed to execute action")


def test_another_accounts_topic(cloudwatch: Any, local_aws: LocalAws) -> None:
    """A topic of another account is published to if its policy names ours; the default doesn't."""
    other = local_aws.client("sns", account="999988887777")
    topic = other.create_topic(Name="t")["TopicArn"]
    put(cloudwatch, AlarmActions=[topic])
    publish(cloudwatch)
    assert "not authorized" in actions(cloudwatch)[0]
    other.set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=policy(Principal="*")
    )
    put(cloudwatch, "b", AlarmActions=[topic])
    publish(cloudwatch)
    assert "Successfully" in actions(cloudwatch, "b")[0]


def test_accounts_and_regions_are_apart(cloudwatch: Any, local_aws: LocalAws) -> None:
    """Alarms and metrics of another region or account are others."""
    elsewhere = local_aws.client("cloudwatch", "eu-west-1")
    put(elsewhere)
    put(cloudwatch)
    publish(cloudwatch)
    assert state(cloudwatch) == "ALARM"
    assert state(elsewhere) == "INSUFFICIENT_DATA"
    assert names(local_aws.client("cloudwatch", account="999988887777").describe_alarms()) == []
