"""The text report without a terminal: width, groups of findings, names of accounts."""

import re
from collections.abc import Callable
from dataclasses import replace

import click
import pytest

from alarmchain.control import known_controls
from alarmchain.decision.assessment import Outcome
from alarmchain.report.audit_text import render
from alarmchain.report.error_lines import error_lines
from alarmchain.report.fault_location import fault_location
from alarmchain.report.findings import Failure, Findings
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
    """Write the report without a terminal, as to a pipe."""
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr("sys.__stdout__", None)


@pytest.mark.parametrize(
    "findings",
    [example_account(), organization(), one_finding("long" * 60), one_finding("a b " * 60)],
    ids=["one", "many", "long", "words"],
)
def test_no_line_is_wider_than_eighty(findings: Findings) -> None:
    """Without a terminal, a line is wider only for a name that does not fit: it stays whole."""
    wide = [line for line in render(findings).splitlines() if len(line) > 80]
    assert [line for line in wide if len(line.split()[-1]) <= 60] == []
    assert all(len(line.split()) <= 4 for line in wide)


@pytest.mark.parametrize("render_as", [render, render_html])
def test_who_is_notified(render_as: Callable[[Findings], str]) -> None:
    """The report speaks of a person only where a rule's parameter asks for one."""
    findings = example_account()
    for subscribers, audience in (("any", "a subscriber"), ("person", "a person")):
        given = replace(findings, parameters={"Subscribers": subscribers})
        assert f"Would a dangerous call reach {audience}?" in render_as(given)


def test_an_unconfirmed_subscription_is_located_at_its_topic() -> None:
    """The location is the topic's ARN, because the subscription has no ARN yet."""
    cause = render(example_account()).split("has not confirmed")[1].split("\n\n")[0]
    location = re.sub(r"\s+", "", cause.split("where:")[1].split("observed:")[0])
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
    """The heading and the table have the accounts' names, with invisible characters shown."""
    text = re.sub(r"\s+", " ", render(replace(organization(accounts=3), names=NAMES)))
    assert "Accounts 111122223333 (Payments), 111122224333 (Web\\u202e Shop), 111122225333" in text
    assert text.count("111122224333 (Web\\u202e Shop)") > 1


@pytest.mark.parametrize("columns", [60, 80])
def test_the_ids_of_accounts_stay_whole(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    """A narrow table with every state wraps words, and breaks no account's id."""
    monkeypatch.setenv("COLUMNS", str(columns))
    findings = organization(accounts=3)
    elsewhere = replace(
        findings.results[0], region="us-gov-east-1", outcome=Outcome.NOT_APPLICABLE, chain=()
    )
    names = dict.fromkeys(findings.accounts, "n" * 40)
    findings = replace(findings, results=(*findings.results, elsewhere), names=names)
    table = render(findings).split("\naccount ")[1].split("\n\n")[0]
    assert all(account in table for account in names)


def test_a_wrapped_verdict_keeps_its_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a narrow table, each line of the verdict has it."""
    monkeypatch.setenv("COLUMNS", "60")
    text = render(organization(), colored=True)
    table = text.split("\n\n")[1]
    for word in ("not", "assessed"):
        assert click.style(word, fg="magenta", bold=True) in table


def test_one_fault_in_many_regions_fills_less_than_a_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Fifteen rules in 38 regions with one fault fit 60 lines; so do 38 accounts."""
    monkeypatch.setenv("COLUMNS", "100")
    regions = tuple(f"xx-east-{number}" for number in range(1, 38))
    one = example_account(rules=tuple(known_controls().values()))
    covered = next(each for each in one.results if each.rule == "ConfigChanges")
    broken = next(each for each in one.results if each.rule == "CloudTrailChanges")
    results = [
        replace(broken if rule == broken.rule else covered, rule=rule, region=region)
        for rule in known_controls()
        for region in ("us-east-1", *regions)
    ]
    text = render(replace(one, results=tuple(results)))
    assert "CloudTrailChanges in all 38 regions: 38 results" in text
    assert len(text.splitlines()) < 60
    accounts = [
        replace(each, account=f"{number:012}") for number in range(1, 39) for each in results
    ]
    text = render(replace(one, results=tuple(accounts)))
    assert "CloudTrailChanges in all 38 regions of all 38 accounts: 1444 results" in text
    assert len(text.splitlines()) < 60


def test_colours_are_of_the_state_and_optional() -> None:
    """Without the codes of its colours, the coloured text is the plain one."""
    findings = organization()
    colored, plain = render(findings, colored=True), render(findings)
    assert click.unstyle(colored) == plain
    assert click.style("not covered", fg="red", bold=True) in colored
    assert "\x1b" not in plain
    assert click.unstyle(render(one_finding("\x1b[31mred"), colored=True)).count("\x1b") == 0


def test_what_could_not_be_assessed_is_a_cause() -> None:
    """Rules and regions with the same error are one cause; so are accounts."""
    failures = (
        *(Failure("1" * 12, each, rule.name, "gone") for each in REGIONS for rule in CONTROLS),
        Failure("1" * 12, "eu-west-1", "X", "odd"),
        *(Failure(str(each) * 12, "", "", f"no role in {str(each) * 12}") for each in range(2, 9)),
    )
    findings = Findings.of(failures, NOW, CONTROLS)
    assert findings.summary.startswith("69 results: 0 covered, 0 not covered, 0 unknown, 69 not")
    assert findings.summary.endswith("; 7 accounts could not be read")
    text = re.sub(r"\s+", " ", render(findings))
    assert "1. not assessed: no role in ACCOUNT breaks: 7 of 8 accounts accounts: 2222" in text
    assert "every rule in all 17 regions of account 111111111111: 68 results" in text
    assert list(error_lines(findings)) == [
        "7 of 8 accounts (222222222222, 333333333333 and 5 more accounts): no role in ACCOUNT",
        "every rule in all 17 regions of account 111111111111: gone",
        "X in eu-west-1 of account 111111111111: odd",
    ]
