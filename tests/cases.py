"""The cases of cases.json, and how they are judged."""

import json
from pathlib import Path
from typing import Any

from alarmchain.decision.assessment import MOST_ANNOTATION
from alarmchain.snapshot.snapshot_json import SnapshotError
from tests.builders import judged

Json = dict[str, Any]


def all_cases() -> dict[str, Json]:
    """By id: {id, rule, region, expected, accept, confidence, why, snapshot}, and for most the
    verdict."""
    text = Path(__file__).with_name("cases.json").read_text("utf-8")
    return {case["id"]: case for case in json.loads(text)}


def compliant(document: Json, case: Json) -> bool:
    """Return whether the case's rule is COMPLIANT; a document that is not a snapshot never is.

    Whatever is said has an annotation that AWS Config takes.
    """
    try:
        found = judged(document, case["rule"], case["region"])
    except SnapshotError as error:
        return not _is_clear(str(error))
    assert 0 < len(found.annotation) <= MOST_ANNOTATION
    assert found.annotation.isprintable()
    assert (found.outcome.value == "covered") == (found.compliance == "COMPLIANT")
    return found.compliance == "COMPLIANT"


def _is_clear(message: str) -> bool:
    assert message.isprintable()
    assert len(message) < 400
    return True
