"""The executions of an account and region, and the operations that start and show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from localaws import accounts
from localaws.background import background
from localaws.bridge import Caller, Operation, Regional
from localaws.clock import Clock
from localaws.config.state import page
from localaws.errors import AwsError
from localaws.iam import is_usable
from localaws.ssm.actions import Place
from localaws.ssm.document import Document, DocumentError, read
from localaws.ssm.parameters import ParameterError, bind
from localaws.ssm.resolve import UnresolvedError, resolve
from localaws.ssm.run import Execution, StepRun, as_texts, execute

_executions: Regional[dict[str, Execution]] = Regional(dict)

_INVALID = "InvalidAutomationExecutionParametersException"


def start(
    caller: Caller,
    *,
    document: str,
    version: str | None,
    parameters: Mapping[str, Sequence[str]],
) -> str:
    """Start a document in the background and return the execution's id.

    Raises AwsError with StartAutomationExecution's codes for a document or parameters that
    Automation refuses or that the local AWS cannot run.
    """
    stored = _document(caller, document, version)
    try:
        body = read(stored.content_json)
        bound = bind(body.parameters, parameters)
        role = resolve(body.assume_role or "", bound)
    except DocumentError as error:
        raise AwsError("InvalidDocumentContent", f"document {document}: {error}") from None
    except (ParameterError, UnresolvedError) as error:
        raise AwsError(_INVALID, str(error)) from None
    identifier = str(uuid4())
    execution = Execution(
        identifier=identifier,
        document_name=document,
        document_version=str(stored.document_version),
        document=body,
        parameters=bound,
        place=_place(caller, role, identifier),
        executed_by=role or f"arn:aws:iam::{caller.account}:user/moto",
        steps=_step_runs(body),
    )
    _executions(caller.account, caller.region)[identifier] = execution
    background.run(execute, execution)
    return identifier


def _step_runs(document: Document) -> list[StepRun]:
    return [StepRun(step, str(uuid4())) for step in document.steps]


def _document(caller: Caller, name: str, version: str | None) -> Any:
    from moto.core.exceptions import ServiceException
    from moto.ssm.models import ssm_backends
    from werkzeug.exceptions import HTTPException

    short = name.rsplit("/", 1)[-1] if name.startswith("arn:") else name
    backend = ssm_backends[caller.account][caller.region]
    try:
        documents = backend._get_documents(short)
        stored = documents.find(version) if version else documents.get_default_version()
    except (ServiceException, HTTPException):
        message = f"Automation document {name} (version {version or 'default'}) does not exist"
        raise AwsError("AutomationDefinitionNotFoundException", message) from None
    if stored.document_type != "Automation":
        message = f"Document {name} is of type {stored.document_type}; expected Automation"
        raise AwsError(_INVALID, message)
    return stored


def _place(caller: Caller, role: str, identifier: str) -> Place:
    """Return the execution's place, with the credentials of the role or, without it, the caller."""
    now_utc = Clock.utcnow()
    context = {
        "automation:EXECUTION_ID": identifier,
        "global:ACCOUNT_ID": caller.account,
        "global:REGION": caller.region,
        "global:DATE": now_utc.strftime("%Y-%m-%d"),
        "global:DATE_TIME": now_utc.strftime("%Y-%m-%d_%H.%M.%S"),
    }
    if role:
        _check_role(role)
        credentials = accounts.assume_role(role, f"Automation-{identifier}", caller.region)
    else:
        credentials = {
            "AWS_ACCESS_KEY_ID": accounts.access_key(caller.account, "SSMA"),
            "AWS_SECRET_ACCESS_KEY": "local",
        }
    return Place(caller.account, caller.region, credentials, context, has_role=bool(role))


def _check_role(arn: str) -> None:
    """Raise AwsError unless the role exists and trusts SSM."""
    from moto.iam.exceptions import NotFoundException
    from moto.iam.models import iam_backends

    message = f"The defined assume role is unable to be assumed: {arn!r}"
    parts = arn.split(":")
    if len(parts) != 6 or not parts[5].startswith("role/"):
        raise AwsError(_INVALID, message)
    try:
        role = iam_backends[parts[4]][parts[1]].get_role_by_arn(arn)
    except NotFoundException:
        raise AwsError(_INVALID, f"{message}: it does not exist") from None
    if not is_usable(arn):
        raise AwsError(_INVALID, message)
    if "ssm.amazonaws.com" not in str(role.assume_role_policy_document):
        raise AwsError(_INVALID, f"{message}: it does not trust ssm.amazonaws.com")


def find(caller: Caller, identifier: str) -> Execution:
    """Return the execution. Raises AutomationExecutionNotFoundException for an unknown id."""
    execution = _executions(caller.account, caller.region).get(identifier)
    if execution is None:
        message = f"Automation execution {identifier} does not exist"
        raise AwsError("AutomationExecutionNotFoundException", message)
    return execution


def _start(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    known = {"DocumentName", "DocumentVersion", "Parameters", "ClientToken", "Mode", "Tags"}
    other = sorted(set(request) - known)
    if other or request.get("Mode", "Auto") != "Auto":
        feature = other[0] if other else f"Mode {request['Mode']}"
        raise AwsError(_INVALID, f"the local AWS does not implement {feature}")
    identifier = start(
        caller,
        document=request["DocumentName"],
        version=request.get("DocumentVersion"),
        parameters=request.get("Parameters", {}),
    )
    return {"AutomationExecutionId": identifier}


def _stop(caller: Caller, request: dict[str, Any]) -> None:
    find(caller, request["AutomationExecutionId"]).cancelled.set()


def _get(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    execution = find(caller, request["AutomationExecutionId"])
    item = _metadata(execution) | {
        "StepExecutions": [_step(run) for run in execution.steps],
        "StepExecutionsTruncated": False,
        "Parameters": {key: as_texts(value) for key, value in execution.parameters.items()},
    }
    return {"AutomationExecution": item}


def _metadata(execution: Execution) -> dict[str, Any]:
    current = next((run for run in execution.steps if run.status == "InProgress"), None)
    item = {
        "AutomationExecutionId": execution.identifier,
        "DocumentName": execution.document_name,
        "DocumentVersion": execution.document_version,
        "AutomationExecutionStatus": execution.status,
        "ExecutionStartTime": execution.started,
        "ExecutionEndTime": execution.ended,
        "ExecutedBy": execution.executed_by,
        "Outputs": {key: as_texts(value) for key, value in execution.outputs.items()},
        "Mode": "Auto",
        "FailureMessage": execution.failure,
        "CurrentStepName": current.name if current else None,
        "CurrentAction": current.step.action if current else None,
    }
    return {key: value for key, value in item.items() if value is not None}


def _step(run: StepRun) -> dict[str, Any]:
    step = run.step
    item = {
        "StepName": step.name,
        "Action": step.action,
        "TimeoutSeconds": int(step.timeout),
        "OnFailure": step.on_failure,
        "MaxAttempts": step.max_attempts,
        "ExecutionStartTime": run.started,
        "ExecutionEndTime": run.ended,
        "StepStatus": run.status,
        "Inputs": {key: " ".join(as_texts(value)) for key, value in run.inputs.items()},
        "Outputs": {key: as_texts(value) for key, value in run.outputs.items()},
        "FailureMessage": run.failure,
        "StepExecutionId": run.identifier,
        "IsEnd": step.is_end,
        "NextStep": step.next_step,
        "IsCritical": step.is_critical,
    }
    return {key: value for key, value in item.items() if value is not None}


def _describe(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    filters = {each["Key"]: each["Values"] for each in request.get("Filters", [])}
    readers = {
        "ExecutionId": lambda execution: execution.identifier,
        "ExecutionStatus": lambda execution: execution.status,
        "DocumentNamePrefix": lambda execution: execution.document_name,
    }
    unknown = sorted(set(filters) - set(readers))
    if unknown:
        raise AwsError("InvalidFilterKey", f"the local AWS does not implement filter {unknown[0]}")
    item = [
        _metadata(execution)
        for execution in _executions(caller.account, caller.region).values()
        if all(
            any(_fits(key, readers[key](execution), value) for value in values)
            for key, values in filters.items()
        )
    ]
    shown, more = page(item, request, 50, "MaxResults")
    return {"AutomationExecutionMetadataList": shown} | more


def _fits(key: str, value: str, expected: str) -> bool:
    return value.startswith(expected) if key == "DocumentNamePrefix" else value == expected


def _describe_steps(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    if request.get("Filters"):
        raise AwsError("InvalidFilterKey", "the local AWS does not implement filters of steps")
    steps = [_step(run) for run in find(caller, request["AutomationExecutionId"]).steps]
    if request.get("ReverseOrder"):
        steps.reverse()
    shown, more = page(steps, request, 50, "MaxResults")
    return {"StepExecutions": shown} | more


OPERATIONS: dict[str, Operation] = {
    "StartAutomationExecution": _start,
    "StopAutomationExecution": _stop,
    "GetAutomationExecution": _get,
    "DescribeAutomationExecutions": _describe,
    "DescribeAutomationStepExecutions": _describe_steps,
}
