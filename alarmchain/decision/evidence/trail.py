"""What was observed of a trail."""

from collections.abc import Sequence

from alarmchain.chain.api_item import mapping, structures
from alarmchain.chain.judgement import Status
from alarmchain.chain.trail.event_selectors import judge_selectors
from alarmchain.chain.trail.trail import Trail
from alarmchain.decision.evidence.facts import chosen, facts, facts_or_none, joined, written
from alarmchain.records.record_class import RecordClass
from alarmchain.snapshot.snapshot import Item

SELECTORS = ("EventSelectors", "AdvancedEventSelectors")
STATUS = ("Status",)
_TRAIL = (
    "TrailARN",
    "HomeRegion",
    "IsMultiRegionTrail",
    "IsOrganizationTrail",
    "IncludeGlobalServiceEvents",
    "CloudWatchLogsLogGroupArn",
)
_STATUS = (
    "IsLogging",
    "LatestCloudWatchLogsDeliveryTime",
    "LatestCloudWatchLogsDeliveryError",
)
_SELECTOR = (
    "Name",
    "FieldSelectors",
    "ReadWriteType",
    "IncludeManagementEvents",
    "ExcludeManagementEventSources",
)
"""The members of a selector that decide about management events."""


def describe_trail(item: Item, records: RecordClass, judged: Sequence[str]) -> str:
    """Return what was observed of the trail.

    `judged`: of SELECTORS and STATUS, the members on which the judgement of the trail depends.
    """
    parts = facts(item, _TRAIL)
    for member in SELECTORS:
        if member in judged and (selectors := _deciding(item, member, records)):
            parts.append(f"{member} {written([chosen(each, _SELECTOR) for each in selectors])}")
    if "Status" in judged:
        parts += facts_or_none(mapping(item, "Status"), _STATUS)
    return joined(parts)


def _deciding(item: Item, member: str, records: RecordClass) -> Sequence[Item]:
    """Return the selectors that record the class or may record it; all, if none does by itself."""
    selectors = structures(item, member)
    if len(selectors) < 2:
        return selectors
    trail = Trail.read(item)
    recording = [
        selector
        for selector in selectors
        if judge_selectors(trail, {member: [selector]}, records).status is not Status.BROKEN
    ]
    return recording or selectors
