"""An audit as SARIF 2.1.0 for code scanning: a result for each rule that is not covered.

An account has no files: a result's location is the account and region, and the resource of the
deciding link.
"""

from typing import Any

from alarmchain.decision.assessment import Assessment, Outcome
from alarmchain.json_document import iso
from alarmchain.report import sarif
from alarmchain.report.comparison import Change
from alarmchain.report.escape_text import visible
from alarmchain.report.findings import OPEN, Failure, Findings

_BASELINE_STATES = {
    Change.NEW: "new",
    Change.CHANGED: "updated",
    Change.UNCHANGED: "unchanged",
}
_LEVELS = {Outcome.NOT_COVERED: "error", Outcome.UNKNOWN: "warning"}


def render(findings: Findings) -> str:
    """Return the log. What could not be assessed is a notification of its invocation."""
    indexes = {control.name: index for index, control in enumerate(findings.controls)}
    return sarif.log(
        findings.controls,
        [
            _result(each, findings, indexes[each.rule])
            for each in findings.results
            if each.outcome in OPEN
        ],
        [_notification(each) for each in findings.failures],
        {
            "parameters": dict(findings.parameters),
            "accounts": {
                account: {
                    "name": findings.names.get(account, ""),
                    "collected_at": iso(findings.read_at(account)),
                }
                for account in findings.accounts
            },
            "summary": findings.summary,
        },
    )


def _result(result: Assessment, findings: Findings, index: int) -> dict[str, Any]:
    text = f"{findings.account_label(result.account)}, {result.region}: {result.annotation}"
    entry: dict[str, Any] = {
        "ruleId": result.rule,
        "ruleIndex": index,
        "level": _LEVELS[result.outcome],
        "kind": "fail",
        "message": sarif.message(text),
        "locations": [{"logicalLocations": _locations(result)}],
        "partialFingerprints": {
            "alarmchain/v1": f"{result.account}/{result.region}/{result.rule}",
        },
        "properties": {
            "account": result.account,
            "region": result.region,
            "collected_at": iso(result.collected_at),
            "compliance": result.compliance,
            "verdict": result.outcome.value,
            "remedy": result.remedy,
            "chain": [
                {
                    "link": link.link,
                    "resource": link.resource,
                    "status": link.judgement.status.value,
                    "observed": link.observed,
                    "wanted": link.judgement.wanted,
                    "reason": link.judgement.reason,
                }
                for link in result.chain
            ],
        },
    }
    change = findings.change_of(result)
    if change in _BASELINE_STATES:
        entry["baselineState"] = _BASELINE_STATES[change]
    accepted = findings.exception_of(result)
    if accepted is not None:
        why = f"until {accepted.until}: {accepted.why}"
        entry["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": visible(why)}
        ]
    return entry


def _locations(result: Assessment) -> list[dict[str, str]]:
    """Return the account in the region, then the resource of the deciding link if it has one."""
    place = f"{result.account}/{result.region}"
    locations = [{"name": result.region, "fullyQualifiedName": place, "kind": "namespace"}]
    link = result.fault
    if link is not None and link.resource:
        name = link.resource.rpartition(":")[2]
        locations.append({"name": name, "fullyQualifiedName": link.resource, "kind": "resource"})
    return locations


def _notification(failure: Failure) -> dict[str, Any]:
    where = "/".join(filter(None, (failure.account, failure.region)))
    what = f"{failure.rule} of {where}" if failure.rule else where
    location = {"logicalLocations": [{"fullyQualifiedName": where, "kind": "namespace"}]}
    return sarif.notification(f"{what} could not be assessed: {failure.error}", location)
