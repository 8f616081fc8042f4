"""The report for a SIEM, held against the models of a library that knows the schema."""

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
    """The events of a report."""
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def example() -> dict[str, dict[str, Any]]:
    """The example account's events by rule."""
    return {one["compliance"]["control"]: one for one in events(render(example_account()))}


def test_the_library_knows_every_field_and_loses_none() -> None:
    """Each event comes through the library's models unchanged; they drop what they don't know."""
    assert ocsf.OCSF_VERSION == OCSF_VERSION
    for event in events(render(NAMED)):
        cloud = event.pop("cloud")
        read = ComplianceFinding.model_validate(event).model_dump(mode="json", exclude_none=True)
        for evidence in read.get("evidences", []):
            evidence.pop("verdict_id")  # the library's own default
        assert read == event
        assert Cloud.model_validate(cloud).model_dump(mode="json", exclude_none=True) == cloud


def test_the_verdict_is_the_compliance_status(example: dict[str, dict[str, Any]]) -> None:
    """Fail and Pass; unknown is the Warning that OCSF has for missing information."""
    status = {rule: one["compliance"]["status_id"] for rule, one in example.items()}
    assert status["ConfigChanges"] == 1
    assert status["CloudTrailChanges"] == 3
    found = events(render(organization(3)))
    unknown = [one for one in found if one["message"].startswith("UNKNOWN")]
    assert unknown
    assert {one["compliance"]["status_id"] for one in unknown} == {2}


def test_an_account_has_its_name_where_it_is_known() -> None:
    """Else its id; of results and failures alike."""
    accounts = {
        (one["cloud"]["account"]["uid"], one["cloud"]["account"]["name"])
        for one in events(render(NAMED))
    }
    assert accounts == {
        ("111122223333", "111122223333"),
        ("111122224333", "111122224333"),
        ("111122225333", "Payments"),
    }


def test_what_could_not_be_assessed_is_an_event_of_its_own() -> None:
    """Its compliance is unknown, and the error is its message."""
    result, failure = events(render(one_finding("no such region")))
    assert failure["compliance"]["status_id"] == 0
    assert failure["message"] == "no such region"
    assert result["compliance"]["status_id"] == 3


def test_an_event_names_the_standards_the_resource_and_the_remedy(
    example: dict[str, dict[str, Any]],
) -> None:
    """The mapping of control.toml, the link that decides, and what to do about it."""
    event = example["CloudTrailChanges"]
    assert "CIS AWS Foundations Benchmark 5.0.0" in event["compliance"]["standards"]
    assert "CIS AWS Foundations Benchmark 5.0.0: 4.5" in event["compliance"]["requirements"]
    assert "AWS Security Hub CSPM: CloudWatch.5" in event["compliance"]["requirements"]
    assert [one["type"] for one in event["resources"]] == ["AwsAccount", "alarm"]
    assert event["remediation"]["desc"]
    assert (event["severity_id"], event["severity"]) == (3, "Medium")
    assert event["status_code"] == "NON_COMPLIANT"
    assert example["ConfigChanges"]["severity_id"] == 1


def test_the_evidence_is_the_chain_and_the_calls_that_escape(
    example: dict[str, dict[str, Any]],
) -> None:
    """Link by link, then each call with the record that nobody would hear of."""
    evidences = example["SecurityGroupChanges"]["evidences"]
    names = [one["name"] for one in evidences]
    assert names[:3] == ["trail", "log_group", "metric_filter"]
    call = next(one for one in evidences if one["name"] == "CreateSecurityGroup")
    assert call["data"]["counterexample"]["eventName"] == "CreateSecurityGroup"
    assert call["data"]["deciding"] == ["$.requestParameters.groupId"]


def test_an_event_has_the_same_uid_in_every_audit() -> None:
    """So that a SIEM can follow a finding; and no two findings share one."""
    uids = [one["finding_info"]["uid"] for one in events(render(organization(2)))]
    assert len(set(uids)) == len(uids)
    assert uids == [one["finding_info"]["uid"] for one in events(render(organization(2)))]
