"""`alarmchain audit`: every rule in every region of an account, live or from a snapshot."""

from pathlib import Path

import click

from alarmchain.cli import options, output_file, snapshot_file
from alarmchain.cli.live.where import TargetOptions
from alarmchain.control import Control
from alarmchain.parameters import Parameters
from alarmchain.report.escape_text import visible
from alarmchain.report.findings import Findings
from alarmchain.report.formats import FORMATS, render
from alarmchain.report.grouping import lost, place


@click.command("audit")
@click.option(
    "--snapshot",
    type=options.FilePath(),
    metavar="FILE",
    help="Audit what `alarmchain collect` wrote to FILE; AWS is not asked.",
)
@click.option("--profile", metavar="NAME", help=options.PROFILE)
@click.option(
    "--region",
    "regions",
    multiple=True,
    metavar="NAME",
    help="Region to audit; may be repeated. Without it the profile's, of a snapshot all.",
)
@click.option("--all-regions", is_flag=True, help="Audit every region that an account has enabled.")
@click.option("--accounts", default="", metavar="ID,...", help="Audit these accounts.")
@click.option("--organization", is_flag=True, help="Audit all active accounts of the organization.")
@click.option(
    "--role-name", metavar="NAME", help="Role to take in each of --accounts or --organization."
)
@click.option(
    "--rule",
    "rules",
    multiple=True,
    metavar="NAME",
    help="Rule to audit; may be repeated. Without it every rule.",
)
@click.option(
    "--parameter",
    "pairs",
    multiple=True,
    metavar="NAME=VALUE",
    help="Parameter for the rules, such as CallList=extended; may be repeated.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="What to write: text for people, a page, or data for programs.",
)
@click.option(
    "--output",
    "path",
    type=options.FilePath(),
    metavar="FILE",
    help="Write the report to FILE, and one line that sums it up to standard output.",
)
def command(
    snapshot: Path | None,
    profile: str | None,
    regions: tuple[str, ...],
    all_regions: bool,
    role_name: str | None,
    accounts: str,
    organization: bool,
    rules: tuple[str, ...],
    pairs: tuple[str, ...],
    form: str,
    path: Path | None,
) -> int:
    """Decide whether dangerous API calls would really reach a person.

    It only reads. Without --accounts or --organization it audits the account of the credentials;
    with them that one, too, is read with the credentials and not by way of the role.

    Exit status: 0 if every result is COMPLIANT, 1 if one is not, 2 if something could not be
    assessed.
    """
    where = TargetOptions(profile, regions, all_regions, role_name, accounts, organization)
    where.check(snapshot is not None)
    named = [options.control(name) for name in sorted(set(rules))]
    controls = tuple(named or options.controls().values())
    parameters = options.parameters(pairs)
    if path is not None:
        output_file.writable(path)
    if snapshot is not None:
        findings = _of_file(snapshot, controls, regions, parameters)
    else:
        findings = _of_accounts(where, controls, parameters)
    report = render(findings, form)
    if path is None:
        click.echo(report, nl=False)
    else:
        output_file.write(path, report)
        click.echo(f"{findings.summary}; see {path}")
    return findings.exit_code


def _of_file(
    path: Path, controls: tuple[Control, ...], regions: tuple[str, ...], parameters: Parameters
) -> Findings:
    named = options.check_regions(regions)
    snapshot = snapshot_file.load(path)
    found = snapshot_file.audit_snapshot(snapshot, controls, named, parameters)
    return _told(Findings.of(found, snapshot.collected_at, controls))


def _of_accounts(
    where: TargetOptions, controls: tuple[Control, ...], parameters: Parameters
) -> Findings:
    from alarmchain.cli.live import (
        audit_account,  # boto3 is slow to import, and a snapshot needs none
        live_audit,
    )

    for call in audit_account.unheard_of(parameters.additional_calls):
        words = f"note: botocore knows no operation {call.event_name} of {call.event_source}"
        click.echo(f"alarmchain: {words}", err=True)
    return _told(live_audit.audit(where, controls, parameters))


def _told(findings: Findings) -> Findings:
    """Tells of the failures on standard error as well, one line for those that are alike."""
    for one in lost(findings):
        words = place(one, len(findings.controls))
        account = findings.called(one.account)
        where = f"{words} of {account}" if words else f"account {account}"
        click.echo(visible(f"alarmchain: {where}: {one.error}"), err=True)
    return findings
