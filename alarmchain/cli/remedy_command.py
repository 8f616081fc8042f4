"""`alarmchain remedy`: prints the AWS CLI commands that close a finding. It changes nothing."""

from pathlib import Path

import click

from alarmchain.cli import options, snapshot_file
from alarmchain.cli.completion import complete_rule
from alarmchain.cli.json_input import input_name
from alarmchain.decision.assessment import Outcome
from alarmchain.parameters import Parameters
from alarmchain.remedy import text
from alarmchain.remedy.plan import make_plan
from alarmchain.snapshot.snapshot import Snapshot


@click.command("remedy", short_help="Print the AWS CLI commands that close a finding.")
@click.option(
    "--rule",
    required=True,
    metavar="NAME",
    shell_complete=complete_rule,
    help="Rule of the finding.",
)
@options.regions_option("Regions of the finding. Default: the profile's, or all of a snapshot.")
@options.SNAPSHOT
@options.PROFILE
@click.option(
    "--email", default="", metavar="ADDRESS", help="Person to notify, if nobody is notified yet."
)
@options.PARAMETER
@options.VERBOSE
def command(
    rule: str,
    regions: tuple[str, ...],
    snapshot: Path | None,
    profile: str | None,
    email: str,
    pairs: tuple[str, ...],
    verbose: bool,
) -> int:
    """Print the AWS CLI commands that make what a rule finds missing, and why each is needed.

    It only reads. It prints commands only if the rule is COMPLIANT after them and after the
    confirmation by the subscriber. Otherwise it says who must do what first.

    Exit status: 0 if nothing is missing, 1 if something is, 2 if an option or the snapshot cannot
    be used, or AWS cannot be read.
    """
    control = options.control(rule)
    parameters = options.parameters(pairs)
    if email and (email.count("@") != 1 or any(letter.isspace() for letter in email)):
        raise click.ClickException(f"--email '{email}': expected an e-mail address")
    targets = options.TargetOptions(profile, options.check_regions(regions), verbose=verbose)
    targets.check(in_file=snapshot is not None)
    account = _read(snapshot, targets, parameters)
    missing = False
    texts = []
    for region in targets.regions or tuple(account.regions):
        plan = make_plan(control, account, region, parameters, email)
        missing |= plan.before.outcome not in (Outcome.COVERED, Outcome.NOT_APPLICABLE)
        # Regions may share a log group: what is printed for one also serves the next.
        account = plan.snapshot
        texts.append(text.render(plan))
    click.echo("\n".join(texts), nl=False)
    return int(missing)


def _read(path: Path | None, targets: options.TargetOptions, parameters: Parameters) -> Snapshot:
    """Return the snapshot with the regions. Raises click.ClickException."""
    if path is None:
        from alarmchain.cli.live import live_audit  # boto3 is slow to import

        return live_audit.collect(targets, parameters.organization_trail_role_arn)
    snapshot = snapshot_file.load(path)
    for region in targets.regions or ("",):
        if region not in snapshot.regions and (region or not snapshot.regions):
            known = ", ".join(snapshot.regions) or "none"
            raise click.ClickException(
                f"{input_name(path)} has no region '{region}'; it has {known}"
            )
    return snapshot
