"""A rule's handler in a fresh process, as in a Lambda's cold start. The process measures itself."""

import json
from pathlib import Path
from typing import Any

from alarmchain.testing import scheduled_event
from bench.local_account import HOME
from bench.measure import in_fresh_process
from localaws.server import LocalAws

PROGRAM = Path(__file__).with_name("lambda_child.py")


def run(aws: LocalAws, folder: Path, invocations: int) -> dict[str, Any]:
    """Return lambda_child.py's measurements of the rule in `folder`, after some invocations.

    Raises RuntimeError if a verdict is not COMPLIANT.
    """
    event = scheduled_event(folder.name, {}) | {"resultToken": "TESTMODE"}
    # A Lambda's folder is read-only, so Python cannot store the bytecode that it compiles.
    environment = aws.child_environment(HOME) | {"PYTHONDONTWRITEBYTECODE": "1"}
    request = json.dumps(
        {"folder": str(folder), "rule": folder.name, "event": event, "invocations": invocations}
    )
    measured: dict[str, Any] = json.loads(
        in_fresh_process(PROGRAM, request, environment=environment, folder=folder)
    )
    for verdict in measured["verdicts"]:
        if verdict["ComplianceType"] != "COMPLIANT":
            raise RuntimeError(f"{folder.name} should be compliant: {verdict['Annotation']}")
    return measured


def bare_boto3(aws: LocalAws) -> float:
    """Return the seconds of CPU that `import boto3` and one client take in a fresh process."""
    program = (
        "import time; begin = time.process_time()\n"
        "import boto3; boto3.client('config')\n"
        "print(time.process_time() - begin)"
    )
    return float(in_fresh_process(program, environment=aws.child_environment(HOME)))
