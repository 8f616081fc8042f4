"""The audit's JUnit XML, read back as a CI server reads it."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from alarmchain.decision.assessment import Outcome
from alarmchain.report.audit_junit import render
from alarmchain.report.findings import Findings
from tests.report.findings_builder import (
    accepted_and_compared,
    example_account,
    one_finding,
    organization,
)

COUNTS = ("tests", "failures", "errors", "skipped")


def counted(element: ElementTree.Element) -> dict[str, int]:
    """Return the counts of the cases in the element."""
    tags = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    counts = {name: len(element.findall(f".//testcase/{tag}")) for name, tag in tags.items()}
    return {"tests": len(element.findall(".//testcase")), **counts}


@pytest.mark.parametrize("findings", [example_account(), organization(3), one_finding("x")])
def test_the_counts_are_those_of_the_cases(findings: Findings) -> None:
    """The document and each suite count their cases; every result and failure is a case."""
    root = ElementTree.fromstring(render(findings))
    assert root.tag == "testsuites"
    for element in (root, *root):
        assert {name: int(element.get(name, "")) for name in COUNTS} == counted(element)
    assert counted(root)["tests"] == len(findings.results) + len(findings.failures)
    assert [suite.get("name") for suite in root] == list(findings.accounts)


def test_the_results() -> None:
    """Covered passes with its evidence, not covered fails with its fix, a failure is an error."""
    root = ElementTree.fromstring(render(example_account()))
    cases = {case.get("classname"): case for case in root.iter("testcase")}
    covered = cases["alarmchain.123456789012.ConfigChanges"]
    assert "metric_filter" in str(covered.findtext("system-out"))
    failure = cases["alarmchain.123456789012.CMKChanges"].find("failure")
    assert failure is not None
    assert failure.get("type") == "not_covered"
    assert str(failure.text).startswith("Fix: ask ")
    (error,) = ElementTree.fromstring(render(one_finding("no access"))).iter("error")
    assert error.get("message") == "no access"


def test_not_applicable_is_skipped() -> None:
    """A rule that another region decides is neither passed nor failed."""
    findings = example_account()
    elsewhere = replace(findings.results[0], outcome=Outcome.NOT_APPLICABLE, chain=(), remedy="")
    root = ElementTree.fromstring(render(replace(findings, results=(elsewhere,))))
    assert counted(root) == {"tests": 1, "failures": 0, "errors": 0, "skipped": 1}


def test_the_suite_says_when_and_with_which_parameters() -> None:
    """The suite has the time of the reads, the version and the parameters."""
    findings = replace(example_account(), parameters={"CallList": "extended"})
    (suite,) = ElementTree.fromstring(render(findings))
    assert suite.get("timestamp") == "2026-11-20T12:00:00"
    properties = {each.get("name"): each.get("value") for each in suite.iter("property")}
    assert properties == {"alarmchain": findings.version, "CallList": "extended"}


def test_hostile_text_stays_text() -> None:
    """Characters that XML does not allow are shown as codes, and markup is escaped."""
    text = "]]></failure><evil/>\x00\x1b\ufffe\ud800&"
    root = ElementTree.fromstring(render(one_finding(text)))
    assert not list(root.iter("evil"))
    (failure,) = root.iter("failure")
    assert failure.get("message") == "]]></failure><evil/>\\u0000\\u001b\\ufffe\\ud800&"


def test_only_what_counts_is_a_failure() -> None:
    """An excepted or unchanged result is skipped, with the reason in its message."""
    root = ElementTree.fromstring(render(accepted_and_compared()))
    assert counted(root) == {"tests": 4, "failures": 1, "errors": 0, "skipped": 2}
    messages = {
        str(case.get("classname")).rpartition(".")[2]: str(skipped.get("message"))
        for case in root.iter("testcase")
        for skipped in case.iter("skipped")
    }
    assert messages["CMKChanges"].startswith("excepted until 2027-01-31: the owner is on leave: ")
    assert messages["CloudTrailChanges"].startswith("unchanged since the baseline: ")
