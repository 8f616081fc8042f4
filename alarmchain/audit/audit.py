"""`alarmchain audit`: every rule in every region of an account, live or from a snapshot."""

from pathlib import Path

import click

from alarmchain.audit import offline, options, output
from alarmchain.audit.where import Where
from alarmchain.control import Control
from alarmchain.parameters import Parameters
from alarmchain.report.findings import Findings
from alarmchain.report.formats import FORMATS, render


@click.command("audit")
@click.option("--snapshot", type=click.Path(path_type=Path), help="Audit this file, not AWS.")
@click.option("--profile", help="Profile of the AWS configuration; the environment's otherwise.")
@click.option("--region", "regions", multiple=True, help="Region to audit; may be repeated.")
@click.option("--all-regions", is_flag=True, help="Every region that the account has enabled.")
@click.option("--role-name", help="Role to take in each of the accounts.")
@click.option("--accounts", default="", metavar="ID,...", help="Accounts to audit, not one's own.")
@click.option("--organization", is_flag=True, help="Every active account of the organization.")
@click.option("--rule", "rules", multiple=True, help="Rule to audit; may be repeated. All else.")
@click.option(
    "--parameter", "pairs", multiple=True, metavar="NAME=VALUE", help="Parameter of the rules."
)
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text")
@click.option("--output", "path", type=click.Path(path_type=Path), help="File for the report.")
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

    With --role-name and --accounts or --organization, in many accounts; the caller's own is read
    without the role.

    Exit status: 0 if every result is COMPLIANT, 1 if one is not, 2 if something could not be
    assessed.
    """
    where = Where(profile, regions, all_regions, role_name, accounts, organization)
    where.check(snapshot is not None)
    named = [options.control(name) for name in sorted(set(rules))]
    controls = tuple(named or options.controls().values())
    parameters = options.parameters(pairs)
    if path is not None:
        output.writable(path)
    if snapshot is not None:
        findings = _of_file(snapshot, controls, regions, parameters)
    else:
        findings = _of_accounts(where, controls, parameters)
    report = render(findings, form)
    if path is None:
        click.echo(report, nl=False)
    else:
        output.write(path, report)
        click.echo(f"{findings.summary}; see {path}")
    return findings.exit_code


def _of_file(
    path: Path, controls: tuple[Control, ...], regions: tuple[str, ...], parameters: Parameters
) -> Findings:
    named = options.check_regions(regions)
    snapshot = offline.load(path)
    found = offline.audit_snapshot(snapshot, controls, named, parameters)
    return _told(Findings.of(found, snapshot.collected_at, controls))


def _of_accounts(where: Where, controls: tuple[Control, ...], parameters: Parameters) -> Findings:
    from alarmchain.audit import fleet, live  # boto3 is slow to import, and a snapshot needs none

    for call in live.unheard_of(parameters.additional_calls):
        words = f"note: botocore knows no operation {call.event_name} of {call.event_source}"
        click.echo(f"alarmchain: {words}", err=True)
    return _told(fleet.audit(where, controls, parameters))


def _told(findings: Findings) -> Findings:
    """Tells of the failures on standard error as well, one line for those that are alike."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for one in findings.failures:
        alike.setdefault((one.account, one.region, one.error), []).append(one.rule)
    for (account, region, error), rules in alike.items():
        place = f"{region} of {account}" if region else f"account {account}"
        named = f"{', '.join(rules)} in " if any(rules) else ""
        click.echo(f"alarmchain: {named}{place}: {error}", err=True)
    return findings
