"""The accounts and regions of an audit."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import click

from alarmchain.cli.live.call_log import write_calls
from alarmchain.cli.live.credentials import Caller, call_api, required_text
from alarmchain.cli.options import TargetOptions
from alarmchain.collector.clients import Clients, no_change
from alarmchain.collector.errors import CollectError, RefusedError

_ANY_REGION = "us-east-1"
"""The home region if neither the profile nor an option names one."""

RegionsOf = Callable[[Clients], tuple[str, ...]]
"""Returns the regions to audit in the clients' account. Raises CollectError."""


def open_caller(target: TargetOptions, regions: tuple[str, ...]) -> Caller:
    """Return the identity of the credentials. Raises click.ClickException."""
    home = regions[0] if regions else _ANY_REGION if target.all_regions else ""
    return Caller(target.profile, home, write_calls if target.verbose else no_change)


def choose_regions(caller: Caller, regions: tuple[str, ...], all_regions: bool) -> RegionsOf:
    """Return the named regions, all enabled regions of an account, or the profile's region."""
    if all_regions:
        return lambda clients: enabled_regions(clients, caller.home)
    return lambda clients: regions or (caller.default_region,)


def enabled_regions(clients: Clients, home: str) -> tuple[str, ...]:
    """Return every enabled region of the account, as EC2 or else Account Management lists them.

    Raises CollectError, that of EC2 if both fail.
    """
    try:
        return call_api(
            clients, "ec2:DescribeRegions", home, lambda answer: _regions(answer["Regions"])
        )
    except RefusedError as refused:
        enabled = ["ENABLED", "ENABLED_BY_DEFAULT"]
        try:
            return call_api(
                clients,
                "account:ListRegions",
                home,
                _regions,
                "Regions",
                RegionOptStatusContains=enabled,
            )
        except CollectError:
            raise refused from None


def _regions(items: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the regions' names. Raises ValueError if there is none: nothing would be audited."""
    names = tuple(sorted(required_text(item, "RegionName") for item in items))
    if not names:
        raise ValueError("no region")
    return names


def choose_accounts(caller: Caller, target: TargetOptions) -> dict[str, str]:
    """Return the accounts' names by their ids: those listed, or the organization's active ones.

    The name of a listed account is "". Raises click.ClickException.
    """
    if target.organization:
        try:
            return call_api(
                caller.clients(), "organizations:ListAccounts", caller.home, _active, "Accounts"
            )
        except CollectError as error:
            raise click.ClickException(str(error)) from None
    return dict.fromkeys(target.account_ids, "")


def _active(items: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the active accounts' names by their ids.

    Raises ValueError if there is none: the management account is always active.
    """
    # AWS Organizations replaces Status with State.
    active = [item for item in items if (item.get("State") or item.get("Status")) == "ACTIVE"]
    if not active:
        raise ValueError("no active account")
    return {required_text(item, "Id"): str(item.get("Name") or "") for item in active}
