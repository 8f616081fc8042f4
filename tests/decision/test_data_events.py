"""Calls that CloudTrail records as data events: a trail of management events has none of them."""

import pytest

from alarmchain.control import Control
from alarmchain.decision.assessment import Outcome
from alarmchain.records.data_events import DATA_EVENTS
from deployment.folders import rule_folders
from tests.builders import CALLS, account, judged, metric_filter, names

CALL = "s3.amazonaws.com:PutObject"


@pytest.mark.parametrize(
    "selectors",
    [
        {"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}]},
        {
            "AdvancedEventSelectors": [
                {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
            ]
        },
    ],
)
def test_an_added_data_event_is_unknown(selectors: dict[str, object]) -> None:
    """It is not covered by a filter and a trail that would cover a management event."""
    document = account(metric_filters=[metric_filter(names(*CALLS, "PutObject", "PutBucketAcl"))])
    trail = next(iter(document["Regions"].values()))["trails"][0]
    for kind in ("EventSelectors", "AdvancedEventSelectors"):
        trail.pop(kind, None)
    trail.update(selectors)
    found = judged(document, AdditionalCalls=f"{CALL},s3.amazonaws.com:PutBucketAcl")
    assert found.compliance == "NON_COMPLIANT"
    assert found.calls["PutObject"].outcome is Outcome.UNKNOWN
    assert "PutObject is a data event" in found.annotation
    assert found.calls["PutBucketAcl"].outcome is Outcome.COVERED


def test_no_rule_requires_a_data_event() -> None:
    """The lists of the rules have management events alone."""
    for folder in rule_folders():
        for calls in Control.load(folder).calls.values():
            assert not {(call.event_source, call.event_name) for call in calls} & DATA_EVENTS
