"""Reports of a rule that is not applicable in a region, and of the parameters that applied."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from alarmchain.decision.assess import assess
from alarmchain.parameters import Parameters
from alarmchain.report.findings import Findings
from alarmchain.report.formats import FORMATS, render
from alarmchain.snapshot.snapshot import Snapshot
from tests.builders import ACCOUNT
from tests.made_up_rule import ROOT, made_up_rule

EXEMPTED = '{ $.userIdentity.accountId = "111122223333" }'


@pytest.fixture
def findings(tmp_path: Path) -> Findings:
    """Return the findings of a leader region's rule in two other regions."""
    control = made_up_rule(tmp_path, ROOT, more='region = "leader"')
    parameters = Parameters.read({"ExemptRecords": EXEMPTED})
    results = [
        assess(control, Snapshot(ACCOUNT, 0.0), region, parameters)
        for region in ("eu-west-1", "us-west-2")
    ]
    return replace(Findings.of(results, 0.0, (control,)), parameters=parameters.given)


def test_exit_status(findings: Findings) -> None:
    """A result that is not applicable changes no exit status and has its own count."""
    assert findings.exit_code == 0
    assert findings.summary == ("2 results: 0 covered, 0 not covered, 0 unknown, 2 not applicable")


def test_text(findings: Findings) -> None:
    """The table has a row for both regions, and there is no finding to fix."""
    text = " ".join(render(findings, "text").split())
    assert "MadeUpRule both regions not applicable see us-east-1" in text
    assert text.count("MadeUpRule") == 1
    assert "not applicable: another region or account records the rule's events" in text


def test_json(findings: Findings) -> None:
    """Every class has the verdict of the rule."""
    document = json.loads(render(findings, "json"))
    assert document["parameters"] == {"ExemptRecords": EXEMPTED}
    for result in document["results"]:
        assert (result["verdict"], result["compliance"]) == ("not_applicable", "NOT_APPLICABLE")
        assert result["calls"][ROOT]["verdict"] == "not_applicable"
        assert result["chain"] == []


def test_csv(findings: Findings) -> None:
    """Each region has a row with the parameters."""
    rows = list(csv.DictReader(io.StringIO(render(findings, "csv"))))
    assert [row["verdict"] for row in rows] == ["not_applicable"] * 2
    assert {row["parameters"] for row in rows} == {f"ExemptRecords={EXEMPTED}"}


def test_ocsf(findings: Findings) -> None:
    """The compliance status is Other, with its name, and the event needs no attention."""
    events = [json.loads(line) for line in render(findings, "ocsf").splitlines()]
    for event in events:
        assert event["compliance"]["status_id"] == 99
        assert event["compliance"]["status"] == "Not Applicable"
        assert event["status"] == "Resolved"
        assert event["unmapped"] == {"parameters": {"ExemptRecords": EXEMPTED}}
        assert event["evidences"] == []


def test_html(findings: Findings) -> None:
    """The page counts the results and names the region that decides."""
    page = render(findings, "html")
    assert "<small>see us-east-1</small>" in page
    assert "<strong>2</strong>" in page
    assert "ExemptRecords" in page


@pytest.mark.parametrize("name", FORMATS)
def test_every_report_says_what_is_exempted(findings: Findings, name: str) -> None:
    """Each format has the exempted account."""
    assert "111122223333" in render(findings, name)
