"""An audit in the AWS Security Finding Format (ASFF): each line is a BatchImportFindings request.

Source of names, limits and allowed values: AWS Security Hub API reference, BatchImportFindings and
AwsSecurityFinding; "AWS Security Finding Format (ASFF)", AWS Security Hub User Guide.
"""

import json
from collections.abc import Iterator
from itertools import batched, groupby
from typing import Any

from alarmchain.control import Control
from alarmchain.decision.assessment import Assessment, Outcome
from alarmchain.json_document import iso
from alarmchain.place import leader_region, partition
from alarmchain.report.escape_text import visible
from alarmchain.report.findings import OPEN, Failure, Findings

_MOST_FINDINGS = 100
"""In one request."""
_TITLE, _DESCRIPTION, _RECOMMENDATION, _PRODUCT_FIELD = 256, 1024, 512, 2048
_ACCOUNT_NAME = 50
"""The most characters of these members."""
_MOST_REQUIREMENTS, _MOST_PRODUCT_FIELDS = 32, 50
_TYPE = "Software and Configuration Checks/Industry and Regulatory Standards"
_STATUS = {
    Outcome.COVERED: "PASSED",
    Outcome.NOT_COVERED: "FAILED",
    Outcome.UNKNOWN: "WARNING",
    Outcome.NOT_APPLICABLE: "NOT_AVAILABLE",
}
_RESOURCES = {
    "trail": "AwsCloudTrailTrail",
    "alarm": "AwsCloudWatchAlarm",
    "topic": "AwsSnsTopic",
}
"""The resource type of a link; `Other` for those that ASFF does not name."""
_PARTITIONS = ("aws", "aws-cn", "aws-us-gov")
"""Partitions that ASFF's resources can name."""


def render(findings: Findings) -> str:
    """Return a JSON object on each line, with up to 100 findings of one account and region.

    BatchImportFindings takes the findings of an account only from this account, in their region.
    """
    controls = {control.name: control for control in findings.controls}
    every = [_result(each, controls[each.rule], findings) for each in findings.results]
    every += [_failure(each, controls.get(each.rule), findings) for each in findings.failures]
    every.sort(key=_place)
    requests = (
        {"Findings": batch}
        for _, group in groupby(every, key=_place)
        for batch in batched(group, _MOST_FINDINGS)
    )
    return "".join(json.dumps(request) + "\n" for request in requests)


def _place(finding: dict[str, Any]) -> tuple[str, str]:
    return finding["AwsAccountId"], finding["Region"]


def _result(result: Assessment, control: Control, findings: Findings) -> dict[str, Any]:
    finding = _finding(result, result.region, control, findings)
    severity = control.severity if result.outcome in OPEN else "Informational"
    compliance: dict[str, Any] = {"Status": _STATUS[result.outcome]}
    if result.outcome not in (Outcome.COVERED, Outcome.NOT_COVERED):
        compliance["StatusReasons"] = [_reason(result.outcome.value, result.annotation)]
    finding |= {
        "Title": _cut(f"{control.name}: {control.title}", _TITLE),
        "Description": _cut(result.annotation, _DESCRIPTION),
        "FindingProviderFields": {
            "Severity": {"Label": severity.upper(), "Original": control.severity},
            "Types": [_TYPE],
        },
        "Compliance": compliance | _requirements(control),
        "Resources": list(_resources(result)),
    }
    if result.remedy:
        remedy = _cut(f"{result.remedy[0].upper()}{result.remedy[1:]}", _RECOMMENDATION)
        finding["Remediation"] = {"Recommendation": {"Text": remedy}}
    fields = finding["ProductFields"]
    accepted = findings.exception_of(result)
    if accepted is not None:
        finding["Workflow"] = {"Status": "SUPPRESSED"}
        fields["alarmchain/exception/until"] = str(accepted.until)
        fields["alarmchain/exception/why"] = _cut(accepted.why, _PRODUCT_FIELD)
    change = findings.change_of(result)
    if change is not None:
        fields["alarmchain/change"] = change.value
    fields |= dict(_evidence(result))
    finding["ProductFields"] = dict(list(fields.items())[:_MOST_PRODUCT_FIELDS])
    return finding


def _failure(failure: Failure, control: Control | None, findings: Findings) -> dict[str, Any]:
    """`control` is None if a whole account or region failed.

    A failed account has no region: its finding is for the leader region of the audit's partition.
    """
    regions = [each.region for each in findings.results] + [failure.region]
    region = failure.region or leader_region(next(filter(None, regions), "us-east-1"))
    finding = _finding(failure, region, control, findings)
    title = f"{failure.rule or 'Account'} could not be assessed"
    return finding | {
        "Title": _cut(title, _TITLE),
        "Description": _cut(failure.error, _DESCRIPTION),
        "FindingProviderFields": {
            "Severity": {"Label": (control.severity if control else "High").upper()},
            "Types": [_TYPE],
        },
        "Compliance": {
            "Status": "NOT_AVAILABLE",
            "StatusReasons": [_reason("not_assessed", failure.error)],
        },
        "Resources": [_account(failure.account, region)],
    }


def _finding(
    each: Assessment | Failure, region: str, control: Control | None, findings: Findings
) -> dict[str, Any]:
    """Return the members that every finding has."""
    time = iso(findings.read_at(each.account))
    rule, name = control.name if control else "account", findings.names.get(each.account)
    owner = f"arn:{partition(region)}:securityhub:{region}:{each.account}"
    fields = {"alarmchain/version": findings.version}
    fields |= {
        f"alarmchain/parameter/{name}": _cut(value, _PRODUCT_FIELD)
        for name, value in findings.parameters.items()
        if value
    }
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"alarmchain/{each.account}/{region}/{rule}",
        "ProductArn": f"{owner}:product/{each.account}/default",
        "GeneratorId": f"alarmchain/{rule}",
        "AwsAccountId": each.account,
        "Region": region,
        "CreatedAt": time,
        "UpdatedAt": time,
        "RecordState": "ACTIVE",
        "ProductFields": fields,
    } | ({"AwsAccountName": visible(name)[:_ACCOUNT_NAME]} if name else {})


def _reason(code: str, text: str) -> dict[str, str]:
    return {"ReasonCode": code.upper(), "Description": _cut(text, _PRODUCT_FIELD)}


def _requirements(control: Control) -> dict[str, list[str]]:
    requirements = [
        f"{edition}/{number}"
        for mapping in control.mappings
        for edition in mapping.editions
        for number in mapping.controls
    ]
    return {"RelatedRequirements": requirements[:_MOST_REQUIREMENTS]} if requirements else {}


def _resources(result: Assessment) -> Iterator[dict[str, str]]:
    """Yield the account, and the resource of the deciding link if it has an ARN."""
    yield _account(result.account, result.region)
    link = result.fault
    if link is not None and link.resource.startswith("arn:"):
        kind = _RESOURCES.get(link.link, "Other")
        yield {"Type": kind, "Id": visible(link.resource)} | _where(link.region)


def _account(account: str, region: str) -> dict[str, str]:
    return {"Type": "AwsAccount", "Id": f"AWS::::Account:{account}"} | _where(region)


def _where(region: str) -> dict[str, str]:
    name = partition(region)
    return {"Region": region} | ({"Partition": name} if name in _PARTITIONS else {})


def _evidence(result: Assessment) -> list[tuple[str, str]]:
    """Return each link's status, resource and what was observed; long texts in several parts.

    Further parts come last: if there are too many fields, every link keeps its first part.
    """
    fields: list[tuple[str, str]] = []
    further: list[tuple[str, str]] = []
    for number, link in enumerate(result.chain, 1):
        name = f"alarmchain/{number}/{link.link}"
        fields.append((f"{name}/status", link.judgement.status.value))
        for key, text in (("resource", link.resource), ("observed", link.observed)):
            parts = ["".join(part) for part in batched(visible(text), _PRODUCT_FIELD)]
            for index, part in enumerate(filter(str.strip, parts), 1):
                if index == 1:
                    fields.append((f"{name}/{key}", part))
                else:
                    further.append((f"{name}/{key}/{index}", part))
    return fields + further


def _cut(text: str, most: int) -> str:
    """Return the text, shortened to `most` characters."""
    line = visible(text) or "-"
    return line if len(line) <= most else f"{line[: most - 3]}..."
