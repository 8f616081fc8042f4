"""An audit as JSON, `alarmchain-audit/1`: for programs."""

import json
from typing import Any

from alarmchain.decision.assessment import Assessment, CallAssessment, Link
from alarmchain.report.findings import Findings

FORMAT = "alarmchain-audit/1"


def render(findings: Findings) -> str:
    """The document, indented, in ASCII."""
    document = {
        "format": FORMAT,
        "results": [_result(one) for one in findings.results],
        "errors": [
            {"account": one.account, "region": one.region, "rule": one.rule, "error": one.error}
            for one in findings.failures
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _result(one: Assessment) -> dict[str, Any]:
    return {
        "account": one.account,
        "rule": one.rule,
        "region": one.region,
        "compliance": one.compliance,
        "verdict": one.outcome.value,
        "annotation": one.annotation,
        "calls": {name: _call(call) for name, call in one.calls.items()},
        "breadth": one.breadth,
        "chain": [_link(link) for link in one.chain],
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
        "observed": link.judgement.observed,
        "wanted": link.judgement.wanted,
        "reason": link.judgement.reason,
    }
