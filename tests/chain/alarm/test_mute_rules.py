"""A mute rule can suppress a notification."""

import pytest

from alarmchain.chain.alarm.mute_rules import judge_mute_rules
from alarmchain.chain.judgement import Status

ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm-mute-rule:night"


def rule(status: str | None) -> dict[str, str]:
    """A summary of ListAlarmMuteRules."""
    return {"AlarmMuteRuleArn": ARN} | ({"Status": status} if status else {})


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (None, "ok"),
        ([], "ok"),
        (["EXPIRED"], "ok"),
        (["EXPIRED", "EXPIRED"], "ok"),
        (["SCHEDULED"], "unknown"),
        (["ACTIVE"], "unknown"),
        (["EXPIRED", "ACTIVE"], "unknown"),
        ([None], "unknown"),
        (["NEW"], "unknown"),
    ],
)
def test_mute_rules(statuses: list[str | None] | None, expected: str) -> None:
    """A mute rule that is not EXPIRED makes the alarm unknown; the reason names the rule."""
    rules = None if statuses is None else [rule(status) for status in statuses]
    judgement = judge_mute_rules("A", rules)
    assert judgement.status.value == expected
    is_ok = judgement.status is Status.OK
    assert is_ok or judgement.reason == "mute rule 'night' can silence alarm 'A'"
