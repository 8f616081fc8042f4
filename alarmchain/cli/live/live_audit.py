"""A live audit: of the caller's own account, or of many with a role in each."""

import click

from alarmchain.cli import options
from alarmchain.cli.live import audit_account, targets
from alarmchain.cli.live.audit_accounts import Audit, audit_accounts
from alarmchain.cli.live.credentials import Caller
from alarmchain.cli.live.where import TargetOptions
from alarmchain.cli.progress import Progress
from alarmchain.collector.collect_account import collect_account
from alarmchain.collector.errors import CollectError
from alarmchain.control import Control
from alarmchain.parameters import Parameters
from alarmchain.report.findings import Findings
from alarmchain.snapshot.snapshot import Snapshot


def audit(where: TargetOptions, controls: tuple[Control, ...], parameters: Parameters) -> Findings:
    """What is found, failures of accounts and regions among it.

    Raises click.ClickException where nothing can be told at all: no credentials, no accounts, or of
    one's own account no regions.
    """
    named = options.check_regions(where.regions)
    who = targets.caller(where.profile, named, where.all_regions)
    regions = targets.regions_of(who, named, where.all_regions)
    accounts = {who.id: ""}
    if where.role_name is not None:
        accounts = targets.accounts_of(who, where.accounts, where.organization)
    else:
        regions = _known(regions, who)
    trail_role, role_name = parameters.organization_trail_role_arn, where.role_name or ""
    at = audit_account.now()
    with Progress(len(accounts)) as watch:
        found = audit_accounts(
            accounts,
            lambda account: who.clients_in(account, role_name, trail_role),
            Audit(controls, parameters, regions, at),
            watch,
        )
    return Findings.of(found, at, controls, accounts)


def collect(where: TargetOptions, trail_role: str) -> Snapshot:
    """The caller's own account, every room complete; nothing half read is kept.

    Raises click.ClickException.
    """
    named = options.check_regions(where.regions)
    who = targets.caller(where.profile, named, where.all_regions)
    clients = who.clients(trail_role)
    try:
        regions = targets.regions_of(who, named, where.all_regions)(clients)
        return collect_account(clients, who.id, regions, audit_account.now())
    except CollectError as error:
        raise click.ClickException(str(error)) from None


def _known(regions: targets.Regions, who: Caller) -> targets.Regions:
    """The same regions, asked for now."""
    try:
        found = regions(who.clients())
    except CollectError as error:
        raise click.ClickException(str(error)) from None
    return lambda clients: found
