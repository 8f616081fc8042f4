"""Checks of the evidence that every assessment must pass."""

import re

from alarmchain.decision.assessment import Assessment, Outcome
from alarmchain.snapshot.snapshot import Snapshot

_CUT_URL = re.compile(r"https?://[^\s/]*/?\.\.\.")
"""A URL as redaction leaves it."""


def assert_evidence(assessment: Assessment, snapshot: Snapshot) -> None:
    """Assert that every link says what was observed, and nothing is shortened.

    Every call that is not covered has a reason.
    """
    for call in assessment.calls.values():
        assert (call.reason == "") == (call.outcome is Outcome.COVERED)
    for link in assessment.chain:
        assert link.observed.strip(), link
        assert link.describe() == "", "a reported link has its evidence"
        for text in (link.observed, link.judgement.observed):
            if "..." in _CUT_URL.sub("", text):
                assert "..." in repr(snapshot), text
