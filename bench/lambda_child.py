"""The measured process: imports a rule's handler, invokes it, and prints what that took as JSON.

Run by path with a JSON request as its argument. It imports nothing of the project but the rule,
and that from the built folder.
"""

import json
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any


class Context:
    """What a rule uses of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds that are left: RDK's limit."""
        return 60_000


def timed(name: str) -> float:
    """Seconds of CPU that importing a module takes."""
    begin = time.process_time()
    import_module(name)
    return time.process_time() - begin


class Clients:
    """How many clients botocore has made, and the seconds of CPU that it took."""

    def __init__(self) -> None:
        session = import_module("botocore.session").Session
        make = session.create_client
        self.made, self.seconds = 0, 0.0

        def timed_make(*given: Any, **named: Any) -> Any:
            begin = time.process_time()
            client = make(*given, **named)
            self.seconds += time.process_time() - begin
            self.made += 1
            return client

        session.create_client = timed_make


def peak() -> int:
    """The most memory that this process has held, in kB, 0 where /proc does not tell.

    Not getrusage's ru_maxrss: that begins with what the starting process held.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def main() -> None:
    """Imports one after the other, so that each has its own share; then the invocations."""
    request: dict[str, Any] = json.loads(sys.argv[1])
    sys.path[0] = request["folder"]
    told: dict[str, Any] = {name: timed(name) for name in ("boto3", "rdklib")}
    told["core"] = timed(request["rule"])
    handler = sys.modules[request["rule"]].lambda_handler
    told["invocations"], told["cpu"], told["verdicts"] = [], [], []
    clients = Clients()
    for number in range(request["invocations"]):
        begin, cpu = time.perf_counter(), time.process_time()
        told["verdicts"] += handler(request["event"], Context())
        told["invocations"].append(time.perf_counter() - begin)
        told["cpu"].append(time.process_time() - cpu)
        if number == 0:
            told["clients"], told["client_seconds"] = clients.made, clients.seconds
    told["peak"] = peak()
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
