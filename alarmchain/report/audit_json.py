"""An audit as JSON for programs, `alarmchain-audit/1`."""

import json
from typing import Any

from alarmchain.decision.assessment import Assessment, CallAssessment, Link
from alarmchain.json_document import iso
from alarmchain.report.comparison import Change, Comparison
from alarmchain.report.exceptions import Acceptance, AppliedException
from alarmchain.report.findings import Findings

FORMAT = "alarmchain-audit/1"


def render(findings: Findings) -> str:
    """Return the document, indented, in ASCII."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": findings.version,
        "parameters": dict(findings.parameters),
        "results": [_result(result) | _marks(result, findings) for result in findings.results],
        "errors": [
            {
                "account": failure.account,
                "region": failure.region,
                "rule": failure.rule,
                "error": failure.error,
            }
            for failure in findings.failures
        ],
    }
    if findings.exceptions.exceptions:
        document["exceptions"] = [_exception(each) for each in findings.exceptions.exceptions]
    if findings.comparison is not None:
        document["baseline"] = _comparison(findings.comparison)
    return json.dumps(document, indent=2) + "\n"


def _result(result: Assessment) -> dict[str, Any]:
    return {
        "account": result.account,
        "rule": result.rule,
        "region": result.region,
        "collected_at": iso(result.collected_at),
        "compliance": result.compliance,
        "verdict": result.outcome.value,
        "annotation": result.annotation,
        "calls": {name: _call(call) for name, call in result.calls.items()},
        "breadth": result.breadth,
        "chain": [_link(link) for link in result.chain],
    }


def _marks(result: Assessment, findings: Findings) -> dict[str, Any]:
    """Return what people accept of the result, and what has changed, if anything."""
    accepted, expired = findings.exception_of(result), findings.expired_exception_of(result)
    change = findings.change_of(result)
    marks: dict[str, Any] = {}
    if accepted is not None:
        marks["exception"] = _acceptance(accepted)
    if expired is not None:
        marks["expired_exception"] = _acceptance(expired)
    if change is not None:
        marks["baseline"] = change.value
    return marks


def _acceptance(acceptance: Acceptance) -> dict[str, Any]:
    return {
        "until": acceptance.until.isoformat(),
        "why": acceptance.why,
        "numbers": [exception.number for exception in acceptance.exceptions],
    }


def _exception(applied: AppliedException) -> dict[str, Any]:
    exception = applied.exception
    calls = {"calls": list(exception.calls)} if exception.calls else {}
    return {
        "number": exception.number,
        "account": exception.account,
        "region": exception.region,
        "rule": exception.rule,
        "reason": exception.reason,
        **calls,
        "until": exception.until.isoformat(),
        "why": exception.why,
        "status": applied.status.value,
        "note": applied.note,
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "version": comparison.version,
        "collected_at": list(comparison.collected_at),
        **{change.value: comparison.count(change) for change in Change},
        "not_compared": [key._asdict() for key in comparison.not_compared],
        "accounts_not_audited": list(comparison.missing_accounts),
    }


def _call(call: CallAssessment) -> dict[str, Any]:
    return {
        "verdict": call.outcome.value,
        "reason": call.reason,
        "counterexample": call.counterexample,
    }


def _link(link: Link) -> dict[str, Any]:
    return {
        "link": link.link,
        "account": link.account,
        "region": link.region,
        "resource": link.resource,
        "status": link.judgement.status.value,
        "observed": link.observed,
        "wanted": link.judgement.wanted,
        "reason": link.judgement.reason,
    }
