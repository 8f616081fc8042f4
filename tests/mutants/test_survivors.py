"""Tests for the survivors of mutation testing: changes of the code that no test noticed."""

import json
from typing import Any

import pytest

from alarmchain.chain.alarm.judge_alarm import judge_alarm
from alarmchain.chain.judgement import Status
from alarmchain.chain.metric_filter.field_selection import judge_criteria
from alarmchain.chain.metric_math.metric_query import Query
from alarmchain.chain.subscription.alarm_message import alarm_message
from alarmchain.chain.subscription.subscription import judge_subscription
from alarmchain.chain.trail.advanced_event_selectors import judge_advanced_selector
from alarmchain.decision.assessment import Outcome
from alarmchain.filter_pattern.ast import SpacePattern
from alarmchain.filter_pattern.match.match import match
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.prove import Verdict, prove
from alarmchain.records.record_class import api_call
from tests.builders import account, judged, metric_filter
from tests.chain.builders import (
    ACCOUNT,
    NOW,
    REGION,
    alarm_item,
    expression,
    math_alarm,
    query,
    signals,
    subscription,
)

OK, BROKEN, UNKNOWN = Status.OK, Status.BROKEN, Status.UNKNOWN
STOP = api_call("cloudtrail.amazonaws.com", "StopLogging")


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        ({"AlarmName": [{"anything-but": ["B", "A"]}]}, BROKEN),
        ({"AlarmName": [{"anything-but": ["B", "C"]}]}, OK),
        ({"AlarmName": [{"anything-but": "A"}]}, BROKEN),
        ({"AWSAccountId": [ACCOUNT]}, OK),
        ({"AWSAccountId": ["999988887777"]}, BROKEN),
        ({"Trigger": {"MetricName": ["M"], "Namespace": ["CloudTrailMetrics"]}}, OK),
        ({"Trigger": {"MetricName": ["N"]}}, BROKEN),
        ({"Trigger": {"Period": [300]}}, OK),
        ({"Unheard": {"Of": [{"exists": False}]}}, UNKNOWN),
    ],
)
def test_filter_policies_on_the_message(policy: Any, status: Status) -> None:
    """A policy is decided on members of the message that follow from the alarm, else unknown."""
    item = subscription(FilterPolicy=json.dumps(policy), FilterPolicyScope="MessageBody")
    message = alarm_message(alarm_item())
    assert judge_subscription(item, message, "topic 'alarms'").status is status


@pytest.mark.parametrize(
    ("stat", "low", "status"),
    [("p90", "ignore", UNKNOWN), ("p90", "evaluate", OK), ("Sum", "ignore", OK)],
)
def test_math_on_percentiles_of_few_samples(stat: str, low: str, status: Status) -> None:
    """If percentiles with low sample counts are ignored, one event may not change the alarm."""
    queries = (query(Stat=stat), expression("m1 * 1"))
    judged = math_alarm(*queries, EvaluateLowSampleCountPercentile=low)
    assert judge_alarm(judged, signals(), NOW).status is status


def test_functions_of_one_series() -> None:
    """A function of one metric is computed from that metric."""
    for text, status in (("ABS(m1)", OK), ("CEIL(m1 * 0.5)", OK), ("ABS(m1 * 0)", BROKEN)):
        assert judge_alarm(math_alarm(query(), expression(text)), signals(), NOW).status is status


def test_a_query_returns_data_unless_it_says_otherwise() -> None:
    """The documented default of ReturnData is true."""
    item = query()
    del item["ReturnData"]
    assert Query.read(item).returned
    assert not Query.read(query(returned=False)).returned


@pytest.mark.parametrize(
    ("field", "values", "status"),
    [
        ("eventType", ["AwsApiCall"], OK),
        ("eventType", ["AwsServiceEvent"], BROKEN),
        ("eventName", ["StopLogging"], OK),
        ("readOnly", ["true"], BROKEN),
    ],
)
def test_selectors_on_what_is_known(field: str, values: list[str], status: Status) -> None:
    """A selector can select by the known fields of a call's records."""
    management = {"Field": "eventCategory", "Equals": ["Management"]}
    selector = {"FieldSelectors": [management, {"Field": field, "Equals": values}]}
    call = api_call("cloudtrail.amazonaws.com", "StopLogging")
    assert judge_advanced_selector("trail 'main'", selector, call).status is status


@pytest.mark.parametrize(("value", "status"), [("true", OK), ("false", BROKEN)])
def test_selectors_on_calls_that_read(value: str, status: Status) -> None:
    """The record of a call that reads has readOnly true."""
    management = {"Field": "eventCategory", "Equals": ["Management"]}
    selector = {"FieldSelectors": [management, {"Field": "readOnly", "Equals": [value]}]}
    call = api_call("kms.amazonaws.com", "ListKeys", read_only=True)
    assert judge_advanced_selector("trail 'main'", selector, call).status is status


def test_deep_criteria_are_not_followed() -> None:
    """A deeply nested field selection is unknown, and does not exhaust the stack."""
    criterion = f'@aws.account = "{ACCOUNT}"'
    for depth, status in ((3, OK), (5_000, UNKNOWN)):
        text = "(" * depth + criterion + ")" * depth
        assert judge_criteria(text, "f", ACCOUNT, REGION).status is status


@pytest.mark.parametrize(
    ("pattern", "verdict"),
    [
        ("{ $.eventName = %\\x53topLogging% }", Verdict.COVERED),
        ("{ $.eventName = %\\x35topLogging% }", Verdict.ESCAPES),
        ("{ $.userIdentity.arn = 5 || $.userIdentity.arn != 5 }", Verdict.ESCAPES),
        ('{ $.awsRegion = "us-*" || $.awsRegion != "us-*" }', Verdict.COVERED),
        ('{ $.eventName != "Stop*" || $.eventSource = "*trail*" }', Verdict.COVERED),
    ],
)
def test_what_is_proven(pattern: str, verdict: Verdict) -> None:
    """Proofs are exact for hexadecimal escapes, negated wildcards and contradicting conditions."""
    proof = prove((parse(pattern),), STOP)
    assert proof.verdict is verdict
    if proof.counterexample is not None:
        assert match(parse(pattern), proof.counterexample).is_no


@pytest.mark.parametrize("pattern", ["[a, , b]", "[, b]", "[a, b=x, ]", "[]"])
def test_columns_without_a_name(pattern: str) -> None:
    """A space-delimited pattern may have columns without a name."""
    assert isinstance(parse(pattern), SpacePattern)


@pytest.mark.parametrize(
    "pattern",
    [
        f"{{ $.eventSource = cloudtrail.amazonaws.com && {condition} }}"
        for condition in ('$.* != "zzz"', '$.eventName != "Stop\\\\qLogging"')
    ],
)
def test_a_chain_whose_pattern_is_not_decided(pattern: str) -> None:
    """If all links work but the pattern is undecided, each call and the rule are unknown."""
    assessment = judged(account(metric_filters=[metric_filter(pattern)]))
    assert assessment.outcome is Outcome.UNKNOWN
    assert {call.outcome for call in assessment.calls.values()} == {Outcome.UNKNOWN}
    start = "UNKNOWN: CreateTrail (and 4 more): metric filter 'F': "
    assert assessment.annotation.startswith(start)
