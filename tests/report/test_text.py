"""The text report without a terminal: width, groups of findings, names of accounts."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from alarmchain.decision.assessment import Assessment
from alarmchain.report.audit_text import render
from alarmchain.report.fault_location import fault_location
from alarmchain.report.findings import Failure, Findings
from alarmchain.report.grouping import (
    failed_rules_and_regions,
    group_assessments,
    group_failures,
)
from alarmchain.report.html.page import render as render_html
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
    """The report goes to a pipe."""
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr("sys.__stdout__", None)


@pytest.mark.parametrize(
    "findings",
    [example_account(), organization(), one_finding("long" * 60), one_finding("a b " * 60)],
    ids=["one", "many", "long", "words"],
)
def test_no_line_is_wider_than_eighty(findings: Findings) -> None:
    """Without a terminal, no name makes a line wider."""
    assert [line for line in render(findings).splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("render_as", [render, render_html])
def test_who_is_notified(render_as: Callable[[Findings], str]) -> None:
    """The report speaks of a person only where a rule's parameter asks for one."""
    findings = example_account()
    for subscribers, audience, other in (
        ("any", "a subscriber", "a person"),
        ("person", "a person", "a subscriber"),
    ):
        given = replace(findings, parameters={"Subscribers": subscribers})
        text = re.sub(r"\s+", " ", render_as(given))
        assert f"Would a dangerous call reach {audience}?" in text
        assert f"without notifying {audience}" in text
        assert f"reach {other}?" not in text
        assert f"notifying {other}" not in text


def test_an_unconfirmed_subscription_is_located_at_its_topic() -> None:
    """The location is the topic's ARN, because the subscription has no ARN yet."""
    story = render(example_account()).split("\nCMKChanges in ")[1].split("\n\n")[0]
    location = re.sub(r"\s+", "", story.split("where:")[1].split("observed:")[0])
    assert location == "arn:aws:sns:us-east-1:123456789012:key-custodians"


GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:CloudTrail/CloudWatchLogGroup"


@pytest.mark.parametrize(
    ("resource", "expected"),
    [("AWSFilter", f"AWSFilter on {GROUP}"), ("CloudTrail/CloudWatchLogGroup", GROUP), ("", GROUP)],
)
def test_a_metric_filter_is_located_on_its_log_group(resource: str, expected: str) -> None:
    """The location is the filter's name and its log group; without a filter, the log group."""
    results = example_account().results
    finding = next(each for each in results if each.rule == "SecurityGroupChanges")
    link = replace(finding.chain[-1], resource=resource)
    assert (link.link, fault_location(finding, link)) == ("metric_filter", expected)
    assert fault_location(replace(finding, chain=(link,)), link) == resource


def test_accounts_have_their_names() -> None:
    """The heading, the tables and the findings have them, with invisible characters shown."""
    text = render(replace(organization(accounts=3), names=NAMES))
    assert "\nAccount 111122223333 (Payments)\n" in text
    assert "\nAccount 111122224333 (Web\\u202e Shop)\n" in text
    assert "\nAccount 111122225333\n" in text
    assert "of account 111122223333 (Payments): not covered" in re.sub(r"\s+", " ", text)


def test_regions_share_a_row() -> None:
    """Each region is in the table; regions with the same text share a row."""
    lines = render(organization(accounts=1)).split("\n\n")[1].splitlines()
    table = [line.split("|") for line in lines if "|" in line]
    for region in REGIONS:
        assert [row[1].strip() for row in table].count(region) == len(CONTROLS)
    assert sum("covered" in row[2] for row in table) == len(CONTROLS)


def in_region(region: str, rule: str = "CMKChanges") -> Assessment:
    """Return a finding that names its own region."""
    finding = next(each for each in example_account().results if each.rule == rule)
    return replace(finding, region=region, annotation=f"no trail records {region}")


def test_findings_that_name_their_own_region_form_a_group() -> None:
    """Findings with the same text form one group, those that differ by their region another."""
    findings = [in_region(region) for region in REGIONS]
    same = [replace(each, annotation="the same text") for each in findings[:3]]
    groups = group_assessments((*findings[3:], *same), lambda each: each.annotation)
    assert [{each.region for each in group} for group in groups] == [
        set(REGIONS[:3]),
        set(REGIONS[3:]),
    ]


FAILURES = (
    *(Failure("1", region, control.name, "gone") for region in REGIONS for control in CONTROLS),
    Failure("1", "eu-west-1", "CMKChanges", "odd"),
    Failure("2", "", "", "no role"),
)


def test_failures_are_grouped() -> None:
    """Rules and regions with the same error share a line; a failed account has its own."""
    findings = Findings.of(FAILURES, NOW, CONTROLS)
    lines = [
        (group.account, failed_rules_and_regions(group, len(CONTROLS)), group.error)
        for group in group_failures(findings)
    ]
    every = f"every rule in {len(REGIONS)} regions: {', '.join(REGIONS)}"
    assert lines == [
        ("1", every, "gone"),
        ("1", "CMKChanges in eu-west-1", "odd"),
        ("2", "", "no role"),
    ]
    assert findings.summary.endswith("; 69 could not be assessed; 1 account could not be read")
    text = re.sub(r"\s+", " ", render(findings))
    assert f"account 1, {every}: gone" in text
    assert "account 2: no role" in text
