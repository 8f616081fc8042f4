"""Run a Lambda handler in a separate process, as Lambda's Python runtime does.

Not imported: executed by path in an isolated interpreter. It reads the request from standard
input and writes ``{"payload": TEXT, "failed": BOOL}`` to the file named by its argument. It needs
the standard library alone.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from runtime_modules import restrict_to  # type: ignore[import-not-found]

sys.path.pop(0)


class Context:
    """Lambda's context object, with the members of the Python runtime."""

    client_context = None
    identity = None

    def __init__(self, members: dict[str, str], deadline: float) -> None:
        self.__dict__.update(members)
        self._deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the time limit."""
        return max(0, int((self._deadline - time.time()) * 1000))

    def log(self, message: object) -> None:
        """Write to the log."""
        sys.stdout.write(str(message))


type Answer = dict[str, Any]


def failure(kind: str, message: str, request_id: str, trace: Iterable[str] = ()) -> Answer:
    """Return Lambda's error object as the payload."""
    body = {"errorMessage": message, "errorType": kind, "requestId": request_id}
    return {"payload": json.dumps(body | {"stackTrace": list(trace)}), "failed": True}


class HandlerError(Exception):
    """The handler cannot be found. ``kind`` is Lambda's errorType."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def load(handler: str) -> Callable[..., Any]:
    """Return the handler function. Raises HandlerError."""
    module_name, dot, function_name = handler.rpartition(".")
    if not dot:
        raise HandlerError("Runtime.MalformedHandlerName", f"Bad handler '{handler}'")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        raise HandlerError("Runtime.ImportModuleError", message) from None
    except SyntaxError as error:
        message = f"Syntax error in module '{module_name}': {error}"
        raise HandlerError("Runtime.UserCodeSyntaxError", message) from None
    function = getattr(module, function_name, None)
    if function is None:
        message = f"Handler '{function_name}' missing on module '{module_name}'"
        raise HandlerError("Runtime.HandlerNotFound", message)
    return function


def run(request: dict[str, Any]) -> Answer:
    """Call the handler and return Lambda's answer."""
    request_id = request["context"]["aws_request_id"]
    context = Context(request["context"], request["deadline"])
    try:
        result = load(request["handler"])(request["event"], context)
    except HandlerError as error:
        return failure(error.kind, str(error), request_id)
    except Exception as error:  # noqa: BLE001 - Lambda reports whatever a handler raises
        trace = traceback.format_exception(error)[1:-1]
        return failure(type(error).__name__, str(error), request_id, trace)
    try:
        return {"payload": json.dumps(result), "failed": False}
    except (TypeError, ValueError) as error:
        return failure("Runtime.MarshalError", f"Unable to marshal response: {error}", request_id)


def set_up_logging(request_id: str) -> None:
    """Set up Lambda's root logger: it prints warnings and errors in Lambda's format."""
    handler = logging.StreamHandler(sys.stdout)
    form = f"[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t{request_id}\t%(message)s"
    formatter = logging.Formatter(form, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.getLogger().addHandler(handler)


def main() -> None:
    """Read the request, run the handler, write the answer."""
    request = json.load(sys.stdin)
    restrict_to(request["path"])
    set_up_logging(request["context"]["aws_request_id"])
    answer = run(request)
    if answer["failed"]:
        sys.stdout.write(f"[ERROR] {json.loads(answer['payload'])['errorMessage']}\n")
    sys.stdout.flush()
    Path(sys.argv[1]).write_text(json.dumps(answer), encoding="utf-8")


main()
