"""Remediation: an automation document for a rule's non-compliant resources."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from localaws.bridge import Caller, Operation
from localaws.config.remediation_checks import check_configuration
from localaws.config.state import Execution, ResourceKey, State, now, page, rule_named, state
from localaws.errors import AwsError

_STATES = {
    "Pending": "QUEUED",
    "InProgress": "IN_PROGRESS",
    "Waiting": "IN_PROGRESS",
    "Success": "SUCCEEDED",
}
MAX_RESOURCES = 100


def put_remediation_configurations(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """PutRemediationConfigurations."""
    mine = state(caller.account, caller.region)
    configurations = request["RemediationConfigurations"]
    for each in configurations:
        rule = rule_named(caller, each["ConfigRuleName"])
        check_configuration(caller, rule, each, mine)
    for each in configurations:
        name = each["ConfigRuleName"]
        arn = (
            f"arn:aws:config:{caller.region}:{caller.account}:"
            f"remediation-configuration/{name}/{rule_named(caller, name).config_rule_id}"
        )
        mine.remediations[name] = each | {"Arn": arn}
    return {"FailedBatches": []}


def describe_remediation_configurations(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeRemediationConfigurations: rules without one are left out."""
    mine = state(caller.account, caller.region)
    names = request["ConfigRuleNames"]
    found = [mine.remediations[name] for name in names if name in mine.remediations]
    return {"RemediationConfigurations": found}


def delete_remediation_configuration(caller: Caller, request: dict[str, Any]) -> None:
    """DeleteRemediationConfiguration."""
    mine = state(caller.account, caller.region)
    name = request["ConfigRuleName"]
    _configuration(mine, name)
    if any(
        _state(caller, each) == "IN_PROGRESS" for each in mine.executions.get(name, {}).values()
    ):
        message = f"Remediation action of {name} is in progress. Please try again later"
        raise AwsError("RemediationInProgressException", message)
    del mine.remediations[name]
    mine.executions.pop(name, None)


def _configuration(mine: State, name: str) -> dict[str, Any]:
    if name not in mine.remediations:
        message = f"No RemediationConfiguration for rule {name} exists"
        raise AwsError("NoSuchRemediationConfigurationException", message)
    return mine.remediations[name]


def start_remediation_execution(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """StartRemediationExecution: also for a resource that is compliant, as on AWS."""
    mine = state(caller.account, caller.region)
    name = request["ConfigRuleName"]
    configuration = _configuration(mine, name)
    keys = request.get("ResourceKeys") or []
    if not 1 <= len(keys) <= MAX_RESOURCES:
        message = f"ResourceKeys has {len(keys)} items; expected 1 to {MAX_RESOURCES}"
        raise AwsError("InvalidParameterValueException", message)
    known = mine.evaluations.get(name, {})
    resources = [(key["resourceType"], key["resourceId"]) for key in keys]
    unknown = [key for key, each in zip(keys, resources, strict=True) if each not in known]
    for each in resources:
        if each in known:
            _start(caller, mine, configuration, each)
    if unknown:
        return {"FailureMessage": "The resource has no evaluation result", "FailedItems": unknown}
    return {}


def _start(
    caller: Caller, mine: State, configuration: dict[str, Any], resource: ResourceKey
) -> None:
    from localaws.ssm import automation

    execution = Execution(resource, now())
    mine.executions.setdefault(configuration["ConfigRuleName"], {})[resource] = execution
    try:
        execution.automation_id = automation.start(
            caller,
            document=configuration["TargetId"],
            version=configuration.get("TargetVersion"),
            parameters=_parameters(configuration, resource),
        )
    except AwsError as error:
        execution.failure = f"{error.code}: {error.message}"


def _parameters(configuration: dict[str, Any], resource: ResourceKey) -> dict[str, list[str]]:
    given = {}
    for name, value in configuration.get("Parameters", {}).items():
        if value.get("ResourceValue"):
            given[name] = [resource[1]]
        else:
            given[name] = list(value["StaticValue"]["Values"])
    return given


def remediate_automatically(caller: Caller, name: str) -> None:
    """After an evaluation: start what is set to be automatic, within its attempts.

    When the attempts within RetryAttemptSeconds are used up, AWS Config makes a remediation
    exception for the resource and leaves it alone.
    """
    mine = state(caller.account, caller.region)
    configuration = mine.remediations.get(name, {})
    if not configuration.get("Automatic"):
        return
    window = timedelta(seconds=configuration["RetryAttemptSeconds"])
    for resource, evaluation in mine.evaluations.get(name, {}).items():
        key = (name, resource)
        if evaluation.compliance != "NON_COMPLIANT" or key in mine.exceptions:
            continue
        attempts = [each for each in mine.attempts.get(key, []) if now() - each < window]
        if len(attempts) >= configuration["MaximumAutomaticAttempts"]:
            mine.exceptions[key] = "Remediation failed for the maximum number of attempts"
            continue
        mine.attempts[key] = [*attempts, now()]
        _start(caller, mine, configuration, resource)


def describe_remediation_execution_status(
    caller: Caller, request: dict[str, Any]
) -> dict[str, Any]:
    """DescribeRemediationExecutionStatus, with the automation's steps."""
    mine = state(caller.account, caller.region)
    name = request["ConfigRuleName"]
    _configuration(mine, name)
    asked = {(key["resourceType"], key["resourceId"]) for key in request.get("ResourceKeys") or []}
    executions = [
        each
        for resource, each in mine.executions.get(name, {}).items()
        if not asked or resource in asked
    ]
    shown, more = page(executions, request, 100)
    return {"RemediationExecutionStatuses": [_told(caller, each) for each in shown]} | more


def _state(caller: Caller, execution: Execution) -> str:
    from localaws.ssm import automation

    if execution.automation_id is None:
        return "FAILED"
    run = automation.find(caller, execution.automation_id)
    return _STATES.get(run.status, "FAILED")


def _told(caller: Caller, execution: Execution) -> dict[str, Any]:
    from localaws.ssm import automation

    kind, identifier = execution.resource
    told: dict[str, Any] = {
        "ResourceKey": {"resourceType": kind, "resourceId": identifier},
        "State": _state(caller, execution),
        "InvocationTime": execution.invoked,
        "LastUpdatedTime": execution.invoked,
    }
    if execution.automation_id is None:
        failed = {"Name": "StartAutomationExecution", "State": "FAILED"}
        return told | {"StepDetails": [failed | {"ErrorMessage": execution.failure}]}
    run = automation.find(caller, execution.automation_id)
    steps = []
    for step in run.steps:
        detail = {
            "Name": step.name,
            "State": {"Success": "SUCCEEDED", "InProgress": "IN_PROGRESS"}.get(
                step.status, "PENDING" if step.status == "Pending" else "FAILED"
            ),
            "ErrorMessage": step.failure,
            "StartTime": step.started,
            "StopTime": step.ended,
        }
        steps.append({key: value for key, value in detail.items() if value is not None})
    return told | {"StepDetails": steps, "LastUpdatedTime": run.ended or execution.invoked}


def describe_remediation_exceptions(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeRemediationExceptions: those that AWS Config made itself."""
    mine = state(caller.account, caller.region)
    asked = {(k["ResourceType"], k["ResourceId"]) for k in request.get("ResourceKeys") or []}
    found = [
        {
            "ConfigRuleName": name,
            "ResourceType": resource[0],
            "ResourceId": resource[1],
            "Message": message,
        }
        for (name, resource), message in mine.exceptions.items()
        if name == request["ConfigRuleName"] and (not asked or resource in asked)
    ]
    shown, more = page(found, request, 25)
    return {"RemediationExceptions": shown} | more


def delete_remediation_exceptions(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """DeleteRemediationExceptions; the attempts begin anew."""
    mine = state(caller.account, caller.region)
    for key in request["ResourceKeys"]:
        known = (request["ConfigRuleName"], (key["ResourceType"], key["ResourceId"]))
        mine.exceptions.pop(known, None)
        mine.attempts.pop(known, None)
    return {"FailedBatches": []}


OPERATIONS: dict[str, Operation] = {
    "PutRemediationConfigurations": put_remediation_configurations,
    "DescribeRemediationConfigurations": describe_remediation_configurations,
    "DeleteRemediationConfiguration": delete_remediation_configuration,
    "StartRemediationExecution": start_remediation_execution,
    "DescribeRemediationExecutionStatus": describe_remediation_execution_status,
    "DescribeRemediationExceptions": describe_remediation_exceptions,
    "DeleteRemediationExceptions": delete_remediation_exceptions,
}
