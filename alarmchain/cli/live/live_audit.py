"""Reads AWS for an audit or a snapshot: the caller's account, or many with a role in each."""

import click

from alarmchain.cli import options
from alarmchain.cli.live import audit_account, targets
from alarmchain.cli.live.audit_accounts import AuditRequest, audit_accounts
from alarmchain.cli.live.credentials import Caller
from alarmchain.cli.options import TargetOptions
from alarmchain.cli.progress import Progress
from alarmchain.collector.collect_account import collect_account
from alarmchain.collector.errors import CollectError
from alarmchain.control import Control
from alarmchain.parameters import Parameters
from alarmchain.report.findings import Findings
from alarmchain.snapshot.snapshot import Snapshot


def audit(target: TargetOptions, controls: tuple[Control, ...], parameters: Parameters) -> Findings:
    """Return the findings, with the failures of accounts and regions.

    Raises click.ClickException if nothing can be audited: no credentials, no accounts, or no
    regions of the caller's account.
    """
    names = options.check_regions(target.regions)
    caller = targets.open_caller(target, names)
    regions = targets.choose_regions(caller, names, target.all_regions)
    accounts = {caller.id: ""}
    if target.role_name is not None:
        accounts = targets.choose_accounts(caller, target)
    else:
        regions = _read_now(regions, caller)
    trail_role, role_name = parameters.organization_trail_role_arn, target.role_name or ""
    at = audit_account.now()
    with Progress(len(accounts), shown=not target.verbose) as progress:
        outcomes = audit_accounts(
            accounts,
            lambda account: caller.clients_in(account, role_name, trail_role),
            AuditRequest(controls, parameters, regions),
            progress,
        )
    return Findings.of(outcomes, at, controls, accounts)


def collect(target: TargetOptions, trail_role: str) -> Snapshot:
    """Return a snapshot of the caller's account in which every collection is complete.

    Raises click.ClickException; a partly read account is not kept.
    """
    names = options.check_regions(target.regions)
    caller = targets.open_caller(target, names)
    clients = caller.clients(trail_role)
    try:
        regions = targets.choose_regions(caller, names, target.all_regions)(clients)
        return collect_account(clients, caller.id, regions, audit_account.now())
    except CollectError as error:
        raise click.ClickException(str(error)) from None


def _read_now(regions: targets.RegionsOf, caller: Caller) -> targets.RegionsOf:
    """Return the same regions, already read: a failure then ends the audit."""
    try:
        names = regions(caller.clients())
    except CollectError as error:
        raise click.ClickException(str(error)) from None
    return lambda clients: names
