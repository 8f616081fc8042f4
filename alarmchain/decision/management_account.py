"""Which required calls an account cannot make, because only its management account can.

CloudTrail records an Organizations call in the account that makes it. Source: CloudTrail user
guide, "CloudTrail record contents" (recipientAccountId); AWS Organizations API reference, the
description of each operation and of DescribeOrganization.
"""

from collections.abc import Mapping

from alarmchain.control import Control
from alarmchain.decision.assessment import CallAssessment, Outcome
from alarmchain.decision.calls_elsewhere import CallsElsewhere
from alarmchain.parameters import Parameters
from alarmchain.place import ORGANIZATIONS, leader_region
from alarmchain.records.record_class import RecordClass
from alarmchain.snapshot.query import SnapshotQuery


def management_calls(
    control: Control,
    parameters: Parameters,
    classes: Mapping[str, RecordClass],
    outcomes: Mapping[str, Outcome],
    query: SnapshotQuery,
    region: str,
) -> CallsElsewhere:
    """Return the calls that the account cannot make, as a member of an organization.

    The organization matters only if one of them is not covered. An account in no organization
    becomes the management account when it creates one, so it must have all calls covered. A call
    that fails is recorded in the account that tries it, so `FailedCalls` leaves none out.
    """
    listed = {(call.event_source, call.event_name) for call in control.management_calls}
    names = [
        name
        for name, records in classes.items()
        if (records.values.get("eventSource"), records.values.get("eventName")) in listed
    ]
    uncovered = any(outcomes[name] is not Outcome.COVERED for name in names)
    if not uncovered or parameters.failed_calls_required:
        return CallsElsewhere({})
    manager = query.management_account(leader_region(region, ORGANIZATIONS))
    if manager.missing is not None:
        return CallsElsewhere({}, f"assumed: not a member account ({manager.missing.reason})")
    if manager.value in ("", query.account):
        return CallsElsewhere({})
    reason = f"only management account {manager.value} can make this call; see the rule there"
    calls = dict.fromkeys(names, CallAssessment(Outcome.NOT_APPLICABLE, reason))
    others = f"{len(names)} more call{'s are' if len(names) > 1 else ' is'}"
    which = others if len(names) < len(classes) else "these calls are"
    where = f"account {manager.value}"
    return CallsElsewhere(calls, f"{which} recorded in management {where}", where)
