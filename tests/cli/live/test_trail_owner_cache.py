"""What the audits of several accounts share of a trail owner's account."""

from dataclasses import replace

from alarmchain.cli.live.trail_owner_cache import TrailOwnerCache
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import Denied, Snapshot

OWNER = "999988887777"
FILTERS = Read(ReadKind.METRIC_FILTERS, "us-east-1", ("trail",), OWNER)
GAPS = {"fieldSelectionCriteria": "1.0"}
FIRST = replace(
    Snapshot("111122223333", 0.0).with_part(Snapshot(OWNER, 0.0)).with_read(FILTERS), sdk_gaps=GAPS
)
SECOND = Snapshot("444455556666", 0.0)


def test_the_gaps_of_boto3_come_with_the_answers() -> None:
    """An answer that may lack a member is unknown in every account that uses it."""
    cache = TrailOwnerCache()
    cache.store(FIRST)
    shared = cache.add_to(SECOND)
    assert shared.answered(FILTERS)
    assert shared.sdk_gaps == GAPS


def test_a_denied_read_is_not_shared() -> None:
    """The role of another account may be allowed to make the read."""
    cache = TrailOwnerCache()
    denied = Denied(FILTERS.kind.value, "trail", FILTERS.region, "AccessDenied")
    cache.store(FIRST.with_read(FILTERS, denied))
    assert cache.add_to(SECOND) == SECOND
