"""An account on the local AWS for each test of remediations."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest

from localaws.server import LocalAws
from localaws.ssm import actions
from tests.remediation import in_process_server
from tests.remediation.local_account import SCRIPT_GLOBALS, LocalAccount, code
from tests.remediation.scenario import make_trail

Json = dict[str, Any]


def _in_process(caller: Any, step: Any, inputs: Mapping[str, Any]) -> Any:
    """Run aws:executeScript in this process, which saves the start of another one."""
    names: Json = {"__name__": "automation_script"}
    exec(code(inputs["Script"], step.name), names)
    names.update((name, value) for name, value in SCRIPT_GLOBALS.items() if name in names)
    try:
        answer = names[inputs["Handler"]](json.loads(json.dumps(inputs["InputPayload"])), {})
    except Exception as error:
        raise actions.ActionError(f"{type(error).__name__} - {error}") from error
    return {"Payload": json.loads(json.dumps(answer))}


@pytest.fixture
def local_account(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAccount]:
    """Return an empty account. Scripts run in this process, otherwise as in Automation."""
    empty = LocalAccount(local_aws)

    def client(service: str, region_name: str, config: Any = None) -> Any:
        return empty.client(service, region_name)

    monkeypatch.setattr(boto3, "client", client)
    monkeypatch.setitem(actions.ACTIONS, "aws:executeScript", _in_process)
    in_process_server.install(local_aws, monkeypatch)
    yield empty
    local_aws.settle()


@pytest.fixture
def account(local_account: LocalAccount) -> LocalAccount:
    """Return an account with a trail that delivers to a log group, and nothing else."""
    make_trail(local_account)
    return local_account
