"""`python -m deployment build | deploy | undeploy`: what the Makefile runs for them."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from deployment import deploy as deploying
from deployment.build import build as build_rule
from deployment.folders import RULES, rule_folders
from deployment.problem import ProblemError
from deployment.regions import REGION_SETS, region_set
from deployment.stacks import Stack

_FOLDER = click.Path(path_type=Path, file_okay=False)
_rules_root = click.option("--rules-root", type=_FOLDER, default=RULES, show_default=False)
_region_file = click.option(
    "--region-file", type=click.Path(path_type=Path), default=REGION_SETS, show_default=False
)
_region_set = click.option("--region-set", default="default", show_default=True)
_names = click.argument("names", metavar="[RULE ...]", nargs=-1)


@click.group()
def main() -> None:
    """Build the rule folders, and deploy them with unmodified RDK."""


@main.command()
@_rules_root
@_names
def build(rules_root: Path, names: tuple[str, ...]) -> None:
    """Copy the core and rdklib into each rule folder."""
    for folder in rule_folders(rules_root, names):
        build_rule(folder)
        click.echo(f"built {folder.name}")


@main.command()
@_rules_root
@_region_file
@_region_set
@click.option(
    "--lambda-role-name", help="An existing role for the Lambdas, see docs/permissions.md"
)
@click.option(
    "--skip-init", is_flag=True, help="AWS Config and RDK's code bucket are there already"
)
@_names
def deploy(
    rules_root: Path,
    region_file: Path,
    region_set: str,
    lambda_role_name: str | None,
    skip_init: bool,
    names: tuple[str, ...],
) -> None:
    """Deploy the built rules to every region of the set, then read every stack back."""
    target = _target(rules_root, region_file, region_set, names)
    _report(
        deploying.deploy(
            target, lambda_role_name=lambda_role_name, init=not skip_init, on_line=click.echo
        )
    )


@main.command()
@_rules_root
@_region_file
@_region_set
@_names
def undeploy(rules_root: Path, region_file: Path, region_set: str, names: tuple[str, ...]) -> None:
    """Remove the rules from every region of the set, then check that their stacks are gone."""
    _report(
        deploying.undeploy(_target(rules_root, region_file, region_set, names), on_line=click.echo)
    )


def _target(
    rules_root: Path, region_file: Path, name: str, names: tuple[str, ...]
) -> deploying.Target:
    return deploying.Target(region_set(name, region_file), rule_folders(rules_root, names))


def _report(stacks: Iterable[Stack]) -> None:
    for stack in stacks:
        click.echo(str(stack))


if __name__ == "__main__":
    try:
        main()
    except ProblemError as problem:
        click.echo(f"Error: {problem}", err=True)
        sys.exit(1)
