"""The audit in Security Hub's format, checked by the API's model and its documented limits."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from alarmchain.report.audit_asff import render
from alarmchain.report.findings import Failure, Findings
from tests.report.findings_builder import (
    CONTROLS,
    NOW,
    accepted_and_compared,
    example_account,
    one_finding,
    organization,
)

MODEL = botocore.session.get_session().get_service_model("securityhub")
REQUEST = MODEL.operation_model("BatchImportFindings").input_shape


def requests(findings: Findings) -> Iterator[dict[str, Any]]:
    """Yield each request, after a check by the API's model."""
    for line in render(findings).splitlines():
        request = json.loads(line)
        report = ParamValidator().validate(request, REQUEST)
        assert not report.has_errors(), report.generate_report()
        yield request


def imported(findings: Findings) -> list[dict[str, Any]]:
    """Return the findings of all requests."""
    return [finding for request in requests(findings) for finding in request["Findings"]]


@pytest.mark.parametrize("findings", [example_account(), organization(3), one_finding("x" * 5000)])
def test_the_limits(findings: Findings) -> None:
    """A request has up to 100 findings of one account and region; texts are short enough."""
    count = 0
    for request in requests(findings):
        places = {(each["AwsAccountId"], each["Region"]) for each in request["Findings"]}
        assert len(places) == 1
        assert 1 <= len(request["Findings"]) <= 100
        for finding in request["Findings"]:
            count += 1
            assert len(json.dumps(finding)) < 240_000
            assert len(finding["Title"]) <= 256
            assert len(finding["Description"]) <= 1024
            remediation = finding.get("Remediation", {"Recommendation": {"Text": ""}})
            assert len(remediation["Recommendation"]["Text"]) <= 512
            assert len(finding["ProductFields"]) <= 50
            assert all(len(name) <= 128 for name in finding["ProductFields"])
            assert all(0 < len(value) <= 2048 for value in finding["ProductFields"].values())
    assert count == len(findings.results) + len(findings.failures)


def test_the_identifiers_are_unique() -> None:
    """Security Hub takes a second finding with the same Id for an update of the first."""
    findings = imported(organization(3))
    assert len({finding["Id"] for finding in findings}) == len(findings)


def test_the_verdict_is_the_compliance_status() -> None:
    """PASSED, FAILED, WARNING with the reason, and NOT_AVAILABLE for what was not assessed."""
    status = {each["GeneratorId"]: each for each in imported(example_account())}
    assert status["alarmchain/ConfigChanges"]["Compliance"]["Status"] == "PASSED"
    label = status["alarmchain/ConfigChanges"]["FindingProviderFields"]["Severity"]["Label"]
    assert label == "INFORMATIONAL"
    assert status["alarmchain/CMKChanges"]["Compliance"]["Status"] == "FAILED"
    unknown = [
        each["Compliance"]
        for each in imported(organization(3))
        if each["Compliance"]["Status"] == "WARNING"
    ]
    assert unknown
    assert all(each["StatusReasons"][0]["Description"].startswith("UNKNOWN") for each in unknown)


def test_the_evidence_is_whole() -> None:
    """A text that is longer than a product field continues in the next one."""
    findings = example_account()
    (result,) = (each for each in findings.results if each.rule == "ConfigChanges")
    link = result.chain[2]
    long = replace(link, evidence="p" * 5000)
    chain = (*result.chain[:2], long, *result.chain[3:])
    (finding,) = imported(replace(findings, results=(replace(result, chain=chain),)))
    name = "alarmchain/3/metric_filter/observed"
    parts = [finding["ProductFields"][key] for key in (name, f"{name}/2", f"{name}/3")]
    assert "".join(parts) == "p" * 5000


def test_every_link_has_evidence() -> None:
    """If one text needs more product fields than there are, each link still has its first part."""
    findings = example_account()
    (result,) = (each for each in findings.results if each.rule == "ConfigChanges")
    longest = replace(result.chain[0], evidence="t" * 200_000)
    chain = (longest, *result.chain[1:])
    (finding,) = imported(replace(findings, results=(replace(result, chain=chain),)))
    for number, link in enumerate(chain, 1):
        name = f"alarmchain/{number}/{link.link}/observed"
        assert finding["ProductFields"][name] == link.observed[:2048]


@pytest.mark.parametrize(
    ("region", "arn"),
    [
        ("eu-west-1", "arn:aws:securityhub:eu-west-1:123456789012:product/123456789012/default"),
        (
            "us-gov-east-1",
            "arn:aws-us-gov:securityhub:us-gov-east-1:123456789012:product/123456789012/default",
        ),
        (
            "cn-north-1",
            "arn:aws-cn:securityhub:cn-north-1:123456789012:product/123456789012/default",
        ),
    ],
)
def test_the_product_of_each_partition(region: str, arn: str) -> None:
    """The default product's ARN has the finding's account, region and partition."""
    result = replace(example_account().results[0], region=region)
    (finding,) = imported(replace(example_account(), results=(result,)))
    assert finding["ProductArn"] == arn
    assert {each["Region"] for each in finding["Resources"][:1]} == {region}


def test_a_failed_account_is_a_finding_too() -> None:
    """A failed account has no region, so its finding is for the partition's leader region."""
    failure = Failure("111122223333", "", "", "cannot assume the role")
    (finding,) = imported(Findings.of((failure,), NOW, CONTROLS))
    assert finding["Region"] == "us-east-1"
    assert finding["Compliance"]["StatusReasons"][0]["Description"] == "cannot assume the role"


def test_what_is_excepted() -> None:
    """The finding is suppressed and still failed; it says why and until when."""
    findings = {each["GeneratorId"]: each for each in imported(accepted_and_compared())}
    excepted = findings.pop("alarmchain/CMKChanges")
    assert excepted["Workflow"] == {"Status": "SUPPRESSED"}
    assert excepted["Compliance"]["Status"] == "FAILED"
    fields = excepted["ProductFields"]
    assert fields["alarmchain/exception/until"] == "2027-01-31"
    assert fields["alarmchain/exception/why"] == "the owner is on leave"
    assert fields["alarmchain/change"] == "unchanged"
    assert not any("Workflow" in each for each in findings.values())


def test_the_name_of_an_account() -> None:
    """The name of an account is cut to 50 characters, as Security Hub requires."""
    names = {"123456789012": "n" * 60}
    (finding, *_) = imported(replace(example_account(), names=names))
    assert finding["AwsAccountName"] == "n" * 50
