"""The measured process: imports a rule's handler, invokes it, and prints the measurements as JSON.

It is run by path with a JSON request as its argument. From the project it imports only the handler,
from the built folder.
"""

import json
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any


class Context:
    """The part of Lambda's context that a rule uses."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds that are left: RDK's limit."""
        return 60_000


def timed(name: str) -> float:
    """Return the seconds of CPU that the import of a module takes."""
    begin = time.process_time()
    import_module(name)
    return time.process_time() - begin


class Clients:
    """The number of clients that botocore has made, and their seconds of CPU."""

    def __init__(self) -> None:
        session = import_module("botocore.session").Session
        make = session.create_client
        self.made, self.seconds = 0, 0.0

        def timed_make(*arguments: Any, **named: Any) -> Any:
            begin = time.process_time()
            client = make(*arguments, **named)
            self.seconds += time.process_time() - begin
            self.made += 1
            return client

        session.create_client = timed_make


def peak() -> int:
    """Return the peak memory of this process in kB; 0 without /proc.

    getrusage's ru_maxrss is not used, because it includes the memory of the parent process.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def main() -> None:
    """Import one module after the other, to measure each; then invoke the handler."""
    request: dict[str, Any] = json.loads(sys.argv[1])
    sys.path[0] = request["folder"]
    measured: dict[str, Any] = {name: timed(name) for name in ("boto3", "rdklib")}
    measured["core"] = timed(request["module"])
    handler = sys.modules[request["module"]].lambda_handler
    measured["invocations"], measured["cpu"], measured["verdicts"] = [], [], []
    clients = Clients()
    for number, event in enumerate(request["events"]):
        begin, cpu = time.perf_counter(), time.process_time()
        measured["verdicts"] += handler(event, Context())
        measured["invocations"].append(time.perf_counter() - begin)
        measured["cpu"].append(time.process_time() - cpu)
        if number == 0:
            measured["clients"], measured["client_seconds"] = clients.made, clients.seconds
    measured["peak"] = peak()
    sys.stdout.write(json.dumps(measured))


if __name__ == "__main__":
    main()
