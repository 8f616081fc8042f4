"""The text report, as it goes into a log: narrow, each thing told once, accounts by their names."""

import re
from dataclasses import replace

import pytest

from alarmchain.decision.assessment import Assessment
from alarmchain.report.audit_text import render
from alarmchain.report.fault import where
from alarmchain.report.findings import Failure, Findings
from alarmchain.report.grouping import alike, lost, place
from tests.report.findings_builder import (
    CONTROLS,
    NOW,
    REGIONS,
    example_account,
    one_finding,
    organization,
)

NAMES = {"111122223333": "Payments", "111122224333": "Web\u202e Shop"}


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a pipe."""
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr("sys.__stdout__", None)


@pytest.mark.parametrize(
    "findings",
    [example_account(), organization(), one_finding("long" * 60), one_finding("a b " * 60)],
    ids=["one", "many", "long", "words"],
)
def test_no_line_is_wider_than_eighty(findings: Findings) -> None:
    """Where there is no terminal to ask, whatever the names."""
    assert [line for line in render(findings).splitlines() if len(line) > 80] == []


def test_an_unconfirmed_subscription_is_found_at_its_topic() -> None:
    """It has no ARN of its own yet."""
    story = render(example_account()).split("\nCMKChanges in ")[1].split("\n\n")[0]
    where = re.sub(r"\s+", "", story.split("where:")[1].split("is:")[0])
    assert where == "arn:aws:sns:us-east-1:123456789012:key-custodians"


GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:CloudTrail/CloudWatchLogGroup"


@pytest.mark.parametrize(
    ("resource", "expected"),
    [("AWSFilter", f"AWSFilter on {GROUP}"), ("CloudTrail/CloudWatchLogGroup", GROUP), ("", GROUP)],
)
def test_a_metric_filter_is_found_on_its_log_group(resource: str, expected: str) -> None:
    """It has no ARN; where it is missing there is the log group alone."""
    one = next(one for one in example_account().results if one.rule == "SecurityGroupChanges")
    link = replace(one.chain[-1], resource=resource)
    assert (link.link, where(one, link)) == ("metric_filter", expected)
    assert where(replace(one, chain=(link,)), link) == resource


def test_accounts_have_their_names() -> None:
    """In the heading, over their tables, in the stories; what can't be seen is written out."""
    text = render(replace(organization(accounts=3), names=NAMES))
    assert "\nAccount 111122223333 (Payments)\n" in text
    assert "\nAccount 111122224333 (Web\\u202e Shop)\n" in text
    assert "\nAccount 111122225333\n" in text
    assert "of account 111122223333 (Payments): not covered" in re.sub(r"\s+", " ", text)


def test_regions_share_a_row() -> None:
    """Each region is in the table, and what is told of several is told once."""
    lines = render(organization(accounts=1)).split("\n\n")[1].splitlines()
    table = [line.split("|") for line in lines if "|" in line]
    for region in REGIONS:
        assert [row[1].strip() for row in table].count(region) == len(CONTROLS)
    assert sum("covered" in row[2] for row in table) == len(CONTROLS)


def in_region(region: str, rule: str = "CMKChanges") -> Assessment:
    """A finding that names its own region."""
    one = next(one for one in example_account().results if one.rule == rule)
    return replace(one, region=region, annotation=f"no trail records {region}")


def test_what_names_its_own_region_alone_is_alike() -> None:
    """Regions of which literally the same is told stay together, and the others join their like."""
    ones = [in_region(region) for region in REGIONS]
    others = [replace(one, annotation="told alike") for one in ones[:3]]
    groups = alike((*ones[3:], *others), lambda one: one.annotation)
    assert [{one.region for one in group} for group in groups] == [
        set(REGIONS[:3]),
        set(REGIONS[3:]),
    ]


FAILURES = (
    *(Failure("1", region, one.name, "gone") for region in REGIONS for one in CONTROLS),
    Failure("1", "eu-west-1", "CMKChanges", "odd"),
    Failure("2", "", "", "no role"),
)


def test_failures_are_told_once() -> None:
    """Rules and regions that fail for one reason are one line, an account is another."""
    findings = Findings.of(FAILURES, NOW, CONTROLS)
    told = [(one.account, place(one, len(CONTROLS)), one.error) for one in lost(findings)]
    every = f"every rule in {len(REGIONS)} regions: {', '.join(REGIONS)}"
    assert told == [
        ("1", every, "gone"),
        ("1", "CMKChanges in eu-west-1", "odd"),
        ("2", "", "no role"),
    ]
    assert findings.summary.endswith("; 69 could not be assessed; nothing of 1 account")
    text = re.sub(r"\s+", " ", render(findings))
    assert f"account 1, {every}: gone" in text
    assert "account 2: no role" in text
