"""The snapshot's file format, in and out."""

import json
from typing import Any

import pytest

from alarmchain.json_document import DocumentError
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import Denied, Region, Snapshot
from alarmchain.snapshot.snapshot_json import from_json, to_json
from tests.builders import ACCOUNT, NOW, REGION, account, alarm, denied, status, trail

MOMENT = 1_795_176_000.0


@pytest.mark.parametrize(
    "written",
    [
        NOW,
        "2026-11-20T12:00:00+00:00",
        "2026-11-20T13:00:00+01:00",
        "2026-11-20T12:00:00",
        "20261120T120000Z",
    ],
)
def test_times(written: str) -> None:
    """A time may have any form of ISO 8601, by default in UTC; it is read as epoch seconds."""
    document = account(trails=[trail(Status=status(LatestCloudWatchLogsDeliveryTime=written))])
    document["CollectedAt"] = written
    snapshot = from_json(document)
    assert snapshot.collected_at == MOMENT
    (item,) = snapshot.regions[REGION].collections["trails"]
    assert item["Status"]["LatestCloudWatchLogsDeliveryTime"] == MOMENT


def test_written_and_read_again() -> None:
    """A written snapshot reads back equal, except for the reads; times are ISO 8601."""
    document = account(
        metric_alarms=[alarm(StateTransitionedTimestamp=NOW)],
        denied=[{**denied("sns:GetTopicAttributes"), "Account": "222222222222"}],
        linked={"222222222222": {"Regions": {REGION: {"trails": []}}}},
    )
    document["Regions"][REGION]["Partial"] = ["trails"]
    document["Blind"] = {"ListAlarmMuteRules": "1.35"}
    snapshot = from_json(document)
    written = to_json(snapshot)
    assert from_json(json.loads(json.dumps(written))) == snapshot
    assert written["CollectedAt"] == NOW
    region = written["Regions"][REGION]
    assert region["metric_alarms"][0]["StateTransitionedTimestamp"] == NOW
    assert region["trails"][0]["Status"]["LatestCloudWatchLogsDeliveryTime"] == NOW
    refused = Denied("sns:GetTopicAttributes", "*", REGION, "AccessDenied", "222222222222")
    assert snapshot.denied == (refused,)


def test_a_denial_that_names_the_audited_account() -> None:
    """A denial in the audited account may name the account or not."""
    unnamed, named = denied("a:B"), {**denied("a:B"), "Account": ACCOUNT}
    assert from_json(account(denied=[named])) == from_json(account(denied=[unnamed]))


def test_absent_and_partial_collections() -> None:
    """A collection is complete if it is present and not partial.

    An absent collection of mute rules, log alarms or links is complete and empty.
    """
    region = from_json(
        account({REGION: {"trails": [], "topics": [], "Partial": ["topics"]}})
    ).regions[REGION]
    complete = {
        collection
        for collection in ("trails", "topics", "keys", "mute_rules", "log_alarms", "oam_links")
        if region.complete(collection)
    }
    assert complete == {"trails", "mute_rules", "log_alarms", "oam_links"}
    assert not Region().complete("mute_rules")


def test_unknown_members() -> None:
    """Unknown members of a snapshot are ignored."""
    document = {**account(), "New": 1}
    document["Regions"][REGION]["new_collection"] = 7
    assert from_json(document) == from_json(account())


def _changed(place: str, value: Any) -> dict[str, Any]:
    document = account()
    *steps, last = place.split("/")
    holder: Any = document
    for step in steps:
        holder = holder[int(step) if step.isdigit() else step]
    holder[int(last) if last.isdigit() else last] = value
    return document


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "the snapshot is []; expected an object"),
        ({}, "Format is missing; expected 'alarmchain-snapshot/1'"),
        (
            _changed("Format", "alarmchain-snapshot/2"),
            "Format is 'alarmchain-snapshot/2'; expected 'alarmchain-snapshot/1'",
        ),
        (_changed("Account", 123456789012), "Account is 123456789012; expected a string"),
        (_changed("Account", "1; reboot"), "Account is '1; reboot'; expected 12 digits"),
        (_changed("Linked", {"x": {}}), "Linked is 'x'; expected 12 digits"),
        (
            _changed("Regions", {"us-east-1; reboot": {}}),
            "Regions holds 'us-east-1; reboot'; expected a name such as us-east-1",
        ),
        (
            _changed("CollectedAt", "yesterday"),
            "CollectedAt is 'yesterday'; expected an ISO 8601 time",
        ),
        (_changed("Regions", []), "Regions is []; expected an object"),
        (_changed(f"Regions/{REGION}", None), f"Regions.{REGION} is missing; expected an object"),
        (
            _changed(f"Regions/{REGION}/trails", {}),
            f"Regions.{REGION}.trails is {{}}; expected an array",
        ),
        (
            _changed(f"Regions/{REGION}/trails/0", 7),
            f"Regions.{REGION}.trails[0] is 7; expected an object",
        ),
        (
            _changed(f"Regions/{REGION}/metric_alarms/0/AlarmName", ""),
            f"Regions.{REGION}.metric_alarms[0].AlarmName is ''; expected a string",
        ),
        (
            _changed(f"Regions/{REGION}/metric_alarms/0/StateTransitionedTimestamp", "x"),
            f"Regions.{REGION}.metric_alarms[0].StateTransitionedTimestamp is 'x'; expected an "
            f"ISO 8601 time",
        ),
        (
            _changed(
                f"Regions/{REGION}/trails/0/Status", {"LatestCloudWatchLogsDeliveryTime": 10**400}
            ),
            "expected an ISO 8601 time",
        ),
        (
            _changed(
                f"Regions/{REGION}/trails/0/Status", {"LatestCloudWatchLogsDeliveryTime": 1e300}
            ),
            "expected an ISO 8601 time",
        ),
        (
            _changed(
                f"Regions/{REGION}/trails/0/Status",
                {"LatestCloudWatchLogsDeliveryTime": float("nan")},
            ),
            "is nan; expected an ISO 8601 time",
        ),
        (_changed("Denied", {}), "Denied is {}; expected an array"),
        (_changed("Denied", [{}]), "Denied[0].Action is missing; expected a string"),
        *(
            (
                _changed("Denied", [{**denied("a:B"), name: value}]),
                f"Denied[0].{name} is {shown}; expected {expected}",
            )
            for name, value, shown, expected in (
                ("Resource", ["x"], "['x']", "a string"),
                ("Region", None, "missing", "a string"),
                ("Region", "*", "'*'", "a name such as us-east-1"),
                ("Account", "1", "'1'", "12 digits"),
            )
        ),
        (
            _changed(f"Regions/{REGION}/Partial", [["trails"]]),
            f"Regions.{REGION}.Partial[0] is ['trails']; expected a string",
        ),
        (_changed("Linked", []), "Linked is []; expected an object"),
        (
            _changed("Linked", {"111122223333": {}}),
            "Linked.111122223333.Regions is missing; expected an object",
        ),
        (_changed("Blind", []), "Blind is []; expected an object"),
        (
            _changed(f"Regions/{REGION}/Partial", "trails"),
            f"Regions.{REGION}.Partial is 'trails'; expected an array",
        ),
        (
            account(metric_alarms=[alarm(), alarm()]),
            f"Regions.{REGION}.metric_alarms holds 'A' twice; expected each once",
        ),
        (
            account(composite_alarms=[alarm()]),
            f"Regions.{REGION} holds 'A' twice; expected each once",
        ),
        (account({"us\n" + "x" * 999: 7}), "Regions holds 'us\\nxxx"),
    ],
)
def test_invalid_snapshots(document: Any, message: str) -> None:
    """The message is one line with the place, the value and what was expected."""
    with pytest.raises(DocumentError) as raised:
        from_json(document)
    assert message in str(raised.value)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) <= 300


@pytest.mark.parametrize("region", ["us-gov-west-1", "us-isob-east-1", "eusc-de-east-1"])
def test_regions_of_every_partition(region: str) -> None:
    """The longer names of regions in other partitions are accepted."""
    snapshot = from_json(_changed("Regions", {region: {}}))
    assert list(snapshot.regions) == [region]


def test_items_are_merged() -> None:
    """What separate reads add to an item is kept; the collection is partial."""
    before = Snapshot(ACCOUNT, MOMENT)
    after = before
    described: Any = {"TrailARN": "a", "Name": "n", "x": 1}
    for item in (described, {"TrailARN": "a", "Status": {}}, {"TrailARN": "b"}):
        after = after.with_items(REGION, "trails", [item])
    region = after.regions[REGION]
    assert region.collections["trails"] == ({**described, "Status": {}}, {"TrailARN": "b"})
    assert not region.complete("trails")
    assert before.regions == {}


@pytest.mark.parametrize(
    ("collection", "item", "added"),
    [
        ("trails", {"TrailARN": "a"}, {"Status": {}, "EventSelectors": []}),
        ("metric_alarms", {"AlarmName": "a"}, {}),
    ],
)
def test_an_item_that_is_read_again(
    collection: str, item: dict[str, Any], added: dict[str, Any]
) -> None:
    """A member that the item no longer has does not come from the earlier read."""
    snapshot = Snapshot(ACCOUNT, MOMENT)
    for each in ({**item, "gone": 1}, {**item, **added}, {**item, "new": 2}):
        snapshot = snapshot.with_items(REGION, collection, [each])
    assert snapshot.collection(collection, REGION) == ({**item, **added, "new": 2},)


def test_a_complete_collection_stays_complete() -> None:
    """A complete collection stays complete if more items are read."""
    after = from_json(account()).with_items(REGION, "log_groups", [{"logGroupName": "new"}])
    assert after.regions[REGION].complete("log_groups")


def test_reads() -> None:
    """A read is recorded with its denial, if it was refused, and the denial with the account."""
    read = Read(ReadKind.TRAILS, REGION, (), "2")
    plain = Snapshot(ACCOUNT, MOMENT).with_read(read)
    refused = Snapshot(ACCOUNT, MOMENT).with_read(read, Denied("a", "*", REGION))
    assert plain.reads == {read: None}
    assert refused.reads == {read: Denied("a", "*", REGION, "", "2")}
    assert refused.denied == (Denied("a", "*", REGION, "", "2"),)
