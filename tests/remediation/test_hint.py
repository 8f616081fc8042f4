"""What an audit says of the remediation of a finding."""

import re

import pytest

from alarmchain.control import known_controls
from alarmchain.remediation.document import document
from alarmchain.remediation.hint import OF_THE_RULE, remediation_hint
from tests.builders import account, alarm, judged, topic, trail


def hint(**changes: object) -> str | None:
    """Of an account with these rooms."""
    return remediation_hint("CloudTrailChanges", judged(account(**changes)))


@pytest.mark.parametrize(
    "changes",
    [
        {"metric_filters": []},
        {"metric_alarms": [alarm(Threshold=5.0)]},
        {"topics": [topic(subscriptions=[])]},
    ],
)
def test_what_remediation_heals(changes: dict[str, object]) -> None:
    """The document, how to start it, and parameters that it has."""
    said = hint(**changes)
    assert said is not None
    assert "rules/CloudTrailChanges/remediation.json" in said
    assert "--config-rule-name CloudTrailChanges" in said
    known = document(known_controls()["CloudTrailChanges"])["parameters"]
    assert {"TopicArn", "NotificationEmail", *OF_THE_RULE} <= known.keys()
    assert all(re.search(rf"\b{name}\b", said) for name in OF_THE_RULE)


@pytest.mark.parametrize(
    "changes", [{}, {"trails": []}, {"trails": [trail(CloudWatchLogsLogGroupArn=None)]}]
)
def test_what_it_does_not(changes: dict[str, object]) -> None:
    """Nothing is said where all is well, or where a trail has to be mended first."""
    assert hint(**changes) is None
