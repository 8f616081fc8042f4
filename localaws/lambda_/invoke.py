"""One invocation: run the code, return Lambda's outcome, write the log."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError

from localaws import accounts, bridge, process
from localaws.behaviour import behaviour
from localaws.lambda_ import code

CHILD = Path(__file__).parents[1] / "children" / "function.py"


@dataclass(frozen=True, slots=True)
class Invocation:
    """The outcome of an invocation.

    payload is JSON text. failed says whether it is Lambda's error object ("FunctionError:
    Unhandled"). log has the lines that were written to the function's log group.
    """

    payload: str
    failed: bool
    log: tuple[str, ...]

    @property
    def error(self) -> tuple[str, str]:
        """(errorType, errorMessage) of a failed invocation."""
        body = json.loads(self.payload)
        return body.get("errorType", "Unknown"), body.get("errorMessage", "")


def invoke(function: Any, event: Any) -> Invocation:
    """Run a function (moto's model of it) with an event, and return the outcome."""
    request_id = str(uuid4())
    limit = float(function.timeout)
    stream = _stream_name(function, request_id)
    request = {
        "handler": function.handler,
        "event": event,
        "path": [*code.search_path(function), *_runtime_packages()],
        "deadline": time.time() + limit,
        "context": {
            "aws_request_id": request_id,
            "function_name": function.function_name,
            "function_version": str(function.version),
            "invoked_function_arn": function.function_arn,
            "memory_limit_in_mb": str(function.memory_size),
            "log_group_name": function.logs_group_name,
            "log_stream_name": stream,
        },
    }
    environ = _environment(function, stream)
    folder = Path(request["path"][0])
    outcome = process.run_child(CHILD, request, environ, folder, limit)
    payload, failed = _result(outcome, request_id, limit)
    lines = _log_lines(function, request_id, outcome)
    _write_log(function, stream, lines)
    return Invocation(payload, failed, lines)


def _runtime_packages() -> list[str]:
    return [behaviour.runtime_packages] if behaviour.runtime_packages else []


def _environment(function: Any, stream: str) -> dict[str, str]:
    """Return the function's environment: Lambda's own variables and the configured ones."""
    return {
        "PATH": str(Path(sys.executable).parent),
        "LANG": "C.UTF-8",
        "TZ": ":UTC",
        **accounts.environment(bridge.endpoint(), function.region, function.account_id),
        **accounts.assume_role(function.role, function.function_name, function.region),
        "_HANDLER": str(function.handler),
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_LOG_GROUP_NAME": function.logs_group_name,
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        **{name: str(value) for name, value in function.environment_vars.items()},
    }


def _result(outcome: process.Outcome, request_id: str, limit: float) -> tuple[str, bool]:
    if outcome.result:
        return outcome.result["payload"], outcome.result["failed"]
    if outcome.exit_code is None:
        kind, prefix = "Sandbox.Timedout", f"Task timed out after {limit:.2f} seconds"
    else:
        kind = "Runtime.ExitError"
        prefix = f"Runtime exited with error: exit status {outcome.exit_code}"
    message = f"RequestId: {request_id} Error: {prefix}"
    return json.dumps({"errorType": kind, "errorMessage": message}), True


def _log_lines(function: Any, request_id: str, outcome: process.Outcome) -> tuple[str, ...]:
    duration = outcome.seconds * 1000
    report = (
        f"REPORT RequestId: {request_id}\tDuration: {duration:.2f} ms\t"
        f"Billed Duration: {int(duration) + 1} ms\tMemory Size: {function.memory_size} MB"
    )
    if outcome.exit_code is None:
        report += "\tStatus: timeout"
    return (
        f"START RequestId: {request_id} Version: {function.version}",
        *outcome.output.splitlines(),
        f"END RequestId: {request_id}",
        report,
    )


def _stream_name(function: Any, request_id: str) -> str:
    day = time.strftime("%Y/%m/%d", time.gmtime())
    return f"{day}/[{function.version}]{request_id.replace('-', '')}"


def _write_log(function: Any, stream: str, lines: tuple[str, ...]) -> None:
    """Write the log through the API, so that metric filters see these events too."""
    logs = bridge.service_client("logs", function.region, function.account_id, "LMBD")
    group = function.logs_group_name
    try:
        logs.create_log_group(logGroupName=group)
    except logs.exceptions.ResourceAlreadyExistsException:
        pass
    except ClientError:
        return  # Lambda, too, loses the log if it may not write it.
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": line or " "} for line in lines]
    try:
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
    except ClientError:
        return
