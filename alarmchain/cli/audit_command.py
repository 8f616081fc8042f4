"""`alarmchain audit`: assesses every rule in every region of an account or of a snapshot."""

from dataclasses import replace
from pathlib import Path

import click

from alarmchain.cli import baseline_file, exceptions_file, options, snapshot_file
from alarmchain.cli.completion import complete_rule, complete_rule_set
from alarmchain.cli.report_outputs import report_outputs, write_reports
from alarmchain.cli.standard_streams import report_problem
from alarmchain.control import Control
from alarmchain.json_document import DocumentError
from alarmchain.parameters import Parameters
from alarmchain.report.baseline_comparison import with_baseline
from alarmchain.report.error_lines import error_lines
from alarmchain.report.exception_matching import with_exceptions
from alarmchain.report.findings import Findings
from alarmchain.report.formats import FORMATS, render

_UNUSABLE = 2


@click.command("audit")
@options.SNAPSHOT
@options.PROFILE
@options.regions_option("Regions to audit. Default: the profile's region, or all of a snapshot.")
@click.option(
    "--all-regions", is_flag=True, help="Audit every region that is enabled in the account."
)
@click.option("--accounts", default="", metavar="ID,...", help="Audit these accounts.")
@click.option("--organization", is_flag=True, help="Audit all active accounts of the organization.")
@click.option(
    "--role-name", metavar="NAME", help="Role to assume in each of --accounts or --organization."
)
@click.option(
    "--rule",
    "rules",
    multiple=True,
    metavar="NAME,...",
    shell_complete=complete_rule,
    help="Rules to audit. Default: every rule.",
)
@click.option(
    "--rule-set",
    metavar="NAME",
    shell_complete=complete_rule_set,
    help="Audit the rules of a set, such as cis-3.0, security-hub or all, instead of --rule.",
)
@options.PARAMETER
@click.option(
    "--exceptions",
    "exceptions_path",
    type=options.FilePath(),
    metavar="FILE",
    help="TOML file of faults that are accepted until a day. They stay in the report, but do not"
    " count for the exit status.",
)
@click.option(
    "--baseline",
    "baseline_path",
    type=options.FilePath(),
    metavar="FILE",
    help="Earlier JSON report. The report says what is new, changed, unchanged and fixed; only what"
    " is new or changed counts for the exit status.",
)
@click.option(
    "--format",
    "forms",
    multiple=True,
    type=click.Choice(list(FORMATS)),
    help="Format of the report: text (the default) or html for people, the others for programs."
    " May be repeated, each with its own --output.",
)
@click.option(
    "--output",
    "paths",
    multiple=True,
    type=options.FilePath(),
    metavar="FILE",
    help="Write the report to FILE, and a one-line summary to standard output."
    " With several --format, the first FILE is for the first format; - is standard output.",
)
@options.VERBOSE
def command(
    snapshot: Path | None,
    profile: str | None,
    regions: tuple[str, ...],
    all_regions: bool,
    role_name: str | None,
    accounts: str,
    organization: bool,
    rules: tuple[str, ...],
    rule_set: str | None,
    pairs: tuple[str, ...],
    exceptions_path: Path | None,
    baseline_path: Path | None,
    forms: tuple[str, ...],
    paths: tuple[Path, ...],
    verbose: bool,
) -> int:
    """Decide whether dangerous API calls would really reach a person.

    The audit only reads. By default it audits the account of the credentials. With --accounts or
    --organization it assumes the role in each account, except in the account of the credentials.

    Exit status: 0 if every result is COMPLIANT, 1 if one is not, 2 if something could not be
    assessed or an option cannot be used. With --exceptions, accepted faults do not count for
    status 1; with --baseline, only what is new or has changed counts.
    """
    targets = options.TargetOptions(
        profile, regions, all_regions, role_name, accounts, organization, verbose
    )
    targets.check(snapshot is not None)
    controls = options.selected_controls(rules, rule_set)
    parameters = options.parameters(pairs)
    for control in controls:
        options.required_classes(control, parameters)
    exceptions = exceptions_file.load(exceptions_path, options.controls())
    baseline = baseline_file.load(baseline_path, parameters)
    outputs = report_outputs(forms, paths, (snapshot, exceptions_path))
    if snapshot is not None:
        findings = _audit_file(snapshot, controls, regions, parameters)
    else:
        findings = _audit_accounts(targets, controls, parameters)
    findings = replace(findings, parameters=parameters.given)
    findings = with_exceptions(findings, exceptions)
    refusal = ""
    if baseline is not None:
        try:
            findings = with_baseline(findings, baseline)
        except DocumentError as error:
            # The account is known only now. The reports, which took time, are still written.
            refusal = f"{baseline_path} cannot be the baseline: {error}; nothing was compared"
    for note in filter(None, (*findings.notes, refusal)):
        report_problem(note)
    write_reports(
        lambda form, colored: render(findings, form, colored=colored), findings.summary, outputs
    )
    return _UNUSABLE if refusal else findings.exit_code


def _audit_file(
    path: Path, controls: tuple[Control, ...], regions: tuple[str, ...], parameters: Parameters
) -> Findings:
    names = options.check_regions(regions)
    snapshot = snapshot_file.load(path)
    outcomes = snapshot_file.audit_snapshot(snapshot, controls, names, parameters)
    return _report_failures(Findings.of(outcomes, snapshot.collected_at, controls))


def _audit_accounts(
    targets: options.TargetOptions, controls: tuple[Control, ...], parameters: Parameters
) -> Findings:
    from alarmchain.cli.live import (
        audit_account,  # boto3 is slow to import, and a snapshot needs none
        live_audit,
    )

    for call in audit_account.unknown_operations(parameters.additional_calls):
        note = f"botocore does not know the operation {call.event_name} of {call.event_source}"
        report_problem(f"note: {note}")
    return _report_failures(live_audit.audit(targets, controls, parameters))


def _report_failures(findings: Findings) -> Findings:
    """Write the failures to standard error, too, one line for each cause. Return the findings."""
    for line in error_lines(findings):
        report_problem(line)
    return findings
