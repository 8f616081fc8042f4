"""``AWS::Config::*`` resource types."""

from __future__ import annotations

import json
import time
from typing import Any

from localaws.cloudformation.spec import Made, Properties, Spec, as_request


def _put_rule(client: Any, name: str, properties: Properties) -> Made:
    rule: dict[str, Any] = {"ConfigRuleName": name} | properties
    parameters = rule.get("InputParameters")
    if isinstance(parameters, dict):
        rule["InputParameters"] = json.dumps(parameters)
    client.put_config_rule(**as_request(client, "PutConfigRule", {"ConfigRule": rule}))
    made = client.describe_config_rules(ConfigRuleNames=[name])["ConfigRules"][0]
    attributes = {"Arn": made["ConfigRuleArn"], "ConfigRuleId": made["ConfigRuleId"]}
    return Made(name, attributes)


def _remove_rule(client: Any, made: Made, properties: Properties) -> None:
    client.delete_config_rule(ConfigRuleName=made.physical_id)


def _put_remediation(client: Any, name: str, properties: Properties) -> Made:
    parameters = {
        key: _parameter_value(value) for key, value in properties.get("Parameters", {}).items()
    }
    configuration = properties | ({"Parameters": parameters} if parameters else {})
    request = {"RemediationConfigurations": [configuration]}
    answer = client.put_remediation_configurations(
        **as_request(client, "PutRemediationConfigurations", request)
    )
    for failed in answer.get("FailedBatches", []):
        raise ValueError(failed["FailureMessage"])
    return Made(properties["ConfigRuleName"])


def _parameter_value(value: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter in the API's form: ``Values`` also where the template says ``Value``."""
    static = value.get("StaticValue")
    if static and "Value" in static:
        return {"StaticValue": {"Values": static["Value"]}}
    return value


def _remove_remediation(client: Any, made: Made, properties: Properties) -> None:
    client.delete_remediation_configuration(ConfigRuleName=made.physical_id)


def _put_pack(client: Any, name: str, properties: Properties) -> Made:
    request = {"ConformancePackName": name} | properties
    answer = client.put_conformance_pack(**as_request(client, "PutConformancePack", request))
    _wait_for_pack(client, name)
    return Made(name, {"ConformancePackArn": answer["ConformancePackArn"]})


def _wait_for_pack(client: Any, name: str) -> None:
    while True:
        answer = client.describe_conformance_pack_status(ConformancePackNames=[name])
        status = answer["ConformancePackStatusDetails"][0]
        if status["ConformancePackState"] == "CREATE_COMPLETE":
            return
        if status["ConformancePackState"] == "CREATE_FAILED":
            raise RuntimeError(status.get("ConformancePackStatusReason", "CREATE_FAILED"))
        time.sleep(0.05)


def _remove_pack(client: Any, made: Made, properties: Properties) -> None:
    client.delete_conformance_pack(ConformancePackName=made.physical_id)
    while True:
        answer = client.describe_conformance_pack_status(ConformancePackNames=[made.physical_id])
        if not answer["ConformancePackStatusDetails"]:
            return
        status = answer["ConformancePackStatusDetails"][0]
        if status["ConformancePackState"] == "DELETE_FAILED":
            raise RuntimeError(status.get("ConformancePackStatusReason", "DELETE_FAILED"))
        time.sleep(0.05)


def _put_organization_rule(client: Any, name: str, properties: Properties) -> Made:
    request = {"OrganizationConfigRuleName": name} | properties
    client.put_organization_config_rule(**as_request(client, "PutOrganizationConfigRule", request))
    answer = client.describe_organization_config_rule_statuses(OrganizationConfigRuleNames=[name])
    status = answer["OrganizationConfigRuleStatuses"][0]
    if status["OrganizationRuleStatus"].endswith("FAILED"):
        raise RuntimeError(status["ErrorMessage"])
    return Made(name)


def _remove_organization_rule(client: Any, made: Made, properties: Properties) -> None:
    client.delete_organization_config_rule(OrganizationConfigRuleName=made.physical_id)


SPECS = (
    Spec(
        "AWS::Config::ConfigRule",
        "config",
        "ConfigRuleName",
        _put_rule,
        _remove_rule,
        attributes=("Arn", "ConfigRuleId"),
    ),
    Spec(
        "AWS::Config::RemediationConfiguration",
        "config",
        "",
        _put_remediation,
        _remove_remediation,
    ),
    Spec(
        "AWS::Config::ConformancePack",
        "config",
        "ConformancePackName",
        _put_pack,
        _remove_pack,
        attributes=("ConformancePackArn",),
    ),
    Spec(
        "AWS::Config::OrganizationConfigRule",
        "config",
        "OrganizationConfigRuleName",
        _put_organization_rule,
        _remove_organization_rule,
    ),
)
