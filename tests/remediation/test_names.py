"""Names that are given, taken or reused."""

from typing import Any

import pytest

from tests.remediation.local_account import CONTROLS, LocalAccount
from tests.remediation.scenario import (
    GROUP,
    NAMES,
    RULE,
    is_compliant,
    make_broken_chain,
    succeeded,
)

Json = dict[str, Any]
ADDED = "ec2.amazonaws.com:ModifySecurityGroupRules"


PINS = {
    "CallList": "extended",
    "AdditionalCalls": ADDED,
    "MetricName": "Own metric",
    "MetricNamespace": "Own/Space",
    "FilterName": "own filter",
    "AlarmName": "Own alarm",
}


ALL = 2 ** len(PINS)


SINGLE = [1 << n for n in range(len(PINS))]


@pytest.mark.parametrize(
    ("beside", "chosen"),
    [
        *(
            pytest.param(True, n, marks=() if n in (0, *SINGLE, ALL - 1) else pytest.mark.long)
            for n in range(ALL)
        ),
        *((False, n) for n in SINGLE),
    ],
)
def test_every_combination(account: LocalAccount, chosen: int, beside: bool) -> None:
    """The rule with the same parameters is COMPLIANT, also if a broken chain has the names."""
    given = {name: value for n, (name, value) in enumerate(PINS.items()) if chosen >> n & 1}
    if beside:
        make_broken_chain(account)
    topic, _ = account.on_call()
    run = succeeded(account.remediate(RULE, TopicArn=topic, **given))
    told = {name: value for name, value in given.items() if name != "FilterName"}
    assert is_compliant(account, **told)
    plan = run.outputs["ChooseFilterAndAlarm.Plan"]
    for name in given.keys() - {"CallList", "AdditionalCalls"}:
        key = {"MetricNamespace": "Namespace"}.get(name, name)
        assert given[name] == (next(iter(plan["Filters"])) if name == "FilterName" else plan[key])


def test_beside_a_broken_chain(account: LocalAccount) -> None:
    """A broken chain is not changed; new names get a suffix, and a later run may correct them."""
    make_broken_chain(account)
    before = account.resources()
    topic, _ = account.on_call()
    run = succeeded(account.remediate(RULE, TopicArn=topic))
    assert len(run.result["LeftAlone"]) == 2
    resources = account.resources()
    assert [item for item in resources["filters"] if item in before["filters"]] == before["filters"]
    assert [item for item in resources["alarms"] if item in before["alarms"]] == before["alarms"]
    added = [item["filterName"] for item in resources["filters"] if item not in before["filters"]]
    assert added == [f"{NAMES['FilterName']}-alarmchain"]
    assert run.outputs["ChooseFilterAndAlarm.Plan"]["MetricName"] == "ConfigEventCount-alarmchain"
    again = succeeded(account.remediate(RULE, TopicArn=topic))
    assert (again.result["Made"], account.resources()) == ([], resources)
    assert again.result["LeftAlone"] == run.result["LeftAlone"]
    account.client("cloudwatch").put_metric_alarm(
        AlarmName=f"{NAMES['AlarmName']}-alarmchain",
        AlarmDescription=resources["alarms"][-1]["AlarmDescription"],
        MetricName="ConfigEventCount-alarmchain",
        Namespace="CloudTrailMetrics",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=7,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    again = succeeded(account.remediate(RULE, TopicArn=topic, CallList="extended"))
    assert [words.split()[0] for words in again.would_do] == ["correct", "correct"]
    assert len(account.resources()["filters"]) == 2
    assert is_compliant(account, CallList="extended")


@pytest.mark.parametrize("name", ["FilterName", "MetricName", "AlarmName"])
def test_a_pinned_name_that_is_taken(account: LocalAccount, name: str) -> None:
    """The run stops without any change, and says that the given name is taken."""
    make_broken_chain(account)
    before = account.resources()
    run = account.remediate(RULE, **{name: NAMES[name]})
    assert run.status == "Failed"
    assert "Names are taken" in run.why
    assert NAMES[name] in run.why
    assert account.resources() == before


def test_what_does_the_job_is_reused(account: LocalAccount) -> None:
    """A runbook's filter is used; an alarm that notifies nobody is not changed."""
    calls = [call.event_name for call in CONTROLS[RULE].calls["cis"]]
    text = "||".join(f"($.eventName = {name})" for name in calls)
    make_broken_chain(account)
    topic, _ = account.on_call()
    account.client("logs").put_metric_filter(
        logGroupName=GROUP,
        filterName=NAMES["FilterName"],
        filterPattern=f"{{ ($.eventSource = config.amazonaws.com) && ({text}) }}",
        metricTransformations=account.resources()["filters"][0]["metricTransformations"],
    )
    run = succeeded(account.remediate(RULE, TopicArn=topic))
    assert run.result["Reused"] == [f"topic {topic}", f"metric filter {NAMES['FilterName']}"]
    assert run.result["Made"] == [f"put alarm {NAMES['AlarmName']}-alarmchain"]
    assert is_compliant(account)


def test_who_else_is_told(account: LocalAccount) -> None:
    """A corrected alarm of ours keeps its other actions, up to AWS's limit of five."""
    topic, _ = account.on_call()
    make_broken_chain(account)
    succeeded(account.remediate(RULE, TopicArn=topic))
    cloudwatch = account.client("cloudwatch")
    (ours,) = [one for one in account.resources()["alarms"] if "-alarmchain" in one["AlarmName"]]
    keys = ["AlarmName", "AlarmDescription", "Namespace", "MetricName", "Statistic", "Period"]
    keys += ["EvaluationPeriods", "ComparisonOperator", "Threshold"]
    for count in (1, 5):
        others = [account.on_call(name=f"other-{n}")[0] for n in range(count)]
        cloudwatch.put_metric_alarm(**{key: ours[key] for key in keys}, AlarmActions=others)
        succeeded(account.remediate(RULE, TopicArn=topic))
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=[ours["AlarmName"]])["MetricAlarms"]
        assert alarm["AlarmActions"] == [topic, *others][:5]
