"""Hostile and malformed snapshots end in a verdict or DocumentError, and never in COMPLIANT."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarmchain.json_document import DocumentError
from alarmchain.snapshot.snapshot_json import from_json
from tests.cases import all_cases, compliant
from tests.chance import LONG, tried
from tests.mutations import GARBAGE, Place, changed, changes

CASES = all_cases()
NAMES = {"control", "foreign arn", "half an arn", "long", "star", "text"}
ANY = {*GARBAGE, "removed", "doubled"}
NOT_TEXT = ANY - NAMES
HARMLESS: dict[str, set[str]] = {
    # No link depends on these.
    "log_groups/#/arn": ANY,
    "metric_alarms/#/InsufficientDataActions": ANY,
    "metric_alarms/#/OKActions": ANY,
    "metric_alarms/#/Metrics/#/Id": ANY,
    "metric_alarms/#/Metrics/#/ReturnData": ANY,  # the alarm watches its only query
    "metric_filters/#/filterName": NAMES,
    "composite_alarms/#/InsufficientDataActions": ANY,
    "composite_alarms/#/OKActions": ANY,
    "keys/#/KeyId": NAMES,  # Metadata also has the key's id
    "keys/#/Metadata/Arn": ANY,
    "keys/#/Metadata/KeyId": ANY,
    "keys/#/Metadata/KeyManager": ANY,  # except for AWS
    "mute_rules/#/AlarmName": NAMES,
    "mute_rules/#/Rules/#/AlarmMuteRuleArn": ANY,
    "topics/#/Attributes/Owner": ANY,
    "topics/#/Attributes/SubscriptionsConfirmed": ANY,
    "topics/#/Attributes/SubscriptionsPending": ANY,
    "topics/#/Attributes/TopicArn": ANY,
    "topics/#/Subscriptions/#/Endpoint": ANY,
    "topics/#/Subscriptions/#/Owner": ANY,
    "topics/#/Subscriptions/#/Protocol": ANY,
    "trails/#/AdvancedEventSelectors/#/Name": ANY,
    "trails/#/EventSelectors/#/DataResources": ANY,
    "trails/#/IncludeGlobalServiceEvents": ANY,  # none of the rules' services is global
    "trails/#/IsMultiRegionTrail": ANY,  # the region is these trails' home region
    "trails/#/IsOrganizationTrail": ANY,  # these trails belong to the account
    "trails/#/Name": ANY,
    "trails/#/S3BucketName": ANY,
    # These values are also in another member.
    "topics/#/Subscriptions/#/TopicArn": NOT_TEXT,
    "trails/#/HomeRegion": NOT_TEXT,
    # These have a default or may be empty.
    "Denied": {"removed", "empty list"},
    "composite_alarms": {"removed", "empty list"},
    "keys": {"removed", "empty list"},
    "mute_rules": {"removed", "empty list"},
    "mute_rules/#": {"removed"},
    "mute_rules/#/Rules": {"empty list"},
    "mute_rules/#/Rules/#": {"removed"},
    "log_groups/#/logGroupClass": {"null", "removed"},
    "metric_alarms/#/ActionsEnabled": {"removed", "true"},
    "metric_alarms/#/TreatMissingData": {"null", "removed"},
    "composite_alarms/#/ActionsEnabled": {"removed", "true"},
    "topics/#/Attributes/KmsMasterKeyId": {"removed", "empty text"},
    "topics/#/Subscriptions/#/Attributes": {"empty object", "object"},
    "topics/#/Subscriptions/#/Attributes/FilterPolicy": {"empty text", "null", "removed"},
    "trails/#/EventSelectors/#": {"empty object", "object"},
    "trails/#/EventSelectors/#/ExcludeManagementEventSources": {
        *("null", "removed", "empty list", "texts")
    },
    "trails/#/EventSelectors/#/IncludeManagementEvents": {"null", "removed", "true"},
    "trails/#/EventSelectors/#/ReadWriteType": {"null", "removed"},
    # With these values the chain works, too.
    "metric_alarms/#/Threshold": {"zero", "minus"},
    "trails/#/Status/IsLogging": {"true"},
    "trails/#/Status/LatestCloudWatchLogsDeliveryTime": {"zero", "minus", "seven"},  # long ago
}
"""By place (without the region): the changes after which a complete chain is still complete."""
DOUBLED = {
    "composite_alarms/#/AlarmActions/#",
    "metric_alarms/#/AlarmActions/#",
    "metric_filters/#/emitSystemFieldDimensions/#",
    "mute_rules/#/Rules/#",
    "topics/#/Subscriptions/#",
    "trails/#/AdvancedEventSelectors/#",
    "trails/#/AdvancedEventSelectors/#/FieldSelectors/#",
    "trails/#/AdvancedEventSelectors/#/FieldSelectors/#/Equals/#",
    "trails/#/EventSelectors/#",
}
"""Places where a list may contain the same item twice."""


def _named(place: Place) -> str:
    steps = ["#" if isinstance(step, int) else str(step) for step in place]
    return "/".join(steps[2:] if steps[0] == "Regions" and len(steps) > 2 else steps)


def _is_harmless(place: Place, change: str) -> bool:
    name = _named(place)
    return change in HARMLESS.get(name, ()) or (change == "doubled" and name in DOUBLED)


GARBLED = [
    ("P01-baseline-ct", 1 if LONG else 3),
    ("T06-advanced-management", 5),
    ("M18-system-dimensions", 5),
    ("S08b-own-key", 5),
    ("A14b-math-single-metric", 5),
    ("A18b-mute-rule-expired", 5),
    ("S06c-filter-on-body", 5),
]
"""Cases, and a number n: one change of n is tried."""


@pytest.mark.parametrize(("name", "one_of"), GARBLED, ids=[name for name, _ in GARBLED])
def test_garbage(name: str, one_of: int) -> None:
    """A wrong value in any place gives a verdict or DocumentError, COMPLIANT only if harmless."""
    case = CASES[name]
    for number, (place, change) in enumerate(changes(case["snapshot"])):
        if number % one_of:
            continue
        survived = compliant(changed(case["snapshot"], place, change), case)
        assert not survived or _is_harmless(place, change), (place, change)


def test_garbage_has_an_effect() -> None:
    """After each change that HARMLESS or DOUBLED lists, the rule is COMPLIANT."""
    case = CASES["P01-baseline-ct"]
    told = {
        (_named(place), change): compliant(changed(case["snapshot"], place, change), case)
        for place, change in changes(case["snapshot"])
        if _is_harmless(place, change)
    }
    assert told
    assert all(told.values()), [place for place, whole in told.items() if not whole]


@tried(300)
@given(st.data())
def test_garbage_in_three_places(data: st.DataObject) -> None:
    """Three changes together in any of the cases also give a verdict or DocumentError."""
    case = CASES[data.draw(st.sampled_from(sorted(CASES)).filter(lambda one: one[:3] != "L02"))]
    document = case["snapshot"]
    for _ in range(3):
        place, change = data.draw(st.sampled_from(list(changes(document))))
        document = changed(document, place, change)
        if not isinstance(document, dict):
            break
    compliant(document, case)


@pytest.mark.parametrize("document", [None, [], "x", 7, {}, {"Format": "alarmchain-snapshot/2"}])
def test_no_snapshot(document: Any) -> None:
    """A document that is not a snapshot is refused; the message says what was expected."""
    with pytest.raises(DocumentError, match="expected"):
        from_json(document)
