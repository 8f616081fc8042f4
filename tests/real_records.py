"""Records as CloudTrail writes them for each class of a rule, not made by alarmchain.

The alarm of a chain that alarmchain calls covered must go off for them. Sources: CloudTrail user
guide, "AWS Management Console sign-in events", "CloudTrail record contents" and "CloudTrail
userIdentity element".
"""

import json
from pathlib import Path
from typing import Any

from alarmchain.control import Control

Json = dict[str, Any]
_RECORDS: Json = json.loads(Path(__file__).with_name("real-records.json").read_text())


def real_records(control: Control, region: str = "us-east-1", call_list: str = "cis") -> list[Json]:
    """Return at least one record of each class in one of the control's lists, in their order.

    real-records.json must have the records of each class without a call's name.
    """
    calls = [
        _RECORDS["API call"] | {"eventSource": call.event_source, "eventName": call.event_name}
        for call in control.calls[call_list]
    ]
    others = [record for records in control.records[call_list] for record in _RECORDS[records.name]]
    return [record | {"awsRegion": region} for record in (*calls, *others)]
