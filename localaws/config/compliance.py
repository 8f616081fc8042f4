"""Compliance by rule, by resource and in numbers, from the stored verdicts. Only reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from localaws.bridge import Caller, Operation
from localaws.config.state import (
    Evaluation,
    ResourceKey,
    now,
    page,
    rule_named,
    rules_of,
    state,
)

CAP = 25
"""The highest number of contributors that AWS Config shows."""


def result(name: str, evaluation: Evaluation) -> dict[str, Any]:
    """Return an EvaluationResult in the API's shape."""
    kind, identifier = evaluation.resource
    item = {
        "EvaluationResultIdentifier": {
            "EvaluationResultQualifier": {
                "ConfigRuleName": name,
                "ResourceType": kind,
                "ResourceId": identifier,
                "EvaluationMode": "DETECTIVE",
            },
            "OrderingTimestamp": evaluation.ordered,
        },
        "ComplianceType": evaluation.compliance,
        "ResultRecordedTime": evaluation.recorded,
        "ConfigRuleInvokedTime": evaluation.invoked,
        "Annotation": evaluation.annotation,
    }
    return {key: value for key, value in item.items() if value is not None}


def summarize(evaluations: Iterable[Evaluation]) -> dict[str, Any]:
    """Return a Compliance: NON_COMPLIANT if any verdict is; INSUFFICIENT_DATA if none applies."""
    kinds = [each.compliance for each in evaluations]
    for kind in ("NON_COMPLIANT", "COMPLIANT"):
        count = kinds.count(kind)
        if count:
            contributors = {"CappedCount": min(count, CAP), "CapExceeded": count > CAP}
            return {"ComplianceType": kind, "ComplianceContributorCount": contributors}
    return {"ComplianceType": "INSUFFICIENT_DATA"}


def of_rule(caller: Caller, name: str) -> dict[ResourceKey, Evaluation]:
    """Return the current verdicts of a rule."""
    return state(caller.account, caller.region).evaluations.get(name, {})


def _has_requested_type(compliance: dict[str, Any], request: dict[str, Any]) -> bool:
    types = request.get("ComplianceTypes")
    return not types or compliance["ComplianceType"] in types


def describe_compliance_by_config_rule(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeComplianceByConfigRule."""
    names = request.get("ConfigRuleNames") or sorted(rules_of(caller))
    for name in names:
        rule_named(caller, name)
    compliances = [(name, summarize(of_rule(caller, name).values())) for name in names]
    items = [
        {"ConfigRuleName": name, "Compliance": compliance}
        for name, compliance in compliances
        if _has_requested_type(compliance, request)
    ]
    shown, more = page(items, request, 25)
    return {"ComplianceByConfigRules": shown} | more


def get_compliance_details_by_config_rule(
    caller: Caller, request: dict[str, Any]
) -> dict[str, Any]:
    """GetComplianceDetailsByConfigRule."""
    name = rule_named(caller, request["ConfigRuleName"]).config_rule_name
    items = [result(name, each) for each in of_rule(caller, name).values()]
    items = [each for each in items if _has_requested_type(each, request)]
    shown, more = page(items, request, 10)
    return {"EvaluationResults": shown} | more


def _by_resource(caller: Caller) -> dict[ResourceKey, list[tuple[str, Evaluation]]]:
    verdicts: dict[ResourceKey, list[tuple[str, Evaluation]]] = {}
    for name in sorted(rules_of(caller)):
        for resource, evaluation in of_rule(caller, name).items():
            verdicts.setdefault(resource, []).append((name, evaluation))
    return verdicts


def describe_compliance_by_resource(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeComplianceByResource."""
    items = []
    for (kind, identifier), verdicts in sorted(_by_resource(caller).items()):
        compliance = summarize(evaluation for _, evaluation in verdicts)
        selected = request.get("ResourceType") in (None, kind) and request.get("ResourceId") in (
            None,
            identifier,
        )
        if selected and _has_requested_type(compliance, request):
            items.append({"ResourceType": kind, "ResourceId": identifier, "Compliance": compliance})
    shown, more = page(items, request, 10)
    return {"ComplianceByResources": shown} | more


def get_compliance_details_by_resource(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """GetComplianceDetailsByResource."""
    resource = (request.get("ResourceType", ""), request.get("ResourceId", ""))
    items = [result(name, each) for name, each in _by_resource(caller).get(resource, [])]
    items = [each for each in items if _has_requested_type(each, request)]
    shown, more = page(items, request, 10)
    return {"EvaluationResults": shown} | more


def get_compliance_summary_by_config_rule(
    caller: Caller, request: dict[str, Any]
) -> dict[str, Any]:
    """GetComplianceSummaryByConfigRule."""
    kinds = [
        summarize(of_rule(caller, name).values())["ComplianceType"] for name in rules_of(caller)
    ]
    numbers = {
        member: {"CappedCount": min(kinds.count(kind), CAP), "CapExceeded": kinds.count(kind) > CAP}
        for member, kind in (
            ("CompliantResourceCount", "COMPLIANT"),
            ("NonCompliantResourceCount", "NON_COMPLIANT"),
        )
    }
    return {"ComplianceSummary": numbers | {"ComplianceSummaryTimestamp": now()}}


OPERATIONS: dict[str, Operation] = {
    "DescribeComplianceByConfigRule": describe_compliance_by_config_rule,
    "GetComplianceDetailsByConfigRule": get_compliance_details_by_config_rule,
    "DescribeComplianceByResource": describe_compliance_by_resource,
    "GetComplianceDetailsByResource": get_compliance_details_by_resource,
    "GetComplianceSummaryByConfigRule": get_compliance_summary_by_config_rule,
}
