"""Build the conformance pack: rules, their parameters and, if chosen, remediations."""

from collections.abc import Iterable
from typing import Any

from deployment.pack.options import Options
from deployment.pack.parameters import PackParameter, input_parameters, pack_parameters
from deployment.pack.remediation import remediation
from deployment.pack.resource_names import FUNCTION
from deployment.pack.rules import PackRule


def pack_template(rules: Iterable[PackRule], options: Options) -> dict[str, Any]:
    """Return the template, for PutConformancePack or PutOrganizationConformancePack.

    Raises DeploymentError for a wrong value.
    """
    rules = tuple(rules)
    parameters = pack_parameters(rules, options)
    resources: dict[str, Any] = {}
    for rule in rules:
        resources[rule.name] = _rule(rule, parameters, options)
        if options.remediates:
            resources[f"{rule.name}Remediation"] = remediation(rule, parameters, options)
    return {
        "Parameters": {parameter.name: parameter.declaration() for parameter in parameters},
        "Conditions": {parameter.condition: parameter.condition_body() for parameter in parameters},
        "Resources": resources,
    }


def _rule(
    rule: PackRule, parameters: tuple[PackParameter, ...], options: Options
) -> dict[str, Any]:
    account = options.central or "${AWS::AccountId}"
    function = f"arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:{account}:function:{FUNCTION}"
    return {
        "Type": "AWS::Config::ConfigRule",
        "Properties": {
            "ConfigRuleName": rule.name,
            "Description": rule.description,
            "InputParameters": input_parameters(rule, parameters),
            "Source": {
                "Owner": "CUSTOM_LAMBDA",
                "SourceIdentifier": {"Fn::Sub": function},
                "SourceDetails": [
                    {
                        "EventSource": "aws.config",
                        "MessageType": "ScheduledNotification",
                        "MaximumExecutionFrequency": rule.frequency,
                    }
                ],
            },
        },
    }
