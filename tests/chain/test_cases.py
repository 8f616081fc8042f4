"""The second half of the chain on the public cases: from a metric to a subscriber."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from alarmchain.chain.alarm.alarm_actions import notified_topics
from alarmchain.chain.alarm.judge_alarm import judge_alarm
from alarmchain.chain.alarm.metric_alarm import MetricAlarm
from alarmchain.chain.alarm.mute_rules import judge_mute_rules
from alarmchain.chain.composite_alarm.composite_alarm import CompositeAlarm
from alarmchain.chain.composite_alarm.nested_composites import judge_composites
from alarmchain.chain.judgement import Status
from alarmchain.chain.subscription.alarm_message import alarm_message
from alarmchain.chain.subscription.subscription import judge_subscriptions
from alarmchain.chain.topic.kms_key import find_key
from alarmchain.chain.topic.topic import Topic, judge_topic
from tests.chain.builders import NOW, signals

CASES = Path(__file__).parents[3] / "shared" / "data" / "cases.json"
REASONS = {
    "A06-less-than": "needs Sum < 1; one event brings it to 1",
    "A10-only-insufficient": "notifies of OK or INSUFFICIENT_DATA, but not of ALARM",
    "A11-lambda-action": "has no SNS topic among its alarm actions, only 'lambda'",
    "A14c-metric-math-blind": "needs 'm1 * 0' >= 1; one event brings it to 0",
    "A15c-composite-disabled": "has its actions disabled",
    "A16-missing-breaching": "it treats missing data as breaching",
    "M05b-alarm-dim-not-in-metric": "watches CloudTrailMetrics M {Trail=main}",
    "M08-unit-mismatch": "has the Unit Count, but the filter writes no unit",
    "S01-topic-deleted": "does not exist",
    "S06-subscription-filter-policy": "drops the alarm's message",
}
"""The cases whose fault is in this half, with a part of its reason."""


def load() -> list[dict[str, Any]]:
    """Return the public cases, [] if their file does not exist."""
    return json.loads(CASES.read_text()) if CASES.exists() else []


def reasons(region: str, collections: Mapping[str, Any]) -> Iterator[str]:
    """Yield for each alarm and topic of a region why it stops the event, "" if it does not."""
    items = {item["AlarmName"]: item for item in collections["metric_alarms"]}
    alarms = [MetricAlarm.read(item) for item in items.values()]
    judged = {alarm.name: judge_alarm(alarm, signals(), NOW) for alarm in alarms}
    triggered = {name for name, answer in judged.items() if answer.status is Status.OK}
    composites = [CompositeAlarm.read(item) for item in collections.get("composite_alarms", ())]
    judged |= judge_composites(composites, triggered, items, NOW)
    by_name = {**items, **{item["AlarmName"]: item for item in collections["composite_alarms"]}}
    topics = {item["TopicArn"]: Topic.read(item) for item in collections.get("topics", ())}
    notifiers: list[MetricAlarm | CompositeAlarm] = [*alarms, *composites]
    for alarm in notifiers:
        message = alarm_message(by_name[alarm.name])
        notified, notifying = notified_topics(alarm, region)
        yield from filter(
            None,
            (judged[alarm.name].reason, notifying.reason, judge_mute_rules(alarm.name, ()).reason),
        )
        for arn in notified if judged[alarm.name].status is Status.OK else ():
            if arn not in topics:
                yield "does not exist"
                continue
            key = find_key(collections.get("keys", ()), topics[arn].key)
            verdict = judge_topic(topics[arn], alarm.arn, key)
            yield verdict.reason or judge_subscriptions(topics[arn], message).reason


@pytest.mark.skipif(not load(), reason="../shared/data/cases.json is not there")
@pytest.mark.parametrize("case", load(), ids=lambda case: case["id"])
def test_case(case: dict[str, Any]) -> None:
    """If one event writes the metric, only the case's fault stops the chain."""
    regions = case["snapshot"]["Regions"]
    with_alarms = {name: region for name, region in regions.items() if region.get("metric_alarms")}
    found = [reason for name, region in with_alarms.items() for reason in reasons(name, region)]
    if case["id"] in REASONS:
        assert "" not in found
        assert any(REASONS[case["id"]] in reason for reason in found)
    elif case["expected"] == "COMPLIANT":
        assert "" in found
