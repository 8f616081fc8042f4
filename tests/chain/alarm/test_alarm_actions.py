"""Whom an alarm tells of its transition to ALARM."""

from typing import Any

import pytest

from alarmchain.chain.alarm.alarm_actions import notifies
from alarmchain.chain.composite_alarm.judge_composite import CompositeAlarm
from alarmchain.chain.judgement import Status
from tests.chain.builders import ACCOUNT, REGION, TOPIC, alarm, arn

LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:notify"
FAR = TOPIC.replace(REGION, "eu-west-1")
FOREIGN = TOPIC.replace(ACCOUNT, "999988887777")
CHINA = TOPIC.replace("arn:aws:", "arn:aws-cn:")
NONE = {"AlarmActions": []}

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
    (NONE | {"OKActions": [TOPIC]}, (), "notifies only of OK or INSUFFICIENT_DATA"),
    (NONE | {"InsufficientDataActions": [TOPIC]}, (), "notifies only of OK"),
]


@pytest.mark.parametrize(("changes", "topics", "words"), ACTIONS)
def test_metric_alarm(changes: dict[str, Any], topics: tuple[str, ...], words: str) -> None:
    """SNS topics of the alarm's region and partition among its AlarmActions, if they run at all."""
    found, judgement = notifies(alarm(**changes), REGION)
    assert found == topics
    assert judgement.status is (Status.OK if topics else Status.BROKEN)
    assert words in judgement.reason
    assert len(judgement.reason) <= 110


def test_composite_alarm() -> None:
    """A composite alarm has actions of its own."""
    item = {"AlarmName": "C", "AlarmArn": arn("C"), "AlarmRule": "ALARM(A)"}
    on = CompositeAlarm.read({**item, "AlarmActions": [TOPIC]})
    off = CompositeAlarm.read({**item, "AlarmActions": [TOPIC], "ActionsEnabled": False})
    assert notifies(on, REGION)[0] == (TOPIC,)
    assert notifies(off, REGION)[1].remedy == "enable the actions of alarm 'C'"
