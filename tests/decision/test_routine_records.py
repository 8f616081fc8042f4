"""The records that every account has all day long, and which of them a pattern matches."""

import pytest

from alarmchain.decision.routine_records import (
    BROAD,
    ROUTINE_WRITES,
    Traffic,
    routine_matches,
    routine_traffic,
    services,
)
from alarmchain.place import Place
from alarmchain.records.record_class import ANY_RECORD

HERE = Place("123456789012", "eu-west-1")
TRAFFIC = routine_traffic((HERE,), ("{ $.awsRegion = ap-south-1 }", "210987654321"))


def _of(caller: str) -> Traffic:
    return next(
        traffic for traffic in TRAFFIC if traffic.caller == caller and traffic.place == HERE
    )


def test_records_are_possible() -> None:
    """Every routine record is allowed by the schema, and has its traffic's account and region."""
    for traffic in TRAFFIC:
        for record in traffic.records:
            assert ANY_RECORD.allows(record)
            assert record["awsRegion"] == traffic.place.region
            assert record["recipientAccountId"] == traffic.place.account
            is_write = (record["eventSource"], record["eventName"]) in ROUTINE_WRITES
            assert record["readOnly"] is not is_write


def test_certain_traffic_is_of_known_places() -> None:
    """Only traffic of the account and region is certain; other traffic may come or not."""
    places = {traffic.place for traffic in TRAFFIC if not traffic.certain}
    assert {Place("123456789012", "ap-south-1"), Place("210987654321", "eu-west-1")} <= places
    assert {traffic.place for traffic in TRAFFIC if traffic.certain} == {HERE}


def test_every_kind_of_caller_is_broad() -> None:
    """Each kind of caller calls enough services for a catch-all to count as broad."""
    for traffic in TRAFFIC:
        assert len(set(services(traffic, range(traffic.size)))) >= BROAD


@pytest.mark.parametrize(
    ("text", "caller", "level"),
    [
        ("{ $.eventName = * }", "application", 2),
        ("{ $.eventName = StopLogging }", "application", 0),
        ("{ $.userIdentity.invokedBy = * }", "application", 0),
        ("{ $.userIdentity.invokedBy = * }", "service role", 2),
        ("{ $.userIdentity.type = AWSService }", "service", 2),
        ("{ $.sessionCredentialFromConsole = * }", "console", 2),
        ("{ $.sessionCredentialFromConsole = * }", "application", 0),
        ("%recipientAccountId%", "application", 2),
        ("[a, b]", "application", 1),
        ("{ $.eventName = ", "application", 1),
    ],
)
def test_matches(text: str, caller: str, level: int) -> None:
    """A pattern that cannot be read may match; a name in every record's text surely does."""
    traffic = _of(caller)
    matches = routine_matches(text, traffic)
    assert {truth.level for truth in matches.values()} == ({level} if level else set())
    assert len(matches) == (traffic.size if level else 0)
