"""Deploys and removes rules in several regions, and believes CloudFormation rather than RDK."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deployment.errors import ProblemError
from deployment.rdk import OnLine, Run, first_then_rest, in_regions, rdk
from deployment.remediation import Choice
from deployment.stacks import Stack, account, read_back
from deployment.staging import STAGING, stage


@dataclass(frozen=True, slots=True)
class Target:
    """The regions to deploy to, the rule folders, and where their copies for RDK are staged."""

    regions: tuple[str, ...]
    folders: tuple[Path, ...]
    staging: Path = STAGING

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of the rules."""
        return tuple(folder.name for folder in self.folders)


def deploy(
    target: Target,
    *,
    lambda_role_name: str | None = None,
    remediation: Choice | None = None,
    with_code: bool = False,
    init: bool = True,
    on_line: OnLine = lambda line: None,
) -> tuple[Stack, ...]:
    """Deploys the target's built rules with RDK; returns their stacks, all of them standing.

    `remediation` is what each rule gets; None is as committed. `with_code` sends compiled modules
    along, for a faster cold start. `init` runs `rdk init` first, which
    makes what RDK needs and is not there yet: the code bucket, and AWS Config's recorder and
    delivery channel. Everything that can be checked is checked before the first call that changes
    anything. Raises ProblemError for what is missing or failed.
    """
    account(target.regions[0])
    copies = {
        region: stage(target.folders, target.staging / region, remediation, with_code=with_code)
        for region in target.regions
    }
    if init:
        _all_well("init", first_then_rest(target.regions, _in(copies, ["init"], on_line)))
    # --all: the staged folders are the chosen rules.
    role = ["--lambda-role-name", lambda_role_name] if lambda_role_name else []
    runs = in_regions(target.regions, _in(copies, ["deploy", "--all", *role], on_line))
    stacks = read_back(target.regions, target.rules)
    _none_left("deploy", [stack for stack in stacks if not stack.deployed], runs)
    return stacks


def undeploy(target: Target, *, on_line: OnLine = lambda line: None) -> tuple[Stack, ...]:
    """Removes the target's rules with RDK; returns their stacks, all of them gone.

    Raises ProblemError for a stack that is left.
    """
    account(target.regions[0])
    # RDK asks for a folder of each rule's name, and needs nothing in it.
    copies = {region: target.staging / region for region in target.regions}
    for folder in copies.values():
        for rule in target.rules:
            (folder / rule).mkdir(parents=True, exist_ok=True)
    command = ["undeploy", "--force", *target.rules]
    runs = in_regions(target.regions, _in(copies, command, on_line))
    stacks = read_back(target.regions, target.rules)
    _none_left("undeploy", [stack for stack in stacks if stack.status is not None], runs)
    return stacks


def _in(
    copies: Mapping[str, Path], command: Sequence[str], on_line: OnLine
) -> Callable[[str], Run]:
    return lambda region: rdk(region, command, copies[region], on_line)


def _none_left(action: str, wrong: Sequence[Stack], runs: Sequence[Run]) -> None:
    if wrong:
        words = "; ".join(f"{run.region}: {run.last_words}" for run in runs if run.status)
        raise ProblemError(
            f"rdk {action} left: "
            + "; ".join(map(str, wrong))
            + (f". rdk: {words}" if words else "")
        )
    _all_well(action, runs)


def _all_well(action: str, runs: Sequence[Run]) -> None:
    for run in runs:
        if run.status:
            raise ProblemError(
                f"rdk {action} failed in {run.region} (status {run.status}): {run.last_words}"
            )
