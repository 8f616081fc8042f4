"""No account with a broken link is COMPLIANT, unless another chain carries the calls."""

import copy
import json
from collections.abc import Iterator

import pytest

from alarmchain.json_document import DocumentError
from alarmchain.snapshot.reads import ReadKind
from alarmchain.snapshot.snapshot_json import from_json
from tests.builders import REGION, account, denied, judged, metric_filter
from tests.cases import all_cases, compliant
from tests.chance import sample
from tests.decision.broken_links import BREAKS, ON_ACTIONS, Break, Json

CASES = all_cases()
COVERED = [
    name
    for name, case in CASES.items()
    if case["expected"] == "COMPLIANT" and case["confidence"] == "certain" and name[0] != "L"
]


def _rooms(document: Json) -> Iterator[tuple[Json, str]]:
    parts = [document, *document.get("Linked", {}).values()]
    for part in parts:
        for region in part["Regions"].values():
            for collection in BREAKS:
                yield region, collection


def _breaks(document: Json, collection: str) -> dict[str, Break]:
    """Return the changes that break an item; only the alarm that notifies needs its actions."""
    told = "composite_alarms" if '"AlarmRule"' in json.dumps(document) else "metric_alarms"
    return BREAKS[collection] | (ON_ACTIONS if collection == told else {})


SKIPPED = {
    "A15f-child-tells-itself",  # the metric alarm notifies although there is a composite
    "A15g-nested",  # the actions of the inner composite do not matter
    "S28b-second-topic",  # the second topic needs no key
}


@pytest.mark.parametrize("name", sample(name for name in COVERED if name not in SKIPPED))
def test_every_link_broken(name: str) -> None:
    """A rule is not COMPLIANT if all items of one collection are broken in the same way."""
    case = CASES[name]
    for collection in BREAKS:
        for how, break_it in _breaks(case["snapshot"], collection).items():
            document = copy.deepcopy(case["snapshot"])
            items = [
                one
                for region, here in _rooms(document)
                if here == collection
                for one in region.get(collection, ())
            ]
            for item in items:
                try:
                    break_it(item)
                except KeyError:
                    item.clear()
            assert not items or not _still(document, case, collection, how), (collection, how)


def _still(document: Json, case: Json, collection: str, how: str) -> bool:
    """Return whether the account is COMPLIANT, and not for one of the known reasons."""
    text = json.dumps(case["snapshot"])
    tolerated = (
        # With metric math, the metric, period and statistic are in Metrics.
        (collection, how) in MATH and '"Metrics"' in text,
        # A unit that a filter writes matters only to an alarm with a Unit.
        (collection, how) == ("metric_filters", "a unit") and '"Unit"' not in text,
        # A default value does not matter if it does not breach.
        (collection, how) == ("metric_filters", "a default")
        and ('"SampleCount"' in text or '"Maximum"' in text),
        # A filter on everything writes each call to a metric of its own.
        (collection, how) == ("metric_filters", "everything") and '"$.eventName"' in text,
        # The trail of a delegated administrator has an ARN of the management account.
        (collection, how) == ("trails", "foreign") and '"IsOrganizationTrail": true' in text,
        # SampleCount also counts a sample with the value 0.
        (collection, how) == ("metric_filters", "zero") and '"SampleCount"' in text,
    )
    return compliant(document, case) and not any(tolerated)


MATH = {
    ("metric_alarms", how)
    for how in (
        "another unit",
        "another dimension",
        "another namespace",
        "another metric",
        "short period",
    )
}


@pytest.mark.parametrize("name", sample(name for name in COVERED if name not in SKIPPED))
def test_one_link_broken(name: str) -> None:
    """A rule that needs one of several items is not COMPLIANT if that item is broken.

    An item is needed if the rule is not COMPLIANT without it; then no other chain helps.
    """
    case = CASES[name]
    places = [
        (number, collection, at)
        for number, (region, collection) in enumerate(_rooms(case["snapshot"]))
        for at in range(len(region.get(collection, ())))
        if len(region[collection]) > 1
    ]
    for number, collection, at in places:
        without = copy.deepcopy(case["snapshot"])
        region, _ = list(_rooms(without))[number]
        del region[collection][at]
        if compliant(without, case):
            continue
        for how, break_it in _breaks(case["snapshot"], collection).items():
            document = copy.deepcopy(case["snapshot"])
            region, _ = list(_rooms(document))[number]
            try:
                break_it(region[collection][at])
            except KeyError:
                region[collection][at].clear()
            assert not _still(document, case, collection, how), (collection, at, how)


@pytest.mark.parametrize("name", sample(COVERED))
def test_muted(name: str) -> None:
    """A rule is not COMPLIANT if a mute rule mutes each of its alarms at some hours."""
    document = copy.deepcopy(CASES[name]["snapshot"])
    for part in (document, *document.get("Linked", {}).values()):
        for region in part["Regions"].values():
            alarms = [*region.get("metric_alarms", ()), *region.get("composite_alarms", ())]
            muted = {"AlarmMuteRuleArn": "arn:aws:cloudwatch:x", "Status": "SCHEDULED"}
            region["mute_rules"] = [
                {"AlarmName": one["AlarmName"], "Rules": [muted]} for one in alarms
            ]
    assert not compliant(document, CASES[name])


@pytest.mark.parametrize("name", sample(COVERED))
def test_rooms(name: str) -> None:
    """A rule is not COMPLIANT if a collection of its chain is empty or was not read."""
    case = CASES[name]
    for collection in ("trails", "log_groups", "metric_filters", "metric_alarms", "topics"):
        for unread in (True, False):
            document = copy.deepcopy(case["snapshot"])
            for part in (document, *document.get("Linked", {}).values()):
                for region in part["Regions"].values():
                    region[collection] = []
                    if unread:
                        del region[collection]
            assert not compliant(document, case), (collection, unread)


ROOMS_OF = {
    ReadKind.TRAILS: "trails",
    ReadKind.LOG_GROUP: "log_groups",
    ReadKind.METRIC_FILTERS: "metric_filters",
    ReadKind.ALL_ALARMS: "metric_alarms",
    ReadKind.TOPIC: "topics",
}


@pytest.mark.parametrize("kind", ROOMS_OF, ids=lambda kind: kind.name)
@pytest.mark.parametrize("told_empty", [True, False])
def test_denied_rooms(kind: ReadKind, told_empty: bool) -> None:
    """A denied read in the file gives UNKNOWN, even if its collection looks complete."""
    document = account(denied=[denied(kind.value)])
    collections = document["Regions"][REGION]
    collections[ROOMS_OF[kind]] = []
    if not told_empty:
        del collections[ROOMS_OF[kind]]
    found = judged(document)
    assert found.outcome.value == "unknown"
    assert f"denied: {kind.value} " in found.annotation


def test_twice() -> None:
    """A snapshot that lists an item twice is refused: the item would count twice."""
    with pytest.raises(
        DocumentError, match=r"metric_filters holds 'F of CloudTrail/Default' twice"
    ):
        from_json(account(metric_filters=[metric_filter(), metric_filter(metricValue="5")]))
