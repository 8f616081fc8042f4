"""A rule's handler in a fresh process, as in a Lambda's cold start. The process measures itself."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from alarmchain.parameters import CONTROL
from alarmchain.testing import scheduled_event
from bench.local_account import HOME
from bench.measure import in_fresh_process
from deployment.pack.code import HANDLER
from localaws.server import LocalAws

PROGRAM = Path(__file__).with_name("lambda_child.py")


def run(aws: LocalAws, folder: Path, invocations: int) -> dict[str, Any]:
    """Return lambda_child.py's measurements of the rule in `folder`, after some invocations.

    Raises RuntimeError if a verdict is not COMPLIANT.
    """
    return _run(aws, folder, folder.name, [scheduled_event(folder.name, {})] * invocations)


def run_shared(aws: LocalAws, folder: Path, rules: Iterable[str]) -> dict[str, Any]:
    """Return the measurements of a pack's function, unpacked in `folder`, for each of the rules.

    Raises RuntimeError if a verdict is not COMPLIANT.
    """
    module = HANDLER.rpartition(".")[0]
    return _run(aws, folder, module, [scheduled_event(rule, {CONTROL: rule}) for rule in rules])


def _run(
    aws: LocalAws, folder: Path, module: str, events: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    # A Lambda's folder is read-only, so Python cannot store the bytecode that it compiles.
    environment = aws.child_environment(HOME) | {"PYTHONDONTWRITEBYTECODE": "1"}
    sent = [event | {"resultToken": "TESTMODE"} for event in events]
    request = json.dumps({"folder": str(folder), "module": module, "events": sent})
    measured: dict[str, Any] = json.loads(
        in_fresh_process(PROGRAM, request, environment=environment, folder=folder)
    )
    for verdict in measured["verdicts"]:
        if verdict["ComplianceType"] != "COMPLIANT":
            raise RuntimeError(f"{module} should be compliant: {verdict['Annotation']}")
    return measured


def bare_boto3(aws: LocalAws) -> float:
    """Return the seconds of CPU that `import boto3` and one client take in a fresh process."""
    program = (
        "import time; begin = time.process_time()\n"
        "import boto3; boto3.client('config')\n"
        "print(time.process_time() - begin)"
    )
    return float(in_fresh_process(program, environment=aws.child_environment(HOME)))
