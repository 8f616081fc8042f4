"""Compliance of conformance packs, from the verdicts of their rules. Only reads."""

from __future__ import annotations

from typing import Any

from localaws.bridge import Caller, Operation
from localaws.config.compliance import of_rule, result, summarize
from localaws.config.packs import find
from localaws.config.state import Pack, page
from localaws.errors import AwsError


def _rules(pack: Pack, filters: dict[str, Any]) -> list[str]:
    names = filters.get("ConfigRuleNames") or list(pack.rules)
    for name in names:
        if name not in pack.rules:
            message = f"Config rule {name} is not in conformance pack {pack.name}"
            raise AwsError("NoSuchConfigRuleInConformancePackException", message)
    return sorted(names)


def describe_conformance_pack_compliance(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeConformancePackCompliance."""
    pack = find(caller, request["ConformancePackName"])
    filters = request.get("Filters", {})
    items = []
    for name in _rules(pack, filters):
        kind = summarize(of_rule(caller, name).values())["ComplianceType"]
        if filters.get("ComplianceType") in (None, kind):
            items.append({"ConfigRuleName": name, "ComplianceType": kind, "Controls": []})
    shown, more = page(items, request, 20)
    return {
        "ConformancePackName": pack.name,
        "ConformancePackRuleComplianceList": shown,
    } | more


def get_conformance_pack_compliance_details(
    caller: Caller, request: dict[str, Any]
) -> dict[str, Any]:
    """GetConformancePackComplianceDetails."""
    pack = find(caller, request["ConformancePackName"])
    filters = request.get("Filters", {})
    items = []
    for name in _rules(pack, filters):
        for (kind, identifier), evaluation in of_rule(caller, name).items():
            if (
                filters.get("ComplianceType") in (None, evaluation.compliance)
                and filters.get("ResourceType") in (None, kind)
                and identifier in (filters.get("ResourceIds") or [identifier])
            ):
                items.append(result(name, evaluation))
    shown, more = page(items, request, 20)
    return {
        "ConformancePackName": pack.name,
        "ConformancePackRuleEvaluationResults": shown,
    } | more


def get_conformance_pack_compliance_summary(
    caller: Caller, request: dict[str, Any]
) -> dict[str, Any]:
    """GetConformancePackComplianceSummary."""
    items = []
    for name in request["ConformancePackNames"]:
        pack = find(caller, name)
        kinds = [summarize(of_rule(caller, rule).values())["ComplianceType"] for rule in pack.rules]
        status = next(
            (kind for kind in ("NON_COMPLIANT", "COMPLIANT") if kind in kinds), "INSUFFICIENT_DATA"
        )
        items.append({"ConformancePackName": name, "ConformancePackComplianceStatus": status})
    shown, more = page(items, request, 20)
    return {"ConformancePackComplianceSummaryList": shown} | more


OPERATIONS: dict[str, Operation] = {
    "DescribeConformancePackCompliance": describe_conformance_pack_compliance,
    "GetConformancePackComplianceDetails": get_conformance_pack_compliance_details,
    "GetConformancePackComplianceSummary": get_conformance_pack_compliance_summary,
}
