"""The causes of findings: which results share a cause, and the order of the causes."""

import json
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from alarmchain.chain.judgement import Judgement, Status, broken
from alarmchain.cli.snapshot_file import audit_snapshot
from alarmchain.control import known_controls
from alarmchain.decision.assessment import Assessment, CallAssessment, Outcome
from alarmchain.parameters import Parameters
from alarmchain.report.causes import Cause, find_causes
from alarmchain.report.exception_matching import with_exceptions
from alarmchain.report.exceptions import ANY, AcceptedException
from alarmchain.report.findings import OPEN, Failure, Findings
from alarmchain.report.places import Scope
from alarmchain.snapshot.snapshot_json import from_json
from tests.report.findings_builder import (
    CHECKOUT,
    CONTROLS,
    NOW,
    REGIONS,
    example_account,
    organization,
)

RULES = tuple(known_controls().values())
EXAMPLE = (CHECKOUT / "docs" / "example-account.json").read_text()
HOME = "us-east-1"
SEVERAL = ("ap-south-1", "eu-west-1", "eu-west-2", HOME, "us-west-2")


@cache
def audited(*accounts: str, regions: tuple[str, ...] = SEVERAL) -> Findings:
    """Return the audit of accounts like docs/example-account.json, in several regions."""
    outcomes: list[Assessment | Failure] = []
    for account in accounts:
        document = json.loads(EXAMPLE.replace("123456789012", account))
        home = document["Regions"][HOME]
        empty = {name: [] for name in home} | {"trails": home["trails"]}
        document["Regions"] |= {name: empty for name in regions if name != HOME}
        outcomes += audit_snapshot(from_json(document), RULES, (), Parameters.read({}))
    return Findings.of(outcomes, NOW, RULES)


def with_rule(rule: str) -> Assessment:
    """Return the example's finding of the rule."""
    return next(each for each in example_account().results if each.rule == rule)


PENDING = with_rule("CMKChanges")


def cause_of(*results: Assessment | Failure) -> Cause:
    """Return the only cause."""
    (cause,) = find_causes(Findings.of(results, NOW, CONTROLS))
    return cause


def changed(result: Assessment, region: str, home: str, text: str) -> Assessment:
    """Return the result in a region, with another reason and remedy of its link in `home`."""
    judgement = broken(text, observed="o", wanted="w", remedy=f"fix: {text}")
    link = replace(result.chain[-1], judgement=judgement, region=home, resource="")
    calls = {name: CallAssessment(Outcome.NOT_COVERED, text) for name in result.calls}
    chain = (*result.chain[:-1], link)
    return replace(result, region=region, chain=chain, remedy=judgement.remedy, calls=calls)


def test_every_open_result_has_exactly_one_cause() -> None:
    """Each result that is not covered has exactly one cause; covered results have none."""
    findings = organization(3)
    causes = find_causes(findings)
    broken_results = [each for cause in causes for each in cause.results]
    assert len(broken_results) == sum(each.outcome in OPEN for each in findings.results)
    assert {id(each) for each in broken_results} == {
        id(each) for each in findings.results if each.outcome in OPEN
    }
    assert sum(len(cause.failures) for cause in causes) == len(findings.failures)
    assert [cause.number for cause in causes] == list(range(1, len(causes) + 1))


def test_regions_accounts_and_rules_of_one_fault_are_one_cause() -> None:
    """Two accounts in five regions have the four causes of one account, each in all places."""
    findings = audited("111122223333", "444455556666")
    causes = find_causes(findings)
    scope = Scope.of(findings)
    assert len(causes) == len(find_causes(audited("111122223333", regions=(HOME,)))) == 4
    assert {scope.words(cause.places) for cause in causes} == {"all 5 regions of both accounts"}
    first, *others = causes
    assert first.title == (
        "log group 'CloudTrail/CloudWatchLogGroup' has no metric filter for these rules"
    )
    assert first.fix == (
        "Create a metric filter on log group 'CloudTrail/CloudWatchLogGroup' for the calls of each"
        " rule"
    )
    assert len(first.rules) == len(RULES) - 4
    assert [len(cause.rules) for cause in others] == [1, 1, 1]
    assert len(first.locations) == 2


def test_a_fault_that_many_rules_share() -> None:
    """A subscription that nobody confirmed is one cause, whatever rule notifies its topic."""
    cause = cause_of(*(replace(PENDING, rule=control.name) for control in CONTROLS))
    assert cause.rules == tuple(sorted(control.name for control in CONTROLS))
    assert cause.title == PENDING.chain[-1].judgement.reason
    assert cause.severity == "Medium"


@pytest.mark.parametrize(
    ("texts", "title"),
    [
        (("no trail records us-east-1", "no trail records eu-west-1"), "no trail records REGION"),
        (("group 'a' has no filter", "group 'a' in us-east-1 has no filter"), "group 'a' has no"),
        (("stuck for 5 h", "stuck for 72 h"), "stuck for 5 h"),
    ],
)
def test_texts_that_name_their_region(texts: tuple[str, str], title: str) -> None:
    """Reasons that differ only in the region have one cause, with REGION in its title."""
    home = "eu-west-1" if "eu-west-1" in texts[1] else HOME
    cause = cause_of(
        changed(PENDING, HOME, HOME, texts[0]), changed(PENDING, "eu-west-1", home, texts[1])
    )
    assert cause.title.startswith(title)
    assert cause.regions == ("eu-west-1", HOME)


def test_different_fixes_stay_apart() -> None:
    """Another resource, another fix or another outcome is another cause."""
    link = PENDING.chain[-1]
    elsewhere = replace(link, resource=f"{link.resource}-2")
    doubt = replace(link, judgement=replace(link.judgement, status=Status.UNKNOWN))
    others = (
        replace(PENDING, region="a", chain=(*PENDING.chain[:-1], elsewhere)),
        replace(PENDING, region="b", remedy="do something else"),
        replace(PENDING, region="c", outcome=Outcome.UNKNOWN, chain=(*PENDING.chain[:-1], doubt)),
    )
    assert len(find_causes(Findings.of((PENDING, *others), NOW, CONTROLS))) == 4


def test_a_permission_is_one_cause_for_all_resources() -> None:
    """A denied action is one cause, with all resources that it concerns."""
    link = PENDING.chain[-1]
    remedy = "allow sns:GetTopicAttributes"
    denied = Judgement(Status.UNKNOWN, "denied", "AccessDenied", "an answer", remedy)
    results = [
        replace(
            PENDING,
            region=region,
            outcome=Outcome.UNKNOWN,
            remedy=remedy,
            chain=(*PENDING.chain[:-1], replace(link, resource=region, judgement=denied)),
        )
        for region in REGIONS
    ]
    assert len(cause_of(*results).locations) == len(REGIONS)


def test_the_same_error_in_many_accounts() -> None:
    """Errors that differ only in the account are one cause, with ACCOUNT in its title."""
    accounts = [f"{number:012}" for number in range(1, 13)]
    cause = cause_of(*(Failure(each, "", "", f"no role in {each}") for each in accounts))
    assert (cause.title, cause.count, cause.unread_accounts) == ("no role in ACCOUNT", 0, 12)


def test_what_breaks_most_comes_first() -> None:
    """Causes are ordered by number of results, severity and title, not by the input's order."""
    findings = audited("111122223333")
    causes = find_causes(findings)
    counts = [cause.count for cause in causes]
    assert counts == sorted(counts, reverse=True)
    again = find_causes(replace(findings, results=tuple(reversed(findings.results))))
    assert [(each.title, each.count) for each in again] == [
        (each.title, each.count) for each in causes
    ]
    high = next(control.name for control in RULES if control.severity == "High")
    two = (
        changed(PENDING, HOME, HOME, "a"),
        changed(replace(PENDING, rule=high), HOME, HOME, "b"),
        changed(PENDING, "eu-west-1", HOME, "c"),
    )
    order = [each.title for each in find_causes(Findings.of(two, NOW, RULES))]
    assert order == ["b", "a", "c"]


def test_other_reasons_of_the_calls_are_kept() -> None:
    """A call that fails for another reason is named, with that reason."""
    _, second = PENDING.calls
    calls = {**PENDING.calls, second: CallAssessment(Outcome.NOT_COVERED, "the alarm is muted")}
    cause = cause_of(replace(PENDING, calls=calls))
    assert cause.other_reasons == {"the alarm is muted": (second,)}


def test_excepted_results_are_a_cause_of_their_own_at_the_end() -> None:
    """Excepted results have a separate cause, which comes last."""
    reason = PENDING.chain[-1].judgement.reason
    exception = AcceptedException(
        1, ANY, "eu-west-1", ANY, reason, date(2100, 1, 1), "moves to another topic"
    )
    results = [replace(PENDING, region=region) for region in REGIONS]
    findings = with_exceptions(Findings.of(results, NOW, CONTROLS), [exception])
    counted, excepted = find_causes(findings)
    assert (counted.count, counted.acceptance) == (len(REGIONS) - 1, None)
    assert excepted.regions == ("eu-west-1",)
    assert excepted.acceptance
    assert excepted.acceptance.why == "moves to another topic"
