"""Runs a Lambda handler in a process of its own, as Lambda's Python runtime does.

Not imported: executed by path in an isolated interpreter. It reads the request from standard
input and writes ``{"payload": TEXT, "failed": BOOL}`` to the file named by its argument. It needs
the standard library alone.
"""

import importlib
import json
import logging
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from runtime_modules import restrict_to

sys.path.pop(0)


class Context:
    """Lambda's context object, with the members that Lambda's Python has."""

    client_context = None
    identity = None

    def __init__(self, members, deadline):
        self.__dict__.update(members)
        self._deadline = deadline

    def get_remaining_time_in_millis(self):
        return max(0, int((self._deadline - time.time()) * 1000))

    def log(self, message):
        sys.stdout.write(str(message))


def failure(kind, message, request_id, trace=()):
    body = {"errorMessage": message, "errorType": kind, "requestId": request_id}
    return {"payload": json.dumps(body | {"stackTrace": list(trace)}), "failed": True}


def load(handler, request_id):
    """The handler function, or the failure that Lambda reports in its place."""
    module_name, dot, function_name = handler.rpartition(".")
    if not dot:
        return None, failure("Runtime.MalformedHandlerName", f"Bad handler '{handler}'", request_id)
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        text = f"Unable to import module '{module_name}': {error}"
        return None, failure("Runtime.ImportModuleError", text, request_id)
    except SyntaxError as error:
        text = f"Syntax error in module '{module_name}': {error}"
        return None, failure("Runtime.UserCodeSyntaxError", text, request_id)
    function = getattr(module, function_name, None)
    if function is None:
        text = f"Handler '{function_name}' missing on module '{module_name}'"
        return None, failure("Runtime.HandlerNotFound", text, request_id)
    return function, None


def run(request):
    request_id = request["context"]["aws_request_id"]
    context = Context(request["context"], request["deadline"])
    try:
        function, problem = load(request["handler"], request_id)
        if problem:
            return problem
        result = function(request["event"], context)
    except Exception as error:  # noqa: BLE001 - Lambda reports whatever a handler raises
        trace = traceback.format_exception(error)[1:-1]
        return failure(type(error).__name__, str(error), request_id, trace)
    try:
        return {"payload": json.dumps(result), "failed": False}
    except (TypeError, ValueError) as error:
        return failure("Runtime.MarshalError", f"Unable to marshal response: {error}", request_id)


def set_up_logging(request_id):
    """Lambda's root logger: warnings and worse, in Lambda's form, among the output."""
    handler = logging.StreamHandler(sys.stdout)
    form = f"[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t{request_id}\t%(message)s"
    formatter = logging.Formatter(form, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.getLogger().addHandler(handler)


def main():
    request = json.load(sys.stdin)
    restrict_to(request["path"])
    set_up_logging(request["context"]["aws_request_id"])
    answer = run(request)
    if answer["failed"]:
        sys.stdout.write(f"[ERROR] {json.loads(answer['payload'])['errorMessage']}\n")
    sys.stdout.flush()
    Path(sys.argv[1]).write_text(json.dumps(answer), encoding="utf-8")


main()
