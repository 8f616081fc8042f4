"""Remediation: an Automation document runs for a rule's non-compliant resources."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from localaws.behaviour import behaviour
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
    store = state(caller.account, caller.region)
    configurations = request["RemediationConfigurations"]
    for each in configurations:
        rule = rule_named(caller, each["ConfigRuleName"])
        check_configuration(caller, rule, each, store)
    for each in configurations:
        name = each["ConfigRuleName"]
        arn = (
            f"arn:aws:config:{caller.region}:{caller.account}:"
            f"remediation-configuration/{name}/{rule_named(caller, name).config_rule_id}"
        )
        store.remediations[name] = each | {"Arn": arn}
        if behaviour.evaluates_new_rules:
            remediate_automatically(caller, name)
    return {"FailedBatches": []}


def describe_remediation_configurations(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeRemediationConfigurations, without rules that have none."""
    store = state(caller.account, caller.region)
    names = request["ConfigRuleNames"]
    items = [store.remediations[name] for name in names if name in store.remediations]
    return {"RemediationConfigurations": items}


def delete_remediation_configuration(caller: Caller, request: dict[str, Any]) -> None:
    """DeleteRemediationConfiguration."""
    store = state(caller.account, caller.region)
    name = request["ConfigRuleName"]
    _configuration(store, name)
    if any(
        _state(caller, each) == "IN_PROGRESS" for each in store.executions.get(name, {}).values()
    ):
        message = f"Remediation action of {name} is in progress. Please try again later"
        raise AwsError("RemediationInProgressException", message)
    del store.remediations[name]
    store.executions.pop(name, None)


def _configuration(store: State, name: str) -> dict[str, Any]:
    if name not in store.remediations:
        message = f"No RemediationConfiguration for rule {name} exists"
        raise AwsError("NoSuchRemediationConfigurationException", message)
    return store.remediations[name]


def start_remediation_execution(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """StartRemediationExecution: only NON_COMPLIANT resources are remediated.

    Source: AWS Config API, StartRemediationExecution, FailureMessage ("for example, the resource is
    already compliant").
    """
    store = state(caller.account, caller.region)
    name = request["ConfigRuleName"]
    configuration = _configuration(store, name)
    keys = request.get("ResourceKeys") or []
    if not 1 <= len(keys) <= MAX_RESOURCES:
        message = f"ResourceKeys has {len(keys)} items; expected 1 to {MAX_RESOURCES}"
        raise AwsError("InvalidParameterValueException", message)
    known = store.evaluations.get(name, {})
    resources = [(key["resourceType"], key["resourceId"]) for key in keys]
    failures: list[tuple[str, dict[str, str]]] = []
    for key, resource in zip(keys, resources, strict=True):
        evaluation = known.get(resource)
        if evaluation is None:
            failures.append(("The resource has no evaluation result", key))
        elif evaluation.compliance != "NON_COMPLIANT":
            failures.append((f"The resource is already {evaluation.compliance}", key))
        else:
            _start(caller, store, configuration, resource)
    if failures:
        messages = dict.fromkeys(message for message, _ in failures)
        return {
            "FailureMessage": "; ".join(messages),
            "FailedItems": [key for _, key in failures],
        }
    return {}


def _start(
    caller: Caller, store: State, configuration: dict[str, Any], resource: ResourceKey
) -> None:
    from localaws.ssm import automation

    execution = Execution(resource, now())
    store.executions.setdefault(configuration["ConfigRuleName"], {})[resource] = execution
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
    values = {}
    for name, value in configuration.get("Parameters", {}).items():
        if value.get("ResourceValue"):
            values[name] = [resource[1]]
        else:
            values[name] = list(value["StaticValue"]["Values"])
    return values


def remediate_automatically(caller: Caller, name: str) -> None:
    """Start a rule's automatic remediation for its non-compliant resources.

    After MaximumAutomaticAttempts within RetryAttemptSeconds, AWS Config makes a remediation
    exception for the resource and stops.
    """
    store = state(caller.account, caller.region)
    configuration = store.remediations.get(name, {})
    if not configuration.get("Automatic"):
        return
    window = timedelta(seconds=configuration["RetryAttemptSeconds"])
    for resource, evaluation in store.evaluations.get(name, {}).items():
        key = (name, resource)
        if evaluation.compliance != "NON_COMPLIANT" or key in store.exceptions:
            continue
        attempts = [each for each in store.attempts.get(key, []) if now() - each < window]
        if len(attempts) >= configuration["MaximumAutomaticAttempts"]:
            store.exceptions[key] = "Remediation failed for the maximum number of attempts"
            continue
        store.attempts[key] = [*attempts, now()]
        _start(caller, store, configuration, resource)


def describe_remediation_execution_status(
    caller: Caller, request: dict[str, Any]
) -> dict[str, Any]:
    """DescribeRemediationExecutionStatus, with the steps of the automation."""
    store = state(caller.account, caller.region)
    name = request["ConfigRuleName"]
    _configuration(store, name)
    requested = {
        (key["resourceType"], key["resourceId"]) for key in request.get("ResourceKeys") or []
    }
    executions = [
        each
        for resource, each in store.executions.get(name, {}).items()
        if not requested or resource in requested
    ]
    shown, more = page(executions, request, 100)
    return {"RemediationExecutionStatuses": [_status_item(caller, each) for each in shown]} | more


def _state(caller: Caller, execution: Execution) -> str:
    from localaws.ssm import automation

    if execution.automation_id is None:
        return "FAILED"
    run = automation.find(caller, execution.automation_id)
    return _STATES.get(run.status, "FAILED")


def _status_item(caller: Caller, execution: Execution) -> dict[str, Any]:
    from localaws.ssm import automation

    kind, identifier = execution.resource
    item: dict[str, Any] = {
        "ResourceKey": {"resourceType": kind, "resourceId": identifier},
        "State": _state(caller, execution),
        "InvocationTime": execution.invoked,
        "LastUpdatedTime": execution.invoked,
    }
    if execution.automation_id is None:
        failed = {"Name": "StartAutomationExecution", "State": "FAILED"}
        return item | {"StepDetails": [failed | {"ErrorMessage": execution.failure}]}
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
    return item | {"StepDetails": steps, "LastUpdatedTime": run.ended or execution.invoked}


def describe_remediation_exceptions(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeRemediationExceptions: only those that AWS Config made itself."""
    store = state(caller.account, caller.region)
    requested = {(k["ResourceType"], k["ResourceId"]) for k in request.get("ResourceKeys") or []}
    items = [
        {
            "ConfigRuleName": name,
            "ResourceType": resource[0],
            "ResourceId": resource[1],
            "Message": message,
        }
        for (name, resource), message in store.exceptions.items()
        if name == request["ConfigRuleName"] and (not requested or resource in requested)
    ]
    shown, more = page(items, request, 25)
    return {"RemediationExceptions": shown} | more


def delete_remediation_exceptions(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """DeleteRemediationExceptions, and reset the attempts."""
    store = state(caller.account, caller.region)
    for key in request["ResourceKeys"]:
        known = (request["ConfigRuleName"], (key["ResourceType"], key["ResourceId"]))
        store.exceptions.pop(known, None)
        store.attempts.pop(known, None)
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
