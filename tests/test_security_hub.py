"""The alarms that AWS publishes for Security Hub's controls are covered, or truly broken."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders import CONTROLS, REGION, judged
from tests.cli.audit_report import report
from tests.command_line import Run
from tests.security_hub import PUBLISHED, by_the_guide, by_the_solution

Json = dict[str, Any]
WORKING = {
    "user guide, default statistic Average": (by_the_guide("Average"), "alarm"),
    "user guide, default statistic Sum": (by_the_guide("Sum"), "alarm"),
    "solution Automated Security Response": (by_the_solution(), "name"),
}
"""Accounts as AWS publishes them, and the member of a control that names its alarm."""


def test_each_control_has_its_rule() -> None:
    """Each of the controls CloudWatch.1 to 14 has one rule, whose control.toml names it."""
    assert list(PUBLISHED) == [f"CloudWatch.{number}" for number in range(1, 15)]
    for name, published in PUBLISHED.items():
        assert published["pattern"].startswith("{")
        mapped = {
            key for mapping in CONTROLS[published["rule"]].mappings for key in mapping.controls
        }
        assert name in mapped


@pytest.mark.parametrize("account", WORKING)
def test_all_fourteen_are_covered(alarmchain: Run, tmp_path: Path, account: str) -> None:
    """All controls are covered; each annotation has the published alarm and the subscriber."""
    document, named = WORKING[account]
    completed = audit(alarmchain, tmp_path, document)
    assert completed.status == 0, completed.err
    results = {result["rule"]: result for result in report(completed.out)["results"]}
    assert set(results) == {published["rule"] for published in PUBLISHED.values()}
    for published in PUBLISHED.values():
        result = results[published["rule"]]
        assert result["verdict"] == "covered", result["annotation"]
        assert f"> alarm '{published[named]}' > topic 'alarms'" in result["annotation"]
        assert result["annotation"].endswith("notifies a person by email")


def audit(alarmchain: Run, folder: Path, document: Json) -> Any:
    """Audit the snapshot with the rules of Security Hub."""
    file = folder / "account.json"
    file.write_text(json.dumps(document))
    return alarmchain(
        *("audit", "--snapshot", str(file), "--rule-set", "security-hub", "--format", "json")
    )


def test_the_solutions_first_version_is_blind(alarmchain: Run, tmp_path: Path) -> None:
    """The first version's alarms have a unit that no filter writes; the annotations say so."""
    completed = audit(alarmchain, tmp_path, by_the_solution(first_version=True))
    assert completed.status == 1
    results = {result["rule"]: result for result in report(completed.out)["results"]}
    for published in PUBLISHED.values():
        result = results[published["rule"]]
        assert result["verdict"] == "not_covered"
        assert f"alarm '{published['name']}' has the Unit Seconds" in result["annotation"]


@pytest.mark.parametrize(
    ("rule", "events"), [("ConsoleSignInFailures", 3), ("UnauthorizedAPICalls", 5)]
)
def test_alarms_that_wait_for_several_events(rule: str, events: int) -> None:
    """AWS's guide for CloudTrail waits for 3 failed sign-ins, its quick start for 5 denied calls.

    With such alarms one event notifies nobody; the parameter EventsBeforeAlarm accepts that.
    """
    document = by_the_guide(Statistic="Sum", Threshold=float(events))
    refused = judged(document, rule)
    assert refused.compliance == "NON_COMPLIANT"
    assert f"needs {events}" in refused.annotation
    accepted = judged(document, rule, EventsBeforeAlarm=str(events))
    assert accepted.compliance == "COMPLIANT"
    assert f" needs {events} matching records within 300 s; notifies" in accepted.annotation


def test_the_benchmarks_mistake_never_rests() -> None:
    """With the benchmark's `||` the pattern matches nearly every record: it stays in ALARM."""
    document = by_the_guide()
    (own,) = [
        each
        for each in document["Regions"][REGION]["metric_filters"]
        if each["filterName"] == "UnauthorizedAPICalls"
    ]
    own["filterPattern"] = (
        '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*")'
        ' || ($.sourceIPAddress!="delivery.logs.amazonaws.com") || ($.eventName!="HeadBucket") }'
    )
    found = judged(document, "UnauthorizedAPICalls")
    assert found.compliance == "NON_COMPLIANT"
    assert "alarm 'CIS-3.1-UnauthorizedAPICalls' stays in ALARM" in found.annotation


@pytest.mark.parametrize("name", PUBLISHED)
def test_each_control_needs_its_own_filter(name: str) -> None:
    """Without its own filter a control is not covered, whatever the other filters match."""
    document, rule = by_the_guide(), PUBLISHED[name]["rule"]
    region = document["Regions"][REGION]
    region["metric_filters"] = [
        each for each in region["metric_filters"] if each["filterName"] != PUBLISHED[name]["name"]
    ]
    assert len(region["metric_filters"]) == len(PUBLISHED) - 1
    found = judged(document, rule)
    assert found.compliance == "NON_COMPLIANT"
    assert found.chain[-1].link == "metric_filter"
