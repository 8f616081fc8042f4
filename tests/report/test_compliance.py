"""docs/compliance.md, and the mappings of control.toml that it is generated from."""

from pathlib import Path

import pytest

from alarmchain.control import Control, ControlError, known_controls
from alarmchain.report.compliance import document
from alarmchain.report.framework_controls import framework_sections

CHECKOUT = Path(__file__).parents[2]
CONTROLS = known_controls()
CIS_SECTION = {
    "CloudTrailChanges": "5",
    "CMKChanges": "7",
    "ConfigChanges": "9",
    "SecurityGroupChanges": "10",
}


def test_the_page_is_up_to_date() -> None:
    """docs/compliance.md is what `make docs` writes."""
    page = (CHECKOUT / "docs" / "compliance.md").read_text(encoding="utf-8")
    assert page == document(CONTROLS.values()), "run: make docs"


def test_the_overview_is_narrow() -> None:
    """The overview has a row for each rule with a mapping, and at most six columns."""
    overview = document(CONTROLS.values()).partition("## At a glance")[2].partition("## ")[0]
    head, _, *rows = overview.strip().splitlines()
    columns = [cell.strip() for cell in head.strip("|").split("|")]
    assert columns[:3] == ["Rule", "Severity", "CIS AWS Foundations Benchmark"]
    assert len(columns) <= 6
    assert [row.split("]")[0].removeprefix("| [") for row in rows] == [
        name for name, control in CONTROLS.items() if control.mappings
    ]
    named = " ".join(rows) + head
    assert all(
        mapping.framework in named for rule in CONTROLS.values() for mapping in rule.mappings
    )


@pytest.mark.parametrize("rule", CIS_SECTION)
def test_every_version_of_cis_has_its_section(rule: str) -> None:
    """3.x in 1.2.0, 4.x from 1.3.0 to 5.0.0, 5.x since 6.0.0; Security Hub has the same numbers."""
    number = CIS_SECTION[rule]
    sections = {
        version: next(iter(mapping.controls))
        for mapping in CONTROLS[rule].mappings
        if mapping.framework == "CIS AWS Foundations Benchmark"
        for version in mapping.versions
    }
    versions = ("1.2.0", "1.3.0", "1.4.0", "1.5.0", "2.0.0", "3.0.0", "4.0.0", "4.0.1", "5.0.0")
    expected = dict.fromkeys(versions, f"4.{number}")
    later = dict.fromkeys(("6.0.0", "7.0.0"), f"5.{number}")
    assert sections == expected | {"1.2.0": f"3.{number}"} | later
    assert framework_sections(CONTROLS[rule])["AWS Security Hub CSPM"] == f"CloudWatch.{number}"


@pytest.mark.parametrize("rule", CIS_SECTION)
def test_every_rule_names_the_common_frameworks(rule: str) -> None:
    """Each mapping has its source; the severity is Medium."""
    sections = framework_sections(CONTROLS[rule])
    assert sections["NIST SP 800-53"].startswith("AU-12, SI-4(20) (Rev. 5)")
    assert sections["NIST CSF"] == "DE.CM-01, DE.CM-03, DE.CM-09 (2.0)"
    assert sections["FedRAMP"] == "AU-12 (Low, Moderate), AU-12, SI-4(20) (High)"
    assert CONTROLS[rule].severity == "Medium"
    assert all(mapping.source for mapping in CONTROLS[rule].mappings)


@pytest.mark.parametrize(
    ("mapping", "error"),
    [
        ("mapping = 3", "'mapping' is 3; expected [[mapping]] tables"),
        (
            "[[mapping]]\nsource = 'x'",
            "[[mapping]] 'framework' is None; expected 1 to 1024 characters",
        ),
        (
            "[[mapping]]\nframework = 'F'",
            "[[mapping]] 'source' is None; expected 1 to 1024 characters",
        ),
        (
            "[[mapping]]\nframework = 'F'\nsource = 'x'\nversions = '1'",
            "[[mapping]] 'versions' is '1'; expected a list of strings",
        ),
        (
            "[[mapping]]\nframework = 'F'\nsource = 'x'\ncontrols = ['1']",
            "[[mapping]] 'controls' is ['1']; expected a table",
        ),
        (
            "[[mapping]]\nframework = 'F'\nsource = 'x'\ncontrol = '1'",
            "[[mapping]] has the unknown key 'control'; the nearest known is 'controls',"
            " all are framework, versions, controls, source, additional_calls",
        ),
    ],
)
def test_an_invalid_mapping_is_refused(tmp_path: Path, mapping: str, error: str) -> None:
    """The message names the file, the entry and what was expected."""
    text = (CHECKOUT / "rules" / "CMKChanges" / "control.toml").read_text(encoding="utf-8")
    file = tmp_path / "control.toml"
    first, _, rest = text.partition("[calls]")
    own = mapping if mapping.startswith("[") else ""
    top = "" if own else mapping
    body = rest.partition("[[mapping]]")[0]
    file.write_text(f"{first}{top}\n[calls]{body}\n{own}\n", encoding="utf-8")
    with pytest.raises(ControlError) as raised:
        Control.load(file)
    assert str(raised.value) == f"{file}: {error}"
