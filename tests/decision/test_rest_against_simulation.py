"""Covered verdicts compared with the local AWS's alarm engine, among routine traffic.

For random accounts, with several filters on an alarm's metric: where the rule is covered, the
alarm is not in ALARM while routine records alone come, and it notifies of each of two calls.
"""

import json
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from alarmchain.decision.routine_records import BROAD, routine_traffic
from alarmchain.place import Place
from alarmchain.records.record_class import api_call
from alarmchain.records.typical_record import typical_records
from localaws.cloudwatch.simulation import Simulation, simulate
from localaws.logs import filters as local_filters
from tests.builders import (
    ACCOUNT,
    CALLS,
    REGION,
    account,
    alarm,
    composite,
    expression,
    judged,
    math_alarm,
    metric_filter,
    names,
    stat,
)
from tests.chance import EXAMPLES, tried

Json = dict[str, Any]

TRAFFIC = [
    (json.loads(json.dumps(record)), json.dumps(record))
    for traffic in routine_traffic((Place(ACCOUNT, REGION),), ())
    if traffic.certain
    for record in traffic.records
]
"""What every account's trail records all day long: each record with its text."""
HITS = [
    json.dumps(record)
    for name in CALLS
    for record in typical_records(
        api_call("cloudtrail.amazonaws.com", name, region=REGION, account=ACCOUNT)
    )
]
OTHER_PATTERNS = [
    "{ $.eventName = * }",
    "{ $.readOnly IS TRUE }",
    "{ $.readOnly IS FALSE }",
    '{ $.awsRegion = "us-east-1" }',
    '{ $.awsRegion != "us-east-1" }',
    '{ $.recipientAccountId = "123456789012" }',
    '{ $.userIdentity.type = "AssumedRole" }',
    '{ $.userIdentity.type != "AssumedRole" }',
    '{ $.userIdentity.type = "Root" }',
    '{ $.userIdentity.type != "Root" }',
    "{ $.userIdentity.invokedBy NOT EXISTS }",
    '{ $.userIdentity.invokedBy = "*" }',
    '{ $.eventName = "Describe*" || $.eventName = "Get*" }',
    '{ $.eventName = "List*" || $.eventName = "Decrypt" }',
    "{ $.eventSource = cloudtrail.amazonaws.com }",
    "{ $.eventSource = kms.amazonaws.com }",
    "{ $.eventSource != kms.amazonaws.com }",
    '{ $.errorCode = "AccessDenied*" }',
    "{ $.errorCode NOT EXISTS }",
    "{ $.eventName = AssumeRole }",
    "eventVersion",
    "AwsApiCall",
    "StopLogging",
]
VALUES = st.sampled_from(["1", "1", "1", "0", "10", "0.5", "-1"])
DEFAULTS = st.sampled_from([None, None, None, 0])
MATH = ["m1 * 2", "m1 + 1", "FILL(m1, 0)", "MAX([m1, m1])", "m1 - 1"]


@st.composite
def accounts(draw: st.DrawFn) -> Json:
    """Draw an account in which a filter on the calls shares its metric with other filters."""
    first = metric_filter(
        draw(st.sampled_from([names(), names(), "{ $.eventSource = cloudtrail.amazonaws.com }"])),
        metricValue=draw(st.sampled_from(["1", "1", "10"])),
        defaultValue=draw(DEFAULTS),
    )
    others = [
        metric_filter(
            draw(st.sampled_from(OTHER_PATTERNS)),
            name=f"G{number}",
            metric=draw(st.sampled_from(["M", "M", "N"])),
            metricValue=draw(VALUES),
            defaultValue=draw(DEFAULTS),
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    changes: Json = {
        "Period": draw(st.sampled_from([60, 300])),
        "EvaluationPeriods": draw(st.sampled_from([1, 1, 2, 3])),
        "DatapointsToAlarm": 1,
        "Threshold": draw(st.sampled_from([1.0, 1.0, 1.0, 10.0, 0.0, 0.5])),
        "ComparisonOperator": draw(
            st.sampled_from(["GreaterThanOrEqualToThreshold"] * 3 + ["GreaterThanThreshold"])
        ),
        "TreatMissingData": draw(st.sampled_from(["notBreaching", "notBreaching", "missing"])),
    }
    statistic = draw(
        st.sampled_from(["Sum", "Sum", "Maximum", "Maximum", "Average", "SampleCount"])
    )
    if draw(st.booleans()) and draw(st.booleans()):
        period = changes.pop("Period")
        queries = [stat(), expression(draw(st.sampled_from(MATH)))]
        queries[0]["MetricStat"] |= {"Stat": statistic, "Period": period}
        alarms = [math_alarm(*queries, **changes)]
    else:
        alarms = [alarm(Statistic=statistic, **changes)]
    composites = []
    if draw(st.integers(0, 4)) == 0:
        alarms[0]["AlarmActions"] = []
        alarms.append(alarm("B", metric="N", AlarmActions=[]))
        rule = draw(st.sampled_from(['ALARM("A")', 'ALARM("A") OR ALARM("B")', 'NOT OK("A")']))
        composites = [composite(rule)]
    return account(
        metric_filters=[first, *others], metric_alarms=alarms, composite_alarms=composites
    )


def traffic_of(filters: list[Json]) -> list[str]:
    """Return the routine records that come all day.

    Filters that count routine calls of only a few services are accepted, because an account may
    lack those calls. So this account does not have them.
    """
    few: set[str] = set()
    for metric in ("M", "N"):
        counting = [
            _without_default(item)
            for item in filters
            if item["metricTransformations"][0]["metricName"] == metric
        ]
        counted = {
            record["eventSource"]
            for record, text in TRAFFIC
            if any(local_filters.datum(item, text, ACCOUNT, REGION) for item in counting)
        }
        few |= counted if len(counted) < BROAD else set()
    return [text for record, text in TRAFFIC if record["eventSource"] not in few]


def _without_default(item: Json) -> Json:
    """Return the filter without a default value, so that it writes only for a match."""
    (transformation,) = item["metricTransformations"]
    kept = {name: value for name, value in transformation.items() if name != "defaultValue"}
    return {**item, "metricTransformations": [kept]}


def run(document: Json, messages: list[tuple[float, str]], until: int) -> Simulation:
    """Return the simulation of the alarm that notifies."""
    region = document["Regions"][REGION]
    alarms = [*region["composite_alarms"], *region["metric_alarms"]]
    return simulate(
        alarms[0],
        region["metric_filters"],
        messages,
        until,
        start_state="OK",
        other_alarms=alarms[1:],
        start_states={item["AlarmName"]: "OK" for item in alarms},
    )


def check(document: Json, order: list[int], hits: list[str]) -> None:
    """Check that the alarm rests among routine records, and notifies of both hits."""
    region = document["Regions"][REGION]
    texts = traffic_of(region["metric_filters"])
    span = (max(item["EvaluationPeriods"] for item in region["metric_alarms"]) + 4) * 300 + 300
    minutes = range(0, 3 * span, 60)
    noise = [
        (float(minute + 7), texts[order[number % len(order)] % len(texts)])
        for number, minute in enumerate(minutes)
        if texts
    ]
    at = [span + 31, 2 * span + 31]
    silent = run(document, noise, 3 * span)
    assert all(state != "ALARM" for _, state in silent.states), ("at rest", silent.reasons)
    events = [*noise, *((float(second), hit) for second, hit in zip(at, hits, strict=True))]
    ringing = run(document, events, 3 * span)
    assert ringing.notifications == 2, ("misses an event", ringing.states)


COVERED: list[Json] = []


@tried(400)
@given(
    accounts(),
    st.lists(st.integers(0, 200), min_size=4, max_size=12),
    st.lists(st.sampled_from(HITS), min_size=2, max_size=2),
)
def _check_account(document: Json, order: list[int], hits: list[str]) -> None:
    found = judged(document)
    event(found.outcome.value)
    if found.outcome.value == "covered":
        COVERED.append(document)
        check(document, order, hits)


@pytest.mark.chance
def test_covered_alarms_rest_and_ring() -> None:
    """At least a quarter of the accounts is covered, and all their alarms work."""
    COVERED.clear()
    _check_account()
    assert len(COVERED) >= (EXAMPLES or 100) // 4, len(COVERED)
