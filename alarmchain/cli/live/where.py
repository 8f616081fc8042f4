"""Which accounts and regions are asked for on the command line."""

from dataclasses import dataclass

import click


@dataclass(frozen=True, slots=True)
class TargetOptions:
    """The options: `profile` None for the environment's credentials; `role_name` None for their
    own account alone, else `accounts` (ids, separated by commas) or all of the `organization`."""

    profile: str | None = None
    regions: tuple[str, ...] = ()
    all_regions: bool = False
    role_name: str | None = None
    accounts: str = ""
    organization: bool = False

    def check(self, in_file: bool) -> None:
        """Raises click.ClickException for options that exclude or need each other; `in_file`: a
        snapshot is to be audited."""
        if self.all_regions and self.regions:
            raise click.ClickException("--all-regions and --region exclude each other")
        live = {
            "--profile": self.profile,
            "--role-name": self.role_name,
            "--accounts": self.accounts,
            "--organization": self.organization,
        }
        for option, given in live.items():
            if in_file and given:
                raise click.ClickException(f"{option} has no meaning beside --snapshot")
        if self.accounts and self.organization:
            raise click.ClickException("--accounts and --organization exclude each other")
        others = bool(self.accounts) or self.organization
        if others and not self.role_name:
            option = "--accounts" if self.accounts else "--organization"
            raise click.ClickException(f"{option} needs --role-name: the role to take there")
        if self.role_name and not others:
            raise click.ClickException("--role-name needs --accounts or --organization")
