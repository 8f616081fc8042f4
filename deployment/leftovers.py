"""Handle stacks that an unfinished or failed deployment left, so that the next one works."""

from collections.abc import Iterable, Sequence

from deployment.errors import DeploymentError
from deployment.rdk import OnLine
from deployment.stacks import UNUSABLE, delete_stack, read_back


def check_stacks(regions: Iterable[str], names: Sequence[str]) -> None:
    """Raise DeploymentError for a stack in progress, or one that a person must fix first."""
    for stack in read_back(regions, names):
        if stack.busy:
            raise DeploymentError(f"{stack}: try again when it is complete; nothing was changed")
        if stack.status == "UPDATE_ROLLBACK_FAILED":
            raise DeploymentError(
                f"{stack}: first run aws cloudformation continue-update-rollback"
                f" --region {stack.region} --stack-name {stack.name}; nothing was changed"
            )


def delete_unusable(regions: Iterable[str], names: Sequence[str], on_line: OnLine) -> None:
    """Delete the stacks that nobody can update; `on_line` gets a line for each.

    Raises DeploymentError for a stack that remains.
    """
    for stack in read_back(regions, names):
        if stack.status in UNUSABLE:
            on_line(f"{stack}: it cannot be updated, so it is deleted first")
            left = delete_stack(stack.region, stack.name)
            if left.status is not None:
                raise DeploymentError(f"{left}: it cannot be deleted")
