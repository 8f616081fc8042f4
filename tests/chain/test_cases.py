"""The second half of the chain on the public accounts: from a signal to a subscriber."""

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
from alarmchain.chain.subscription.subscription import alarm_message, judge_subscriptions
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
"""The cases whose fault lies here, with the words that must name it."""


def load() -> list[dict[str, Any]]:
    """The public cases, none where they are not there."""
    return json.loads(CASES.read_text()) if CASES.exists() else []


def reasons(region: str, collections: Mapping[str, Any]) -> Iterator[str]:
    """For each alarm and topic of a region, why the signal does not get through; "" if it does."""
    items = {one["AlarmName"]: one for one in collections["metric_alarms"]}
    alarms = [MetricAlarm.read(one) for one in items.values()]
    judged = {one.name: judge_alarm(one, signals(), NOW) for one in alarms}
    ringing = {name for name, one in judged.items() if one.status is Status.OK}
    composites = [CompositeAlarm.read(one) for one in collections.get("composite_alarms", ())]
    judged |= judge_composites(composites, ringing, items, NOW)
    topics = {one["TopicArn"]: Topic.read(one) for one in collections.get("topics", ())}
    notifiers: list[MetricAlarm | CompositeAlarm] = [*alarms, *composites]
    for alarm in notifiers:
        metric = alarm.metric if isinstance(alarm, MetricAlarm) else None
        message = alarm_message(alarm.name, alarm.arn, metric)
        found, telling = notified_topics(alarm, region)
        yield from filter(
            None,
            (judged[alarm.name].reason, telling.reason, judge_mute_rules(alarm.name, ()).reason),
        )
        for arn in found if judged[alarm.name].status is Status.OK else ():
            if arn not in topics:
                yield "does not exist"
                continue
            key = find_key(collections.get("keys", ()), topics[arn].key)
            verdict = judge_topic(topics[arn], alarm.arn, key)
            yield verdict.reason or judge_subscriptions(topics[arn], message).reason


@pytest.mark.skipif(not load(), reason="../shared/data/cases.json is not there")
@pytest.mark.parametrize("case", load(), ids=lambda case: case["id"])
def test_case(case: dict[str, Any]) -> None:
    """Given that one event writes the metric, the chain works but where the case's fault is."""
    regions = case["snapshot"]["Regions"]
    collections = [(name, one) for name, one in regions.items() if one.get("metric_alarms")]
    told = [reason for region, collection in collections for reason in reasons(region, collection)]
    if case["id"] in REASONS:
        assert "" not in told
        assert any(REASONS[case["id"]] in reason for reason in told)
    elif case["expected"] == "COMPLIANT":
        assert "" in told
