"""A working link is unknown if boto3 does not know a decisive member or operation."""

import json
from pathlib import Path

import pytest

from alarmchain.control import known_controls
from alarmchain.decision.assess import assess
from alarmchain.decision.assessment import Outcome
from alarmchain.parameters import Parameters
from alarmchain.snapshot.sdk_gaps import NEWER_MEMBERS
from alarmchain.snapshot.snapshot_json import from_json

CASES = json.loads((Path(__file__).parents[1] / "cases.json").read_text(encoding="utf-8"))
GOOD = next(case for case in CASES if case["id"] == "P01-baseline-ct")
NAMES = sorted({name for newer in NEWER_MEMBERS.values() for name in newer.names})


@pytest.mark.parametrize("name", [*NAMES])
def test_unknown_member_or_operation(name: str) -> None:
    """A working chain becomes unknown; the reason has the unknown name and boto3's version."""
    snapshot = from_json({**GOOD["snapshot"], "Blind": {name: "1.34.0"}})
    control = known_controls()[GOOD["rule"]]
    assessment = assess(control, snapshot, GOOD["region"], Parameters())
    assert assessment.outcome is Outcome.UNKNOWN
    assert f"the runtime's boto3 1.34.0 does not return {name}" in assessment.annotation
