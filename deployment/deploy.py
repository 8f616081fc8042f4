"""Deploy and remove rules in several regions, and check the result in CloudFormation."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from deployment.config_bucket import find_config_bucket
from deployment.errors import DeploymentError
from deployment.leftovers import check_stacks, delete_unusable
from deployment.rdk import MOST_PROCESSES, OnLine, Run, first_then_rest, in_regions, rdk
from deployment.remediation import RemediationChoice, remediation_body, stack_name
from deployment.stack_body import check_size
from deployment.stacks import (
    Stack,
    account,
    check_can_list,
    delete_stack,
    put_stack,
    wait,
)
from deployment.staging import STAGING, stage

MANUAL = RemediationChoice()


@dataclass(frozen=True, slots=True)
class Target:
    """The regions to deploy to, the rule folders, and the folder for their staged copies.

    `rule_set`: the set of the rules, "" if they were named.
    """

    regions: tuple[str, ...]
    folders: tuple[Path, ...]
    staging: Path = STAGING
    rule_set: str = ""

    @property
    def rules(self) -> tuple[str, ...]:
        """Return the names of the rules."""
        return tuple(folder.name for folder in self.folders)


def deploy(
    target: Target,
    *,
    lambda_role_name: str | None = None,
    remediation: RemediationChoice = MANUAL,
    trigger: str = "daily",
    with_bytecode: bool = False,
    init: bool = True,
    on_line: OnLine = lambda line: None,
) -> tuple[Stack, ...]:
    """Deploy the target's built rules with RDK, then their remediations; return all stacks.

    `remediation` applies to each rule, `trigger` is one of TRIGGERS. `with_bytecode` adds compiled
    modules. `init` runs `rdk init` first, which makes what RDK needs and does not exist yet: the
    code bucket, and AWS Config's recorder and delivery channel. Everything that can be checked is
    checked before the first call that changes anything. Raises DeploymentError for what is missing
    or failed.
    """
    account(target.regions[0])
    copies = {
        region: stage(
            target.folders,
            target.staging / region,
            trigger=trigger,
            rule_set=target.rule_set,
            with_bytecode=with_bytecode,
        )
        for region in target.regions
    }
    # The copies have the calls that a rule set adds; those of all regions are the same.
    staged = [copies[target.regions[0]] / rule for rule in target.rules]
    bodies = _remediation_bodies(staged, remediation)
    for region in target.regions:
        check_can_list(region)
    check_stacks(target.regions, _stack_names(target))
    if init:
        buckets = {region: find_config_bucket(region) for region in target.regions}
        for bucket in buckets.values():
            on_line(str(bucket))
        runs = first_then_rest(
            target.regions,
            lambda region: rdk(
                region, ["init", *buckets[region].init_options], copies[region], on_line
            ),
        )
        _check_runs("rdk init", runs)
    delete_unusable(target.regions, _stack_names(target), on_line)
    # --all: the staged folders are the chosen rules.
    role = ["--lambda-role-name", lambda_role_name] if lambda_role_name else []
    runs = in_regions(target.regions, _rdk_in(copies, ["deploy", "--all", *role], on_line))
    stacks = tuple(wait(region, rule) for region in target.regions for rule in target.rules)
    _check_stacks("rdk deploy", [stack for stack in stacks if not stack.deployed], runs)
    return stacks + _deploy_remediations(target, bodies)


def _remediation_bodies(folders: Iterable[Path], choice: RemediationChoice) -> dict[str, str]:
    """Return the bodies of the remediations' stacks, by rule; none for REMEDIATION=none."""
    if choice.kind == "none":
        return {}
    bodies = {folder.name: remediation_body(folder, choice) for folder in folders}
    for rule, body in bodies.items():
        check_size(stack_name(rule), body)
    return bodies


def _stack_names(target: Target) -> tuple[str, ...]:
    """Return the names of the stacks: a remediation's before its rule's, for their removal."""
    return (*map(stack_name, target.rules), *target.rules)


def _deploy_remediations(target: Target, bodies: Mapping[str, str]) -> tuple[Stack, ...]:
    """Make the remediations' stacks, or delete those of an earlier choice; return those made."""

    def in_region(region: str) -> list[Stack]:
        return [
            put_stack(region, stack_name(rule), bodies[rule])
            if rule in bodies
            else delete_stack(region, stack_name(rule))
            for rule in target.rules
        ]

    with ThreadPoolExecutor(MOST_PROCESSES) as pool:
        stacks = [stack for found in pool.map(in_region, target.regions) for stack in found]
    wrong = [stack for stack in stacks if not (stack.deployed if bodies else stack.status is None)]
    _check_stacks("the remediations' deployment", wrong, ())
    return tuple(stack for stack in stacks if stack.status is not None)


def undeploy(target: Target, *, on_line: OnLine = lambda line: None) -> tuple[Stack, ...]:
    """Remove the target's rules and remediations; return their stacks, all of them removed.

    Raises DeploymentError for a stack that remains.
    """
    account(target.regions[0])
    for region in target.regions:
        check_can_list(region)
    remediations = _deploy_remediations(target, {})
    # RDK requires a folder with each rule's name; it may be empty.
    copies = {region: target.staging / region for region in target.regions}
    for folder in copies.values():
        for rule in target.rules:
            (folder / rule).mkdir(parents=True, exist_ok=True)
    command = ["undeploy", "--force", *target.rules]
    runs = in_regions(target.regions, _rdk_in(copies, command, on_line))
    stacks = tuple(wait(region, rule) for region in target.regions for rule in target.rules)
    _check_stacks("rdk undeploy", [stack for stack in stacks if stack.status is not None], runs)
    return remediations + stacks


def _rdk_in(
    copies: Mapping[str, Path], command: Sequence[str], on_line: OnLine
) -> Callable[[str], Run]:
    return lambda region: rdk(region, command, copies[region], on_line)


def _check_stacks(action: str, wrong: Sequence[Stack], runs: Sequence[Run]) -> None:
    """Raise DeploymentError if stacks are wrong or a run failed."""
    if wrong:
        errors = "; ".join(f"{run.region}: {run.last_line}" for run in runs if run.status)
        raise DeploymentError(
            f"after {action}: "
            + "; ".join(map(str, wrong))
            + (f". rdk reported: {errors}" if errors else "")
        )
    _check_runs(action, runs)


def _check_runs(action: str, runs: Sequence[Run]) -> None:
    for run in runs:
        if run.status:
            raise DeploymentError(
                f"{action} failed in {run.region} (status {run.status}): {run.last_line}"
            )
