"""The actions of steps: call AWS, run a script, check a property, wait."""

from __future__ import annotations

import ast
import json
import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from localaws import accounts, bridge, process
from localaws.background import background
from localaws.behaviour import behaviour
from localaws.ssm.document import Step
from localaws.ssm.select import select

CHILD = Path(__file__).parents[1] / "children" / "script.py"
LONGEST_PAUSE = 1.0
"""The longest aws:sleep, in seconds, so that tests need not wait."""


CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


class ActionError(Exception):
    """An action failed; the message becomes part of the step's FailureMessage."""


class ActionTimeoutError(ActionError):
    """An action took longer than its step's timeoutSeconds."""


@dataclass(frozen=True, slots=True)
class Place:
    """The account, region and credentials of an execution.

    credentials are the SDK's environment variables. context is a script's second argument.
    has_role says whether the credentials are those of an assume role.
    """

    account: str
    region: str
    credentials: Mapping[str, str]
    context: Mapping[str, str]
    has_role: bool = True

    def client(self, service: str) -> Any:
        """Return a client with the execution's credentials."""
        try:
            return boto3.session.Session(
                aws_access_key_id=self.credentials["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=self.credentials["AWS_SECRET_ACCESS_KEY"],
                aws_session_token=self.credentials.get("AWS_SESSION_TOKEN"),
                region_name=self.region,
            ).client(service, endpoint_url=bridge.endpoint(), config=Config(proxies={}))
        except BotoCoreError as error:
            raise ActionError(str(error)) from None


def execute_aws_api(place: Place, step: Step, inputs: Mapping[str, Any]) -> Any:
    """aws:executeAwsApi: return the operation's answer, with times as text."""
    parameters = {key: value for key, value in inputs.items() if key not in ("Service", "Api")}
    client = place.client(inputs["Service"])
    api = str(inputs["Api"]).replace("_", "").lower()
    methods = {api.lower(): method for method, api in client.meta.method_to_api_mapping.items()}
    if api not in methods:
        raise ActionError(f"service {inputs['Service']} has no API {inputs['Api']}")
    try:
        answer = getattr(client, methods[api])(**parameters)
    except (ClientError, BotoCoreError) as error:
        raise ActionError(str(error)) from None
    answer.pop("ResponseMetadata", None)
    return json.loads(json.dumps(answer, default=_plain))


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value.read(), "utf-8", "replace") if hasattr(value, "read") else str(value)


def assert_property(place: Place, step: Step, inputs: Mapping[str, Any]) -> Any:
    """aws:assertAwsResourceProperty: fail unless the property has one of the desired values."""
    request = dict(inputs)
    path, desired = request.pop("PropertySelector"), request.pop("DesiredValues")
    answer = execute_aws_api(place, step, request)
    values = select(answer, path)
    if not values or str(values[0]) not in [str(each) for each in desired]:
        actual = values[0] if values else "nothing"
        raise ActionError(f"Property value {path} is {actual}; desired: {desired}")
    return answer


def execute_script(place: Place, step: Step, inputs: Mapping[str, Any]) -> Any:
    """aws:executeScript: return ``{"Payload": the handler's return value}``.

    Without an assume role the script has no credentials (Systems Manager user guide, "Using scripts
    in runbooks"); other actions use the caller's.
    """
    runtime = str(inputs.get("Runtime", ""))
    version = re.fullmatch(r"python3\.(\d+)", runtime)
    if not version:
        raise ActionError(f"the local AWS does not implement runtime {runtime}")
    script = inputs["Script"]
    try:
        ast.parse(script, feature_version=(3, int(version[1])))
    except SyntaxError as error:
        raise ActionError(f"SyntaxError - {error}") from None
    request = {
        "script": script,
        "handler": inputs["Handler"],
        "events": inputs.get("InputPayload", {}),
        "context": {**place.context, "automation:STEP_NAME": step.name},
        "path": [behaviour.runtime_packages] if behaviour.runtime_packages else [],
    }
    environ = {
        "PATH": str(Path(sys.executable).parent),
        "LANG": "C.UTF-8",
        **accounts.environment(bridge.endpoint(), place.region, place.account),
        **place.credentials,
    }
    if not place.has_role:
        environ = {name: value for name, value in environ.items() if name not in CREDENTIALS}
    with tempfile.TemporaryDirectory(prefix="localaws-") as folder:
        outcome = process.run_child(CHILD, request, environ, Path(folder), step.timeout)
    if outcome.exit_code is None:
        raise ActionTimeoutError(f"timed out after {step.timeout:.0f} seconds")
    if outcome.result is None:
        raise ActionError(f"the script ended with exit code {outcome.exit_code}")
    if "error" in outcome.result:
        lines = outcome.output.strip().splitlines()
        raise ActionError("\n".join([outcome.result["error"], *lines]))
    return {"Payload": outcome.result["result"]}


_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")


def sleep(place: Place, step: Step, inputs: Mapping[str, Any]) -> Any:
    """aws:sleep: wait for an ISO 8601 Duration, but at most LONGEST_PAUSE."""
    duration = _DURATION.fullmatch(str(inputs.get("Duration", "")))
    if not duration or not any(duration.groups()):
        raise ActionError(f"Duration is {inputs.get('Duration')!r}; expected a text such as PT10S")
    hours, minutes, seconds = (float(part or 0) for part in duration.groups())
    background.pause(min(hours * 3600 + minutes * 60 + seconds, LONGEST_PAUSE))
    return {}


type Action = Callable[[Place, Step, Mapping[str, Any]], Any]

ACTIONS: dict[str, Action] = {
    "aws:executeAwsApi": execute_aws_api,
    "aws:assertAwsResourceProperty": assert_property,
    "aws:executeScript": execute_script,
    "aws:sleep": sleep,
}


def perform(place: Place, step: Step, inputs: Mapping[str, Any]) -> Any:
    """Perform a step (any action but aws:branch) and return its answer. Raises ActionError."""
    action = partial(ACTIONS[step.action], place, step)
    try:
        return action(inputs)
    except KeyError as error:
        raise ActionError(f"input {error} is missing") from None
