"""The sample templates that are easily taken for covered, or for uncovered."""

from pathlib import Path

import pytest

from tests.command_line import Run
from tests.template.template_builder import answer, verdicts

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "templates"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"{SAMPLES} is absent")
@pytest.mark.parametrize(
    ("file", "rule", "expected"),
    [
        ("field-selection.yaml", "CMKChanges", {"unknown"}),
        ("foreach-two-groups.json", "CMKChanges", {"covered", "escapes"}),
        ("foreach.yaml", "CloudTrailChanges", {"covered"}),
        ("macro.yaml", "CMKChanges", {"unknown"}),
        ("module-and-root-same-group.json", "CMKChanges", {"covered"}),
        ("nested.yaml", "CMKChanges", {"unknown"}),
        ("provider-two-regions.json", "CMKChanges", {"covered", "escapes"}),
        ("stackset.yaml", "CMKChanges", {"unknown"}),
    ],
)
def test_verdicts(alarmchain: Run, file: str, rule: str, expected: set[str]) -> None:
    """Each template has exactly these verdicts."""
    assert set(verdicts(answer(alarmchain, str(SAMPLES / file), rule)[1]).values()) == expected
