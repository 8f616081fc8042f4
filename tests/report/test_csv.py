"""The report for spreadsheets."""

import csv
import io
import re
from dataclasses import replace

import pytest

from alarmchain.report.audit_csv import COLUMNS, render, safe
from tests.report.findings_builder import (
    CHECKOUT,
    REGIONS,
    example_account,
    one_finding,
    organization,
)


def rows(text: str) -> list[dict[str, str]]:
    """Return the rows of a report, as the csv module reads them."""
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_there_is_one_row_for_each_account_rule_and_region() -> None:
    """Failures have rows too; the rows are ordered, and each has every column."""
    table = rows(render(organization(3)))
    places = [(row["account"], row["rule"], row["region"]) for row in table]
    assert len(places) == len(set(places)) == 3 * 4 * len(REGIONS)
    assert places == sorted(places)
    assert sum(row["verdict"] == "error" for row in table) == 4
    assert all(tuple(row) == COLUMNS and None not in row.values() for row in table)


def test_the_guide_describes_every_column() -> None:
    """docs/reports.md has the columns in their order."""
    guide = (CHECKOUT / "docs" / "reports.md").read_text(encoding="utf-8")
    table = guide.partition("## CSV")[2].partition("## ")[0]
    first_cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert tuple(re.findall(r"`(\w+)`", " ".join(first_cells))) == COLUMNS


def test_a_row_has_the_fault_and_its_remedy() -> None:
    """The broken link, the calls by verdict and the controls are in their columns."""
    row = {row["rule"]: row for row in rows(render(example_account()))}["CloudTrailChanges"]
    assert row["verdict"] == "not_covered"
    assert row["compliance"] == "NON_COMPLIANT"
    assert row["link"] == "alarm"
    assert row["resource"].endswith(":alarm:CloudTrail Changes")
    assert "StopLogging" in row["calls_not_covered"].split()
    assert row["calls_covered"] == ""
    assert "4.5 (1.3.0 to 5.0.0)" in row["controls"]
    assert row["remedy"]


def test_an_account_has_its_known_name() -> None:
    """Results and failures have the account's name in a column of its own."""
    findings = replace(organization(3), names={"111122223333": "=Payments"})
    named = {(row["account"], row["account_name"]) for row in rows(render(findings))}
    assert named == {("111122223333", "'=Payments"), ("111122224333", ""), ("111122225333", "")}


def test_lines_end_as_rfc_4180_requires() -> None:
    """Every line ends in CR LF, also the last line."""
    text = render(example_account())
    assert text.endswith("\r\n")
    assert text.count("\r\n") == len(text.splitlines()) == 5


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("plain", "plain"),
        ("a=b", "a=b"),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\uff1d1", "'\uff1d1"),
        ("  =1", "'  =1"),
        ("\n=1", "'\n=1"),
        ("\t=1", "\\u0009=1"),
        ("\r=1", "\\u000d=1"),
        ("\x00", "\\u0000"),
    ],
)
def test_no_cell_is_a_formula(text: str, cell: str) -> None:
    """A formula gets an apostrophe; control characters are shown."""
    assert safe(text) == cell


def test_hostile_names_stay_in_their_cells() -> None:
    """Quotes, separators and line breaks stay unchanged."""
    text = "a\"b,c\nd;\"=cmd|' /C calc'!A0"
    row = rows(render(one_finding(text)))[0]
    assert row["resource"] == text
    assert rows(render(one_finding("=" + text)))[0]["annotation"] == "'=" + text
