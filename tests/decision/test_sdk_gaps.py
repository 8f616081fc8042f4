"""What boto3 cannot see is unknown, link by link."""

import json
from pathlib import Path

import pytest

from alarmchain.collector.sdk_gaps import DECISIVE as READ
from alarmchain.collector.sdk_gaps import MUTE_RULES
from alarmchain.control import known_controls
from alarmchain.decision.assess import assess
from alarmchain.decision.assessment import Outcome
from alarmchain.decision.sdk_gaps import DECISIVE
from alarmchain.parameters import Parameters
from alarmchain.snapshot.snapshot import from_json

CASES = json.loads((Path(__file__).parents[1] / "cases.json").read_text(encoding="utf-8"))
GOOD = next(case for case in CASES if case["id"] == "P01-baseline-ct")
MEMBERS = sorted({member for members in DECISIVE.values() for member in members})


@pytest.mark.parametrize("member", MEMBERS)
def test_a_chain_with_an_unseen_member_is_unknown(member: str) -> None:
    """A chain that holds as far as was seen is unknown, and the member and version are named."""
    snapshot = from_json({**GOOD["snapshot"], "Blind": {member: "1.34.0"}})
    control = known_controls()[GOOD["rule"]]
    found = assess(control, snapshot, GOOD["region"], Parameters())
    assert found.outcome is Outcome.UNKNOWN
    assert "boto3 1.34.0 of this runtime cannot see" in found.annotation
    assert member in found.annotation


def test_all_that_can_be_unseen_is_looked_at() -> None:
    """Each member that collecting looks for has its link; log alarms carry no chain of ours."""
    found = {
        member for _, lists in READ.values() for members in lists.values() for member in members
    }
    assert found | {MUTE_RULES} == set(MEMBERS)
