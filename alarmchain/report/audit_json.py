"""An audit as JSON for programs, `alarmchain-audit/1`."""

import json
from typing import Any

from alarmchain.decision.assessment import Assessment, CallAssessment, Link
from alarmchain.report.findings import Findings
from alarmchain.snapshot.snapshot_json import iso

FORMAT = "alarmchain-audit/1"


def render(findings: Findings) -> str:
    """Return the document, indented, in ASCII."""
    document = {
        "format": FORMAT,
        "version": findings.version,
        "parameters": dict(findings.parameters),
        "results": [_result(result) for result in findings.results],
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
