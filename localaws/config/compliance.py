"""What the verdicts add up to: by rule, by resource, in numbers. Reads only."""

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
"""Contributors are counted up to here."""


def result(name: str, evaluation: Evaluation) -> dict[str, Any]:
    """An EvaluationResult in the API's shape."""
    kind, identifier = evaluation.resource
    told = {
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
    return {key: value for key, value in told.items() if value is not None}


def summarize(evaluations: Iterable[Evaluation]) -> dict[str, Any]:
    """A Compliance: one NON_COMPLIANT outweighs all; nothing applicable is INSUFFICIENT_DATA."""
    kinds = [each.compliance for each in evaluations]
    for kind in ("NON_COMPLIANT", "COMPLIANT"):
        count = kinds.count(kind)
        if count:
            contributors = {"CappedCount": min(count, CAP), "CapExceeded": count > CAP}
            return {"ComplianceType": kind, "ComplianceContributorCount": contributors}
    return {"ComplianceType": "INSUFFICIENT_DATA"}


def of_rule(caller: Caller, name: str) -> dict[ResourceKey, Evaluation]:
    """The verdicts that stand for a rule."""
    return state(caller.account, caller.region).evaluations.get(name, {})


def _wanted(compliance: dict[str, Any], request: dict[str, Any]) -> bool:
    types = request.get("ComplianceTypes")
    return not types or compliance["ComplianceType"] in types


def describe_compliance_by_config_rule(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeComplianceByConfigRule."""
    names = request.get("ConfigRuleNames") or sorted(rules_of(caller))
    for name in names:
        rule_named(caller, name)
    found = [(name, summarize(of_rule(caller, name).values())) for name in names]
    told = [
        {"ConfigRuleName": name, "Compliance": compliance}
        for name, compliance in found
        if _wanted(compliance, request)
    ]
    shown, more = page(told, request, 25)
    return {"ComplianceByConfigRules": shown} | more


def get_compliance_details_by_config_rule(
    caller: Caller, request: dict[str, Any]
) -> dict[str, Any]:
    """GetComplianceDetailsByConfigRule."""
    name = rule_named(caller, request["ConfigRuleName"]).config_rule_name
    told = [result(name, each) for each in of_rule(caller, name).values()]
    told = [each for each in told if _wanted(each, request)]
    shown, more = page(told, request, 10)
    return {"EvaluationResults": shown} | more


def _by_resource(caller: Caller) -> dict[ResourceKey, list[tuple[str, Evaluation]]]:
    found: dict[ResourceKey, list[tuple[str, Evaluation]]] = {}
    for name in sorted(rules_of(caller)):
        for resource, evaluation in of_rule(caller, name).items():
            found.setdefault(resource, []).append((name, evaluation))
    return found


def describe_compliance_by_resource(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeComplianceByResource."""
    told = []
    for (kind, identifier), verdicts in sorted(_by_resource(caller).items()):
        compliance = summarize(evaluation for _, evaluation in verdicts)
        asked = request.get("ResourceType") in (None, kind) and request.get("ResourceId") in (
            None,
            identifier,
        )
        if asked and _wanted(compliance, request):
            told.append({"ResourceType": kind, "ResourceId": identifier, "Compliance": compliance})
    shown, more = page(told, request, 10)
    return {"ComplianceByResources": shown} | more


def get_compliance_details_by_resource(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """GetComplianceDetailsByResource."""
    resource = (request.get("ResourceType", ""), request.get("ResourceId", ""))
    told = [result(name, each) for name, each in _by_resource(caller).get(resource, [])]
    told = [each for each in told if _wanted(each, request)]
    shown, more = page(told, request, 10)
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
