"""Deploy and remove rules in several regions, and check the result in CloudFormation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deployment.errors import DeploymentError
from deployment.rdk import OnLine, Run, first_then_rest, in_regions, rdk
from deployment.remediation import RemediationChoice
from deployment.stacks import Stack, account, read_back
from deployment.staging import STAGING, stage


@dataclass(frozen=True, slots=True)
class Target:
    """The regions to deploy to, the rule folders, and the folder for their staged copies."""

    regions: tuple[str, ...]
    folders: tuple[Path, ...]
    staging: Path = STAGING

    @property
    def rules(self) -> tuple[str, ...]:
        """Return the names of the rules."""
        return tuple(folder.name for folder in self.folders)


def deploy(
    target: Target,
    *,
    lambda_role_name: str | None = None,
    remediation: RemediationChoice | None = None,
    with_bytecode: bool = False,
    init: bool = True,
    on_line: OnLine = lambda line: None,
) -> tuple[Stack, ...]:
    """Deploy the target's built rules with RDK; return their stacks, all complete.

    `remediation` applies to each rule; None keeps what parameters.json says. `with_bytecode` adds
    compiled modules. `init` runs `rdk init` first, which makes what RDK needs and does not exist
    yet: the code bucket, and AWS Config's recorder and delivery channel. Everything that can be
    checked is checked before the first call that changes anything. Raises DeploymentError for
    what is missing or failed.
    """
    account(target.regions[0])
    copies = {
        region: stage(
            target.folders, target.staging / region, remediation, with_bytecode=with_bytecode
        )
        for region in target.regions
    }
    if init:
        runs = first_then_rest(target.regions, _rdk_in(copies, ["init"], on_line))
        _check_runs("init", runs)
    # --all: the staged folders are the chosen rules.
    role = ["--lambda-role-name", lambda_role_name] if lambda_role_name else []
    runs = in_regions(target.regions, _rdk_in(copies, ["deploy", "--all", *role], on_line))
    stacks = read_back(target.regions, target.rules)
    _check_stacks("deploy", [stack for stack in stacks if not stack.deployed], runs)
    return stacks


def undeploy(target: Target, *, on_line: OnLine = lambda line: None) -> tuple[Stack, ...]:
    """Remove the target's rules with RDK; return their stacks, all of them removed.

    Raises DeploymentError for a stack that remains.
    """
    account(target.regions[0])
    # RDK requires a folder with each rule's name; it may be empty.
    copies = {region: target.staging / region for region in target.regions}
    for folder in copies.values():
        for rule in target.rules:
            (folder / rule).mkdir(parents=True, exist_ok=True)
    command = ["undeploy", "--force", *target.rules]
    runs = in_regions(target.regions, _rdk_in(copies, command, on_line))
    stacks = read_back(target.regions, target.rules)
    _check_stacks("undeploy", [stack for stack in stacks if stack.status is not None], runs)
    return stacks


def _rdk_in(
    copies: Mapping[str, Path], command: Sequence[str], on_line: OnLine
) -> Callable[[str], Run]:
    return lambda region: rdk(region, command, copies[region], on_line)


def _check_stacks(action: str, wrong: Sequence[Stack], runs: Sequence[Run]) -> None:
    """Raise DeploymentError if stacks are wrong or a run failed."""
    if wrong:
        errors = "; ".join(f"{run.region}: {run.last_line}" for run in runs if run.status)
        raise DeploymentError(
            f"after rdk {action}: "
            + "; ".join(map(str, wrong))
            + (f". rdk reported: {errors}" if errors else "")
        )
    _check_runs(action, runs)


def _check_runs(action: str, runs: Sequence[Run]) -> None:
    for run in runs:
        if run.status:
            raise DeploymentError(
                f"rdk {action} failed in {run.region} (status {run.status}): {run.last_line}"
            )
