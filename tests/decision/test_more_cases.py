"""Accounts from public bug reports, which are not in the repository, and their verdicts."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders import judged

FILE = Path(__file__).parents[3] / "shared" / "data" / "more-cases.json"
CASES: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8")) if FILE.exists() else []


@pytest.mark.skipif(not CASES, reason=f"{FILE} is missing")
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_verdict(case: dict[str, Any]) -> None:
    """The compliance is among those that are right."""
    found = judged(case["snapshot"], case["rule"], case["region"])
    assert found.compliance in case["accept"], found.annotation
