"""Which required calls only the leader region of the partition records."""

from collections.abc import Mapping
from dataclasses import replace

from alarmchain.chain.trail.event_selectors import REGIONAL
from alarmchain.control import Control
from alarmchain.decision.assessment import CallAssessment, Outcome
from alarmchain.decision.calls_elsewhere import CallsElsewhere
from alarmchain.place import GLOBAL_SOURCES, leader_region, own_leaders
from alarmchain.proof.prove import is_empty
from alarmchain.records.record_class import RecordClass


def leader_region_calls(
    control: Control, classes: Mapping[str, RecordClass], region: str
) -> CallsElsewhere:
    """Return the calls that the region does not record, because a leader region does.

    A rule with `region = "leader"` says so of its services' calls, unless a service is surely
    regional, and of its classes of records. It also holds for IAM's and Organizations' calls of any
    rule, which AdditionalCalls may add. A call of another service is recorded in each region.
    """
    of_leader = control.region == "leader"
    own = {call.event_source for calls in control.calls.values() for call in calls}
    sources = {*GLOBAL_SOURCES, *(own - set(REGIONAL) if of_leader else ())}
    leaders = {
        name: _leaders(records, region)
        for name, records in classes.items()
        if (
            records.values["eventSource"] in sources if "eventName" in records.values else of_leader
        )
    }
    elsewhere = {name: found for name, found in leaders.items() if region not in found}
    if not elsewhere:
        return CallsElsewhere({})
    where = " and ".join(sorted(set().union(*elsewhere.values())))
    reason = f"{where} records these events for all regions; see the rule there"
    note = f"{where} records the rule's other calls for all regions"
    return CallsElsewhere(
        dict.fromkeys(elsewhere, CallAssessment(Outcome.NOT_APPLICABLE, reason)),
        reason if len(elsewhere) == len(classes) else note,
        where,
    )


def _leaders(records: RecordClass, region: str) -> set[str]:
    """Return the regions that record the class for the partition; several for several services."""
    source = records.values.get("eventSource")
    if source is not None:
        return {leader_region(region, str(source))}
    return {leader_region(region)} | {
        leader
        for own, leader in own_leaders(region).items()
        if not is_empty(replace(records, known=(*records.known, ("eventSource", own))))
    }
