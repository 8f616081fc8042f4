"""The required calls that are recorded in another region or account."""

from collections.abc import Mapping
from dataclasses import dataclass

from alarmchain.decision.assessment import CallAssessment


@dataclass(frozen=True, slots=True)
class CallsElsewhere:
    """The calls that are recorded elsewhere, each with its assessment, and a note on them.

    `note`: where they are recorded, or what is assumed because it is not known; "" for nothing.
    `where`: the region or account that records them, in words; "" if there are none.
    """

    calls: Mapping[str, CallAssessment]
    note: str = ""
    where: str = ""
