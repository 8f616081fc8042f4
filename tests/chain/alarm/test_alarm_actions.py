"""Which SNS topics an alarm notifies when it goes to ALARM."""

from typing import Any

import pytest

from alarmchain.chain.alarm.alarm_actions import notified_topics
from alarmchain.chain.composite_alarm.composite_alarm import CompositeAlarm
from alarmchain.chain.judgement import Status
from tests.chain.builders import ACCOUNT, REGION, TOPIC, alarm, arn

LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:notify"
FAR = TOPIC.replace(REGION, "eu-west-1")
FOREIGN = TOPIC.replace(ACCOUNT, "999988887777")
CHINA = TOPIC.replace("arn:aws:", "arn:aws-cn:")
NONE: dict[str, Any] = {"AlarmActions": []}

# changes, topics, words of the reason
ACTIONS: list[tuple[dict[str, Any], tuple[str, ...], str]] = [
    ({}, (TOPIC,), ""),
    ({"ActionsEnabled": None}, (TOPIC,), ""),
    ({"ActionsEnabled": False}, (), "has its actions disabled"),
    ({"AlarmActions": [LAMBDA, TOPIC, TOPIC]}, (TOPIC,), ""),
    ({"AlarmActions": [FAR, TOPIC]}, (TOPIC,), ""),
    ({"AlarmActions": [FOREIGN]}, (FOREIGN,), ""),
    ({"AlarmActions": [LAMBDA]}, (), "no SNS topic among its alarm actions, only 'lambda'"),
    ({"AlarmActions": [FAR]}, (), f"which is not in {REGION}"),
    ({"AlarmActions": [CHINA]}, (), f"which is not in {REGION}"),
    ({"AlarmActions": [TOPIC + ":0000"]}, (), "no SNS topic"),
    ({"AlarmActions": ["nonsense", 5, ""]}, (), "no SNS topic"),
    (NONE, (), "has no alarm action"),
    ({"AlarmActions": None}, (), "has no alarm action"),
    (NONE | {"OKActions": [TOPIC]}, (), "notifies of OK or INSUFFICIENT_DATA, but not of ALARM"),
    (NONE | {"InsufficientDataActions": [TOPIC]}, (), "notifies of OK"),
]


@pytest.mark.parametrize(("changes", "topics", "words"), ACTIONS)
def test_metric_alarm(changes: dict[str, Any], topics: tuple[str, ...], words: str) -> None:
    """An alarm notifies the topics of its region and partition, if its actions are enabled."""
    found, judgement = notified_topics(alarm(**changes), REGION)
    assert found == topics
    assert judgement.status is (Status.OK if topics else Status.BROKEN)
    assert words in judgement.reason
    assert len(judgement.reason) <= 120


def test_composite_alarm() -> None:
    """A composite alarm has actions of its own."""
    item = {"AlarmName": "C", "AlarmArn": arn("C"), "AlarmRule": "ALARM(A)"}
    on = CompositeAlarm.read({**item, "AlarmActions": [TOPIC]})
    off = CompositeAlarm.read({**item, "AlarmActions": [TOPIC], "ActionsEnabled": False})
    assert notified_topics(on, REGION)[0] == (TOPIC,)
    assert notified_topics(off, REGION)[1].remedy == "enable the actions of alarm 'C'"
