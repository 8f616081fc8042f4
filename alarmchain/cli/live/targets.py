"""Which accounts and which regions an audit goes to."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import click

from alarmchain.cli.live.credentials import Caller, asked, text_of
from alarmchain.collector.clients import Clients
from alarmchain.collector.errors import CollectError, RefusedError

_ACCOUNT = re.compile(r"[0-9]{12}")
_ANY_REGION = "us-east-1"
"""Where AWS is asked for the regions, if neither the profile nor an option names one."""

Regions = Callable[[Clients], tuple[str, ...]]
"""The regions to look at in the account of some clients. Raises CollectError."""


def caller(profile: str | None, named: tuple[str, ...], all_regions: bool) -> Caller:
    """Who asks. Raises click.ClickException."""
    return Caller(profile, named[0] if named else _ANY_REGION if all_regions else "")


def regions_of(who: Caller, named: tuple[str, ...], all_regions: bool) -> Regions:
    """The regions named, all that an account has enabled, or else the profile's."""
    if all_regions:
        return lambda clients: enabled_regions(clients, who.home)
    return lambda clients: named or (who.default_region,)


def enabled_regions(clients: Clients, home: str) -> tuple[str, ...]:
    """Every region that the account has enabled, by EC2 or else by Account Management.

    Raises CollectError, of the first of the two.
    """
    try:
        return asked(clients, "ec2:DescribeRegions", home, lambda told: _regions(told["Regions"]))
    except RefusedError as refused:
        opted = ["ENABLED", "ENABLED_BY_DEFAULT"]
        try:
            return asked(
                clients,
                "account:ListRegions",
                home,
                _regions,
                "Regions",
                RegionOptStatusContains=opted,
            )
        except CollectError:
            raise refused from None


def _regions(found: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Their names, at least one. An account without any would not be judged, and nobody told."""
    regions = tuple(sorted(text_of(one, "RegionName") for one in found))
    if not regions:
        raise ValueError("no region")
    return regions


def accounts_of(who: Caller, listed: str, organization: bool) -> dict[str, str]:
    """The accounts listed, or those of the caller's organization that are active, each with the
    name that the organization gives it; "" for those listed.

    Raises click.ClickException.
    """
    if organization:
        try:
            return asked(who.clients(), "organizations:ListAccounts", who.home, _active, "Accounts")
        except CollectError as error:
            raise click.ClickException(str(error)) from None
    accounts = dict.fromkeys((text.strip() for text in listed.split(",")), "")
    for account in accounts:
        if not _ACCOUNT.fullmatch(account):
            raise click.ClickException(f"account '{account}': expected 12 digits")
    return accounts


def _active(found: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The active accounts' names by their ids; there is one at least, the management account."""
    # AWS Organizations puts State in the place of Status.
    active = [one for one in found if (one.get("State") or one.get("Status")) == "ACTIVE"]
    if not active:
        raise ValueError("no active account")
    return {text_of(one, "Id"): str(one.get("Name") or "") for one in active}
