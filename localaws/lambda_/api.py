"""The Invoke operation: synchronous, asynchronous with Lambda's retries, and dry run."""

from __future__ import annotations

import base64
import json
import zipfile
from functools import wraps
from typing import Any

from localaws.background import background
from localaws.errors import AwsError
from localaws.iam import is_usable
from localaws.lambda_.invoke import Invocation, invoke

RETRIES = 2
"""Lambda retries a failed asynchronous invocation twice (its default)."""
RETRY_PAUSE = 0.1
"""Seconds between the attempts; on AWS one minute, then two."""


def invoke_asynchronously(function: Any, event: Any) -> None:
    """Run a function in the background, up to three times until it succeeds."""
    background.run(attempt, function, event)


def attempt(function: Any, event: Any) -> Invocation:
    """Run a function as an asynchronous invocation does, and return its last attempt."""
    retries = RETRIES
    for config in function.event_invoke_config[:1]:
        retries = config.config.get("MaximumRetryAttempts", RETRIES)
    outcome = invoke(function, event)
    for _ in range(retries):
        if not outcome.failed or background.stopping.is_set():
            break
        background.pause(RETRY_PAUSE)
        outcome = invoke(function, event)
    return outcome


def _invoke(
    self: Any, function_name: str, qualifier: str | None, body: Any, headers: Any, answer: Any
) -> bytes:
    """Replace ``LambdaBackend.invoke``, and set Lambda's headers in ``answer``."""
    function = self.get_function(function_name, qualifier)
    kind = headers.get("X-Amz-Invocation-Type", "RequestResponse")
    if function.package_type != "Zip" or not str(function.run_time).startswith("python"):
        feature = f"{function.package_type} function with runtime {function.run_time}"
        raise AwsError("InvalidRuntimeException", f"the local AWS does not implement {feature}")
    try:
        event = json.loads(body or "{}")
    except ValueError as error:
        message = f"Could not parse request body into json: {error}"
        raise AwsError("InvalidRequestContentException", message) from None
    if kind == "DryRun":
        return b""
    if kind == "Event":
        invoke_asynchronously(function, event)
        return b""
    try:
        outcome = invoke(function, event)
    except zipfile.BadZipFile:
        message = f"could not unzip the code of {function.function_name}"
        raise AwsError("InvalidZipFileException", message) from None
    if outcome.failed:
        answer["X-Amz-Function-Error"] = "Unhandled"
    tail = "\n".join(outcome.log).encode()[-4096:]
    answer["x-amz-log-result"] = base64.b64encode(tail).decode()
    answer["X-Amz-Executed-Version"] = str(function.version)
    payload = outcome.payload.encode()
    answer["Content-Length"] = str(len(payload))
    return payload


def install() -> None:
    """Make functions run in a subprocess instead of in Docker."""
    from moto.awslambda.models import LambdaBackend

    if LambdaBackend.invoke is _invoke:
        return
    LambdaBackend.invoke = _invoke  # type: ignore[method-assign]
    create = LambdaBackend.create_function

    @wraps(create)
    def create_function(self: Any, spec: dict[str, Any]) -> Any:
        if not is_usable(str(spec.get("Role", ":::::"))):
            message = "The role defined for the function cannot be assumed by Lambda."
            raise AwsError("InvalidParameterValueException", message)
        return create(self, spec)

    LambdaBackend.create_function = create_function  # type: ignore[method-assign]
