"""An audit as OCSF events for a SIEM, Compliance Finding (class 2003): one JSON object a line.

Source of names and numbers: Open Cybersecurity Schema Framework, version OCSF_VERSION.
"""

import json
from importlib.metadata import version
from typing import Any

from alarmchain.control import Control
from alarmchain.decision.assessment import Assessment, Outcome
from alarmchain.remediation.remediation_hint import (
    in_one_line,
    remediation_command,
    remediation_hint,
)
from alarmchain.report.findings import OPEN, Failure, Findings

OCSF_VERSION = "1.5.0"

_CLASS, _CATEGORY, _CREATE = 2003, 2, 1
_SEVERITIES = {"Informational": 1, "Low": 2, "Medium": 3, "High": 4, "Critical": 5}
_STATUS = {
    Outcome.COVERED: 1,
    Outcome.UNKNOWN: 2,
    Outcome.NOT_COVERED: 3,
    Outcome.NOT_APPLICABLE: 99,
}
"""compliance.status_id: Pass; Warning, which OCSF gives to missing information; Fail; Other."""
_NOT_ASSESSED = 0
_NEW, _SUPPRESSED, _RESOLVED = 1, 3, 4
"""status_id. An excepted finding is Suppressed; its compliance stays Fail or Warning."""


def render(findings: Findings) -> str:
    """Return the events. A rule that could not be assessed has the compliance status Unknown."""
    controls = {control.name: control for control in findings.controls}

    def time(account: str) -> int:
        return round(findings.read_at(account) * 1000)

    events = [
        _result(each, controls[each.rule], time(each.account)) | _marks(each, findings)
        for each in findings.results
    ]
    events += [
        _failure(each, controls.get(each.rule), time(each.account)) for each in findings.failures
    ]
    for event in events:
        account = event["cloud"]["account"]
        if findings.parameters:
            unmapped = event.get("unmapped", {})
            event["unmapped"] = {**unmapped, "parameters": dict(findings.parameters)}
        account["name"] = findings.names.get(account["uid"]) or account["name"]
    return "".join(json.dumps(event) + "\n" for event in events)


def _result(finding: Assessment, control: Control, time: int) -> dict[str, Any]:
    passed = finding.outcome not in OPEN
    event = _event(finding, control, time, _STATUS[finding.outcome], finding.annotation) | {
        "status_code": finding.compliance,
        "resources": _resources(finding),
        "evidences": _evidences(finding),
    }
    if finding.outcome is Outcome.NOT_APPLICABLE:
        event["compliance"]["status"] = "Not Applicable"
    if passed:
        event |= {"severity_id": 1, "severity": "Informational"}
        event |= {"status_id": _RESOLVED, "status": "Resolved"}
    if finding.remedy:
        event["remediation"] = {"desc": "\n".join([finding.remedy, *_remediation(finding)])}
    return event


def _marks(finding: Assessment, findings: Findings) -> dict[str, Any]:
    """Return what people accept of the finding, and what has changed since the baseline."""
    accepted, expired = findings.exception_of(finding), findings.expired_exception_of(finding)
    change = findings.change_of(finding)
    marks: dict[str, Any] = {}
    if accepted is not None:
        marks |= {"status_id": _SUPPRESSED, "status": "Suppressed"}
        marks["comment"] = f"excepted until {accepted.until}: {accepted.why}"
    if expired is not None:
        marks["comment"] = f"the exception expired on {expired.until}: {expired.why}"
    if change is not None:
        marks["unmapped"] = {"baseline": change.value}
    return marks


def _remediation(finding: Assessment) -> list[str]:
    """Return a sentence about the remediation and the command that starts it, if it can help."""
    hint = remediation_hint(finding)
    return [hint, in_one_line(remediation_command(finding))] if hint else []


def _failure(finding: Failure, control: Control | None, time: int) -> dict[str, Any]:
    """`control` is None if a whole account or region failed."""
    return _event(finding, control, time, _NOT_ASSESSED, finding.error) | {
        "resources": [_account(finding)]
    }


def _event(
    finding: Assessment | Failure, control: Control | None, time: int, status: int, message: str
) -> dict[str, Any]:
    severity = control.severity if control and control.severity in _SEVERITIES else "Unknown"
    mappings = control.mappings if control else ()
    return {
        "class_uid": _CLASS,
        "class_name": "Compliance Finding",
        "category_uid": _CATEGORY,
        "category_name": "Findings",
        "activity_id": _CREATE,
        "activity_name": "Create",
        "type_uid": _CLASS * 100 + _CREATE,
        "type_name": "Compliance Finding: Create",
        "time": time,
        "severity_id": _SEVERITIES.get(severity, 0),
        "severity": severity,
        "status_id": _NEW,
        "status": "New",
        "status_detail": message,
        "message": message,
        "metadata": {
            "version": OCSF_VERSION,
            "profiles": ["cloud"],
            "product": {
                "name": "alarmchain",
                "vendor_name": "alarmchain",
                "version": version("alarmchain"),
            },
        },
        "cloud": {"provider": "AWS", "region": finding.region, "account": _owner(finding.account)},
        "finding_info": {
            "uid": f"alarmchain/{finding.account}/{finding.region}/{finding.rule}",
            "title": control.title if control else "Could not be assessed",
            "desc": control.description if control else message,
            "created_time": time,
        },
        "compliance": {
            "control": finding.rule or "alarmchain",
            "desc": control.title if control else message,
            "status_id": status,
            "standards": [name for mapping in mappings for name in mapping.editions],
            "requirements": [
                f"{edition}: {number}"
                for mapping in mappings
                for edition in mapping.editions
                for number in mapping.controls
            ],
        },
    }


def _owner(account: str) -> dict[str, Any]:
    return {"uid": account, "name": account, "type": "AWS Account", "type_id": 10}


def _account(finding: Assessment | Failure) -> dict[str, Any]:
    """Return the account in the region, which every finding concerns."""
    return {
        "type": "AwsAccount",
        "uid": f"AWS::::Account:{finding.account}",
        "region": finding.region,
    }


def _resources(finding: Assessment) -> list[dict[str, Any]]:
    """Return the account, and the resource of the deciding link if it has one."""
    link = finding.fault
    if link is None or not link.resource:
        return [_account(finding)]
    name = link.resource.rpartition(":")[2]
    resource = {"type": link.link, "uid": link.resource, "name": name, "region": link.region}
    return [_account(finding), resource]


def _evidences(finding: Assessment) -> list[dict[str, Any]]:
    """Return the links of the chain, then the calls that are not covered."""
    links = [
        {
            "name": link.link,
            "data": {
                "account": link.account,
                "region": link.region,
                "resource": link.resource,
                "status": link.judgement.status.value,
                "reason": link.judgement.reason,
                "observed": link.observed,
                "wanted": link.judgement.wanted,
            },
        }
        for link in finding.chain
    ]
    calls = [
        {
            "name": name,
            "data": {
                "verdict": call.outcome.value,
                "reason": call.reason,
                "deciding": list(call.deciding),
                "counterexample": call.counterexample,
            },
        }
        for name, call in finding.calls.items()
        if call.outcome in OPEN
    ]
    return links + calls
