"""An audit as OCSF events, Compliance Finding (class 2003): one JSON object a line; for a SIEM.

Source of names and numbers: the Open Cybersecurity Schema Framework, OCSF_VERSION.
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
from alarmchain.report.fault import fault
from alarmchain.report.findings import Failure, Findings

OCSF_VERSION = "1.5.0"

_CLASS, _CATEGORY, _CREATE = 2003, 2, 1
_SEVERITIES = {"Informational": 1, "Low": 2, "Medium": 3, "High": 4, "Critical": 5}
_STATUS = {Outcome.COVERED: 1, Outcome.UNKNOWN: 2, Outcome.NOT_COVERED: 3}
"""compliance.status_id: Pass; Warning, which OCSF gives to missing information; Fail."""
_NOT_ASSESSED = 0
_NEW, _RESOLVED = 1, 4


def render(findings: Findings) -> str:
    """The events. What could not be assessed is a finding whose compliance is unknown."""
    controls = {control.name: control for control in findings.controls}
    milliseconds = round(findings.collected_at * 1000)
    events = [_result(one, controls[one.rule], milliseconds) for one in findings.results]
    events += [_failure(one, controls.get(one.rule), milliseconds) for one in findings.failures]
    for event in events:
        account = event["cloud"]["account"]
        account["name"] = findings.names.get(account["uid"]) or account["name"]
    return "".join(json.dumps(event) + "\n" for event in events)


def _result(one: Assessment, control: Control, time: int) -> dict[str, Any]:
    passed = one.outcome is Outcome.COVERED
    event = _event(one, control, time, _STATUS[one.outcome], one.annotation) | {
        "status_code": one.compliance,
        "resources": _resources(one),
        "evidences": _evidences(one),
    }
    if passed:
        event |= {"severity_id": 1, "severity": "Informational"}
        event |= {"status_id": _RESOLVED, "status": "Resolved"}
    if one.remedy:
        event["remediation"] = {"desc": "\n".join([one.remedy, *_start(one)])}
    return event


def _start(one: Assessment) -> list[str]:
    """What may be started in the place of the remedy, and how."""
    hint = remediation_hint(one)
    return [hint, in_one_line(remediation_command(one))] if hint else []


def _failure(one: Failure, control: Control | None, time: int) -> dict[str, Any]:
    """Of a whole account or region, a failure may be of no rule."""
    return _event(one, control, time, _NOT_ASSESSED, one.error) | {"resources": [_account(one)]}


def _event(
    one: Assessment | Failure, control: Control | None, time: int, status: int, message: str
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
        "cloud": {"provider": "AWS", "region": one.region, "account": _owner(one.account)},
        "finding_info": {
            "uid": f"alarmchain/{one.account}/{one.region}/{one.rule}",
            "title": control.title if control else "Could not be assessed",
            "desc": control.description if control else message,
            "created_time": time,
        },
        "compliance": {
            "control": one.rule or "alarmchain",
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


def _account(one: Assessment | Failure) -> dict[str, Any]:
    """The account in the region: what the finding is about, whatever links there are."""
    return {"type": "AwsAccount", "uid": f"AWS::::Account:{one.account}", "region": one.region}


def _resources(one: Assessment) -> list[dict[str, Any]]:
    """The account, and the link that decides, if there is one to point at."""
    link = fault(one)
    if link is None or not link.resource:
        return [_account(one)]
    name = link.resource.rpartition(":")[2]
    found = {"type": link.link, "uid": link.resource, "name": name, "region": link.region}
    return [_account(one), found]


def _evidences(one: Assessment) -> list[dict[str, Any]]:
    """The chain link by link, then each call that is not covered with what lets it escape."""
    links = [
        {
            "name": link.link,
            "data": {
                "account": link.account,
                "region": link.region,
                "resource": link.resource,
                "status": link.judgement.status.value,
                "reason": link.judgement.reason,
                "observed": link.judgement.observed,
                "wanted": link.judgement.wanted,
            },
        }
        for link in one.chain
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
        for name, call in one.calls.items()
        if call.outcome is not Outcome.COVERED
    ]
    return links + calls
