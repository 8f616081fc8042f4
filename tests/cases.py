"""The cases of cases.json, and how they are judged."""

import json
from pathlib import Path
from typing import Any

from alarmchain.decision.assessment import MOST_ANNOTATION
from alarmchain.json_document import DocumentError
from tests.builders import judged

Json = dict[str, Any]


def all_cases() -> dict[str, Json]:
    """Return the cases by id.

    Keys of a case: id, rule, region, expected, accept, confidence, why, snapshot, and for most
    cases verdict.
    """
    text = Path(__file__).with_name("cases.json").read_text("utf-8")
    return {case["id"]: case for case in json.loads(text)}


def compliant(document: Json, case: Json) -> bool:
    """Return whether the case's rule is COMPLIANT; a document that is not a snapshot never is.

    Asserts that AWS Config would accept the annotation.
    """
    try:
        assessment = judged(document, case["rule"], case["region"])
    except DocumentError as error:
        return not _is_clear(str(error))
    assert 0 < len(assessment.annotation) <= MOST_ANNOTATION
    assert assessment.annotation.isprintable()
    assert (assessment.outcome.value == "covered") == (assessment.compliance == "COMPLIANT")
    return assessment.compliance == "COMPLIANT"


def _is_clear(message: str) -> bool:
    assert message.isprintable()
    assert len(message) < 400
    return True
