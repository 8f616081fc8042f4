"""The report for a SIEM, compared with a library's models of the schema."""

import json
from dataclasses import replace
from typing import Any

import pytest

from alarmchain.report.audit_ocsf import OCSF_VERSION, render
from tests.report.findings_builder import example_account, one_finding, organization

ocsf = pytest.importorskip("py_ocsf_models", reason="py-ocsf-models comes with alarmchain[dev]")
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding  # noqa: E402
from py_ocsf_models.objects.cloud import Cloud  # noqa: E402

NAMED = replace(organization(3), names={"111122225333": "Payments"})


def events(text: str) -> list[dict[str, Any]]:
    """Return the events of a report."""
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def example() -> dict[str, dict[str, Any]]:
    """Return the example account's events by rule."""
    return {event["compliance"]["control"]: event for event in events(render(example_account()))}


def test_the_library_knows_every_field() -> None:
    """The library's models, which drop unknown fields, return each event unchanged."""
    assert ocsf.OCSF_VERSION == OCSF_VERSION
    for event in events(render(NAMED)):
        cloud = event.pop("cloud")
        read = ComplianceFinding.model_validate(event).model_dump(mode="json", exclude_none=True)
        for evidence in read.get("evidences", []):
            evidence.pop("verdict_id")  # the library's own default
        assert read == event
        assert Cloud.model_validate(cloud).model_dump(mode="json", exclude_none=True) == cloud


def test_the_verdict_is_the_compliance_status(example: dict[str, dict[str, Any]]) -> None:
    """Covered is Pass, not covered Fail; unknown is OCSF's Warning for missing information."""
    status = {rule: event["compliance"]["status_id"] for rule, event in example.items()}
    assert status["ConfigChanges"] == 1
    assert status["CloudTrailChanges"] == 3
    spread = events(render(organization(3)))
    unknown = [event for event in spread if event["message"].startswith("UNKNOWN")]
    assert unknown
    assert {event["compliance"]["status_id"] for event in unknown} == {2}


def test_an_account_has_its_known_name() -> None:
    """In results and failures, an account has its name or, if that is unknown, its id."""
    accounts = {
        (event["cloud"]["account"]["uid"], event["cloud"]["account"]["name"])
        for event in events(render(NAMED))
    }
    assert accounts == {
        ("111122223333", "111122223333"),
        ("111122224333", "111122224333"),
        ("111122225333", "Payments"),
    }


def test_a_failure_is_an_event() -> None:
    """The event of a failure has unknown compliance, and the error as its message."""
    result, failure = events(render(one_finding("no such region")))
    assert failure["compliance"]["status_id"] == 0
    assert failure["message"] == "no such region"
    assert result["compliance"]["status_id"] == 3


def test_an_event_names_the_standards_the_resource_and_the_remedy(
    example: dict[str, dict[str, Any]],
) -> None:
    """An event has the mapping of control.toml, the deciding link and the remedy."""
    event = example["CloudTrailChanges"]
    assert "CIS AWS Foundations Benchmark 5.0.0" in event["compliance"]["standards"]
    assert "CIS AWS Foundations Benchmark 5.0.0: 4.5" in event["compliance"]["requirements"]
    assert "AWS Security Hub CSPM: CloudWatch.5" in event["compliance"]["requirements"]
    assert [resource["type"] for resource in event["resources"]] == ["AwsAccount", "alarm"]
    assert event["remediation"]["desc"]
    assert (event["severity_id"], event["severity"]) == (3, "Medium")
    assert event["status_code"] == "NON_COMPLIANT"
    assert example["ConfigChanges"]["severity_id"] == 1


def test_the_evidence_is_the_chain_and_the_calls_that_escape(
    example: dict[str, dict[str, Any]],
) -> None:
    """The links come first, then each call with its missed record."""
    evidences = example["SecurityGroupChanges"]["evidences"]
    names = [evidence["name"] for evidence in evidences]
    assert names[:3] == ["trail", "log_group", "metric_filter"]
    call = next(each for each in evidences if each["name"] == "CreateSecurityGroup")
    assert call["data"]["counterexample"]["eventName"] == "CreateSecurityGroup"
    assert call["data"]["deciding"] == ["$.requestParameters.groupId"]


def test_an_event_has_the_same_uid_in_every_audit() -> None:
    """A SIEM can follow a finding by its uid, which no other finding has."""
    uids = [event["finding_info"]["uid"] for event in events(render(organization(2)))]
    assert len(set(uids)) == len(uids)
    assert uids == [event["finding_info"]["uid"] for event in events(render(organization(2)))]
