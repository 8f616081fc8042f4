"""Read the state of the rules' stacks. RDK names a rule's stack after the rule."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from deployment.errors import DeploymentError

_BOUNDED = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard"})
DEPLOYED = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"})


@dataclass(frozen=True, slots=True)
class Stack:
    """A rule's stack in a region; `status` is None if there is no such stack."""

    region: str
    rule: str
    status: str | None
    reason: str = ""

    @property
    def deployed(self) -> bool:
        """Return whether the stack is complete, and not the result of a rollback."""
        return self.status in DEPLOYED

    def __str__(self) -> str:
        state = "no stack" if self.status is None else f"stack is {self.status}"
        return f"{self.rule} in {self.region}: {state}" + (
            f" ({self.reason})" if self.reason else ""
        )


def read_back(regions: Iterable[str], rules: Iterable[str]) -> tuple[Stack, ...]:
    """Return every rule's stack in every region, as CloudFormation describes it now."""
    rules = tuple(rules)
    return tuple(_stack(region, rule) for region in regions for rule in rules)


def account(region: str) -> str:
    """Return the account id of the current credentials.

    Raises DeploymentError if there are none, or if AWS refuses them.
    """
    try:
        return str(_client("sts", region).get_caller_identity()["Account"])
    except (BotoCoreError, ClientError) as error:
        raise DeploymentError(f"no usable AWS credentials: {error}") from None


def _stack(region: str, rule: str) -> Stack:
    try:
        (stack,) = _client("cloudformation", region).describe_stacks(StackName=rule)["Stacks"]
    except ClientError as error:
        # CloudFormation has no separate error code for a stack that does not exist.
        if "does not exist" in str(error):
            return Stack(region, rule, None)
        raise DeploymentError(f"{rule} in {region}: stack cannot be read: {error}") from None
    except BotoCoreError as error:
        raise DeploymentError(f"{rule} in {region}: stack cannot be read: {error}") from None
    return Stack(region, rule, stack["StackStatus"], stack.get("StackStatusReason", ""))


def _client(service: str, region: str) -> Any:
    return boto3.Session().client(service, region_name=region, config=_BOUNDED)
