"""The audit's SARIF log, checked by the schema of SARIF 2.1.0."""

from dataclasses import replace
from importlib.metadata import version

from alarmchain.report.audit_sarif import render
from alarmchain.report.findings import OPEN
from tests.report.findings_builder import (
    CONTROLS,
    accepted_and_compared,
    example_account,
    one_finding,
    organization,
)
from tests.report.sarif_schema import run_of


def test_each_open_result_is_one_of_the_log() -> None:
    """A covered rule has no result: code scanning would show it as an alert."""
    findings = organization(3)
    run = run_of(render(findings))
    shown = {(each["properties"]["account"], each["properties"]["region"], each["ruleId"])
             for each in run["results"]}  # fmt: skip
    assert shown == {
        (each.account, each.region, each.rule) for each in findings.results if each.outcome in OPEN
    }
    assert len(run["results"]) == len(shown)
    levels = {each["properties"]["verdict"]: each["level"] for each in run["results"]}
    assert levels == {"not_covered": "error", "unknown": "warning"}


def test_a_result_points_to_its_rule_and_resource() -> None:
    """The rule's index fits, and the location has the ARN of the deciding link."""
    run = run_of(render(example_account()))
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["version"] == version("alarmchain")
    by_rule = {each["ruleId"]: each for each in run["results"]}
    assert "ConfigChanges" not in by_rule  # covered
    result = by_rule["CMKChanges"]
    assert rules[result["ruleIndex"]]["id"] == "CMKChanges"
    account, resource = result["locations"][0]["logicalLocations"]
    assert account["fullyQualifiedName"] == "123456789012/us-east-1"
    assert resource["fullyQualifiedName"] == "arn:aws:sns:us-east-1:123456789012:key-custodians"
    assert result["properties"]["chain"][-1]["status"] == "broken"
    assert "confirm" in result["message"]["text"]


def test_what_could_not_be_assessed_is_a_notification() -> None:
    """The invocation has failed, and names the account, the region and the rule."""
    run = run_of(render(one_finding("no such region")))
    (invocation,) = run["invocations"]
    assert not invocation["executionSuccessful"]
    (note,) = invocation["toolExecutionNotifications"]
    assert note["message"]["text"] == (
        f"{CONTROLS[0].name} of 123456789012/us-east-2 could not be assessed: no such region"
    )


def test_the_log_says_when_and_with_which_parameters() -> None:
    """Parameters, exemptions, names and times of the accounts are properties of the run."""
    exempted = '{ $.userIdentity.type = "AWSService" }'
    findings = replace(
        example_account(), parameters={"ExemptRecords": exempted}, names={"123456789012": "Pay"}
    )
    properties = run_of(render(findings))["properties"]
    assert properties["parameters"] == {"ExemptRecords": exempted}
    assert properties["accounts"] == {
        "123456789012": {"name": "Pay", "collected_at": "2026-11-20T12:00:00Z"}
    }


def test_hostile_text_makes_no_link() -> None:
    """A name cannot become a link or hide a part of the message."""
    run = run_of(render(one_finding("a[safe](https://evil.example)\x1b\u202e")))
    text = run["results"][0]["message"]["text"]
    assert r"a\[safe\](https://evil.example)\u001b\u202e" in text


def test_what_is_excepted_or_unchanged() -> None:
    """An excepted result stays, with its suppression; each result has its baseline state."""
    run = run_of(render(accepted_and_compared()))
    by_rule = {each["ruleId"]: each for each in run["results"]}
    assert {rule: each["baselineState"] for rule, each in by_rule.items()} == {
        "CMKChanges": "unchanged",
        "CloudTrailChanges": "unchanged",
        "SecurityGroupChanges": "new",
    }
    suppressed = {
        rule: each["suppressions"] for rule, each in by_rule.items() if "suppressions" in each
    }
    assert suppressed == {
        "CMKChanges": [
            {
                "kind": "external",
                "status": "accepted",
                "justification": "until 2027-01-31: the owner is on leave",
            }
        ]
    }
