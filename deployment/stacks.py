"""Read, make and delete stacks. RDK names a rule's stack after the rule."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from deployment.clients import client
from deployment.errors import DeploymentError

DEPLOYED = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"})
UNUSABLE = frozenset(
    {
        "CREATE_FAILED",
        "DELETE_FAILED",
        "REVIEW_IN_PROGRESS",
        "ROLLBACK_COMPLETE",
        "ROLLBACK_FAILED",
    }
)
"""What a failed creation or deletion leaves. CloudFormation can only delete such a stack."""
MOST_READS = 8
"""Reads in parallel."""
LONGEST = 1800
"""Seconds that a stack may take."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A rule's stack in a region; `status` is None if there is no such stack."""

    region: str
    name: str
    status: str | None
    reason: str = ""

    @property
    def deployed(self) -> bool:
        """Return whether the stack is complete, and not the result of a rollback."""
        return self.status in DEPLOYED

    @property
    def busy(self) -> bool:
        """Return whether CloudFormation is working on the stack."""
        status = self.status or ""
        return status.endswith("IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"

    def __str__(self) -> str:
        state = "no stack" if self.status is None else f"stack is {self.status}"
        return f"{self.name} in {self.region}: {state}" + (
            f" ({self.reason})" if self.reason else ""
        )


def read_back(regions: Iterable[str], names: Iterable[str]) -> tuple[Stack, ...]:
    """Return every stack in every region, as CloudFormation describes it now."""
    names = tuple(names)
    pairs = [(region, name) for region in regions for name in names]
    with ThreadPoolExecutor(MOST_READS) as pool:
        return tuple(pool.map(lambda pair: read_stack(*pair), pairs))


def account(region: str) -> str:
    """Return the account id of the current credentials.

    Raises DeploymentError if there are none, or if AWS refuses them.
    """
    try:
        return str(client("sts", region).get_caller_identity()["Account"])
    except (BotoCoreError, ClientError) as error:
        raise DeploymentError(f"no usable AWS credentials: {error}") from None


def check_can_list(region: str) -> None:
    """Raise DeploymentError if the caller may not list stacks.

    RDK waits for a stack with ListStacks: without it, the first rule's stack would be made and the
    others would not.
    """
    try:
        client("cloudformation", region).list_stacks()
    except (BotoCoreError, ClientError) as error:
        raise DeploymentError(
            f"rdk needs cloudformation:ListStacks in {region}: {error}; nothing was changed"
        ) from None


def read_stack(region: str, name: str) -> Stack:
    """Return the stack. Raises DeploymentError if it cannot be read."""
    try:
        (stack,) = client("cloudformation", region).describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        # CloudFormation has no separate error code for a stack that does not exist.
        if "does not exist" in str(error):
            return Stack(region, name, None)
        raise DeploymentError(f"{name} in {region}: stack cannot be read: {error}") from None
    except BotoCoreError as error:
        raise DeploymentError(f"{name} in {region}: stack cannot be read: {error}") from None
    return Stack(region, name, stack["StackStatus"], stack.get("StackStatusReason", ""))


def put_stack(region: str, name: str, body: str) -> Stack:
    """Create or update the stack, wait until CloudFormation is done, and return it.

    Raises DeploymentError if CloudFormation refuses the call.
    """
    cloudformation = client("cloudformation", region)
    request = {"StackName": name, "TemplateBody": body, "Capabilities": ["CAPABILITY_IAM"]}
    try:
        if read_stack(region, name).status is None:
            cloudformation.create_stack(**request)
        else:
            cloudformation.update_stack(**request)
    except ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise DeploymentError(f"{name} in {region}: {error}") from None
    except BotoCoreError as error:
        raise DeploymentError(f"{name} in {region}: {error}") from None
    return wait(region, name)


def delete_stack(region: str, name: str) -> Stack:
    """Delete the stack if there is one, wait until CloudFormation is done, and return it.

    Raises DeploymentError if CloudFormation refuses the call.
    """
    stack = read_stack(region, name)
    if stack.status is None:
        return stack
    try:
        client("cloudformation", region).delete_stack(StackName=name)
    except (BotoCoreError, ClientError) as error:
        raise DeploymentError(f"{name} in {region}: {error}") from None
    return wait(region, name)


def wait(region: str, name: str) -> Stack:
    """Return the stack as soon as CloudFormation is done with it."""
    end = time.monotonic() + LONGEST
    while (stack := read_stack(region, name)).busy and time.monotonic() < end:
        time.sleep(2)
    return stack
