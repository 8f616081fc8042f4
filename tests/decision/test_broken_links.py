"""A trap for the whole: no COMPLIANT survives a broken link, unless another chain carries it."""

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
    """What breaks an item of the room; of alarms beneath a composite not what they tell."""
    told = "composite_alarms" if '"AlarmRule"' in json.dumps(document) else "metric_alarms"
    return BREAKS[collection] | (ON_ACTIONS if collection == told else {})


SKIPPED = {
    "A15f-child-tells-itself",  # beside a composite
    "A15g-nested",  # what the inner composite tells is no matter
    "S28b-second-topic",  # it needs no key
}


@pytest.mark.parametrize("name", sample(name for name in COVERED if name not in SKIPPED))
def test_every_link_broken(name: str) -> None:
    """Where all trails, all filters, ... are broken in one way, nothing is COMPLIANT."""
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
    """Whether it is COMPLIANT where it may not be."""
    text = json.dumps(case["snapshot"])
    tolerated = (
        # Metric math names its metrics, periods and statistics elsewhere.
        (collection, how) in MATH and '"Metrics"' in text,
        # An alarm on the unit that the filter writes, a filter that writes in Bytes to no unit.
        (collection, how) == ("metric_filters", "a unit") and '"Unit"' not in text,
        # A default is no matter where it does not breach.
        (collection, how) == ("metric_filters", "a default")
        and ('"SampleCount"' in text or '"Maximum"' in text),
        # What counts everything writes each call to a metric of its own.
        (collection, how) == ("metric_filters", "everything") and '"$.eventName"' in text,
        # The trail of a delegated administrator has an ARN of the management account.
        (collection, how) == ("trails", "foreign") and '"IsOrganizationTrail": true' in text,
        # A 0 is a sample.
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
    """Where one of several is broken and the rule stays COMPLIANT, it stays so without it: another
    chain carries the calls."""
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
    """An alarm that tells somebody and is muted at some hours is no chain."""
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
    """A room that was not read, is empty, or is partial and lacks its items, is no chain."""
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
    """A file that tells of a refusal says UNKNOWN and names the action, even beside a room that
    looks complete."""
    document = account(denied=[denied(kind.value)])
    collections = document["Regions"][REGION]
    collections[ROOMS_OF[kind]] = []
    if not told_empty:
        del collections[ROOMS_OF[kind]]
    found = judged(document)
    assert found.outcome.value == "unknown"
    assert f"denied: {kind.value} " in found.annotation


def test_twice() -> None:
    """One thing told twice is no account: it would count twice."""
    with pytest.raises(
        DocumentError, match=r"metric_filters holds 'F of CloudTrail/Default' twice"
    ):
        from_json(account(metric_filters=[metric_filter(), metric_filter(metricValue="5")]))
