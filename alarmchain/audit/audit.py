"""`alarmchain audit`: every rule in every region of an account, live or from a snapshot."""

import sys
import time
from pathlib import Path

import click

from alarmchain.assessment import Assessment
from alarmchain.audit import offline, options, output
from alarmchain.control import Control
from alarmchain.parameters import Parameters
from alarmchain.report.findings import Failure, Findings
from alarmchain.report.formats import FORMATS, render


@click.command("audit")
@click.option("--snapshot", type=click.Path(path_type=Path), help="Audit this file, not AWS.")
@click.option("--profile", help="Profile of the AWS configuration; the environment's otherwise.")
@click.option("--region", "regions", multiple=True, help="Region to audit; may be repeated.")
@click.option("--all-regions", is_flag=True, help="Every region that the account has enabled.")
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
    rules: tuple[str, ...],
    pairs: tuple[str, ...],
    form: str,
    path: Path | None,
) -> int:
    """Decide whether dangerous API calls would really reach a person.

    Exit status: 0 if every result is COMPLIANT, 1 if one is not, 2 if something could not be
    assessed.
    """
    if snapshot is not None and profile is not None:
        raise click.ClickException("--profile has no meaning beside --snapshot")
    if snapshot is not None and all_regions and regions:
        raise click.ClickException("--all-regions and --region exclude each other")
    named = [options.control(name) for name in sorted(set(rules))]
    controls = tuple(named or options.controls().values())
    parameters = options.parameters(pairs)
    if path is not None:
        output.writable(path)
    if snapshot is not None:
        findings = _of_file(snapshot, controls, regions, parameters)
    else:
        findings = _of_account(profile, regions, all_regions, controls, parameters)
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
    snapshot = offline.load(path)
    found = offline.audit_snapshot(snapshot, controls, dict.fromkeys(regions), parameters)
    return _told(Findings.of(found, snapshot.collected_at, controls))


def _of_account(
    profile: str | None,
    regions: tuple[str, ...],
    all_regions: bool,
    controls: tuple[Control, ...],
    parameters: Parameters,
) -> Findings:
    from alarmchain.audit import live  # boto3 is slow to import, and a snapshot needs none

    role = parameters.organization_trail_role_arn
    account = live.Account(profile, regions, all_regions=all_regions, role_arn=role)
    for call in live.unheard_of(parameters.additional_calls):
        words = f"note: botocore knows no operation {call.event_name} of {call.event_source}"
        click.echo(f"alarmchain: {words}", err=True)
    now = float(int(time.time()))
    found: list[Assessment | Failure] = []
    found += live.audit_account(account, controls, parameters, now, progress)
    return _told(Findings.of(found, now, controls))


def _told(findings: Findings) -> Findings:
    """Tells of the failures on standard error as well, one line each."""
    for one in findings.failures:
        click.echo(f"alarmchain: {one.rule} in {one.region}: {one.error}", err=True)
    return findings


def progress(region: str) -> None:
    """A line for whoever waits at a terminal."""
    if sys.stderr.isatty():
        click.echo(f"reading {region} ...", err=True)
