"""`python -m deployment build | deploy | undeploy`: the commands of make's targets."""

import functools
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from deployment import build as building
from deployment import deploy as deploying
from deployment.deploy import Target
from deployment.folders import RULES, rule_folders
from deployment.next_steps import next_steps
from deployment.pack.options import REMEDIATIONS, read_values
from deployment.pack.rules import PackRule
from deployment.regions import REGION_SETS, regions_of
from deployment.remediation import RemediationChoice, remediation_body, stack_name
from deployment.rule_set import chosen_folders
from deployment.rule_values import check_rule_values, given_values
from deployment.stack_body import check_size, stack_body
from deployment.stacks import Stack
from deployment.staging import STAGING, TRIGGERS

_FOLDER = click.Path(path_type=Path, file_okay=False)
_rules_root = click.option("--rules-root", type=_FOLDER, default=RULES, help="rules/")
_compiled = click.option("--compiled", is_flag=True, help="add compiled modules")
_names = click.argument("names", metavar="[RULE ...]", nargs=-1)


def _target_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options for regions and rules; pass them to the command as one Target."""

    @_rules_root
    @click.option("--staging", type=_FOLDER, default=STAGING, help="build/rules/")
    @click.option(
        "--region-file",
        type=click.Path(path_type=Path),
        default=REGION_SETS,
        help="rdk-config.json",
    )
    @click.option("--region-set", default="default", show_default=True)
    @click.option("--rule-set", default="", help="cis-3.0, security-hub, all ...")
    @_names
    @functools.wraps(command)
    def with_target(
        rules_root: Path,
        staging: Path,
        region_file: Path,
        region_set: str,
        rule_set: str,
        names: tuple[str, ...],
        **rest: Any,
    ) -> None:
        regions = regions_of(region_set, region_file)
        folders = chosen_folders(rules_root, names, rule_set)
        command(Target(regions, folders, staging, rule_set), **rest)

    return with_target


class _Commands(click.Group):
    """Lists the commands if an unknown one is given."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        command = super().get_command(ctx, cmd_name)
        if command is None:
            known = ", ".join(self.list_commands(ctx))
            raise click.UsageError(f"command '{cmd_name}' is unknown; expected: {known}", ctx)
        return command


def _role_name(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Check a role's name (IAM API reference, CreateRole, RoleName)."""
    if value is not None and not re.fullmatch(r"[\w+=,.@-]{1,64}", value, re.ASCII):
        raise click.BadParameter(f"'{value}'; expected a role's name, not its ARN")
    return value


@click.group(cls=_Commands)
def main() -> None:
    """Build the rule folders, and deploy them with unmodified RDK."""


@main.command()
@_compiled
@_rules_root
@_names
def build(compiled: bool, rules_root: Path, names: tuple[str, ...]) -> None:
    """Copy the core and rdklib into each rule folder, and write its remediation.json."""
    _build(rule_folders(rules_root, names), with_bytecode=compiled)


def _build(folders: Iterable[Path], *, with_bytecode: bool = False) -> None:
    check_size("of a rule", stack_body())
    for folder in folders:
        check_rule_values(PackRule.read(folder).control, given_values(folder))
        building.build(folder, with_bytecode=with_bytecode)
        check_size(stack_name(folder.name), remediation_body(folder, deploying.MANUAL))
        click.echo(f"built {folder.name}")


@main.command()
@click.option("--build", "build_first", is_flag=True, help="build the rule folders first")
@_compiled
@click.option(
    "--lambda-role-name",
    callback=_role_name,
    help="an existing role for the Lambdas, such as that of iam/lambda-role.yaml",
)
@click.option("--skip-init", is_flag=True, help="AWS Config and RDK's code bucket exist already")
@click.option("--remediation", default="manual", show_default=True, help="|".join(REMEDIATIONS))
@click.option("--trigger", default="daily", show_default=True, help="|".join(TRIGGERS))
@click.option("--parameter", "given", multiple=True, help="RemediationTopicArn=ARN, ...")
@_target_options
def deploy(
    target: Target,
    build_first: bool,
    compiled: bool,
    lambda_role_name: str | None,
    skip_init: bool,
    remediation: str,
    trigger: str,
    given: tuple[str, ...],
) -> None:
    """Deploy the built rules and their remediations, then check their stacks.

    Deploys every rule, or the named ones, to every region of the set.
    """
    choice = RemediationChoice(remediation, read_values(given))
    if build_first:
        _build(target.folders)
    _report(
        deploying.deploy(
            target,
            lambda_role_name=lambda_role_name,
            remediation=choice,
            trigger=trigger,
            with_bytecode=compiled,
            init=not skip_init,
            on_line=click.echo,
        )
    )
    for line in next_steps(target.regions, target.rules):
        click.echo(line)


@main.command()
@_target_options
def undeploy(target: Target) -> None:
    """Remove the rules; check that their stacks are deleted."""
    _report(deploying.undeploy(target, on_line=click.echo))


def _report(stacks: Iterable[Stack]) -> None:
    for stack in stacks:
        click.echo(str(stack))


if __name__ == "__main__":
    main()
