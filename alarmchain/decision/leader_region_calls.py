"""Which required calls only the leader region of the partition records."""

from collections.abc import Mapping

from alarmchain.control import Control
from alarmchain.decision.assessment import CallAssessment, Outcome
from alarmchain.decision.calls_elsewhere import CallsElsewhere
from alarmchain.place import leader_region
from alarmchain.records.record_class import RecordClass


def leader_region_calls(
    control: Control, classes: Mapping[str, RecordClass], region: str
) -> CallsElsewhere:
    """Return the calls that the region does not record, because the leader region does.

    A rule with `region = "leader"` says so of its services' calls and of its classes of records. A
    call of another service, which AdditionalCalls may add, is recorded in each region.
    """
    leader = leader_region(region)
    if control.region != "leader" or region == leader:
        return CallsElsewhere({})
    sources = {call.event_source for calls in control.calls.values() for call in calls}
    names = [
        name
        for name, records in classes.items()
        if "eventName" not in records.values or records.values.get("eventSource") in sources
    ]
    if not names:
        return CallsElsewhere({})
    reason = f"{leader} records these events for all regions; see the rule there"
    note = f"{leader} records the rule's other calls for all regions"
    return CallsElsewhere(
        dict.fromkeys(names, CallAssessment(Outcome.NOT_APPLICABLE, reason)),
        reason if len(names) == len(classes) else note,
    )
