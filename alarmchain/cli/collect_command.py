"""`alarmchain collect`: reads an account into a snapshot file, for an audit elsewhere or later."""

import json
from pathlib import Path

import click

from alarmchain.arn import Arn
from alarmchain.cli import options, output_file
from alarmchain.cli.redaction import without_endpoints
from alarmchain.cli.standard_streams import write_error
from alarmchain.snapshot.snapshot import Snapshot
from alarmchain.snapshot.snapshot_json import to_json


@click.command("collect", short_help="Read an account into a snapshot, to audit it later.")
@click.option(
    "--output",
    "path",
    type=options.FilePath(),
    required=True,
    metavar="FILE",
    help="File to write the snapshot to; - is standard output.",
)
@options.PROFILE
@options.regions_option("Regions to read. Default: the profile's region.")
@click.option(
    "--all-regions", is_flag=True, help="Read every region that is enabled in the account."
)
@click.option(
    "--organization-trail-role",
    "role",
    default="",
    metavar="ARN",
    help="Role in the account that owns an organization trail, to read the chain there.",
)
@click.option(
    "--redact-endpoints",
    "redact",
    is_flag=True,
    help="Leave out the addresses of subscribers. No verdict depends on them.",
)
@options.VERBOSE
def command(
    path: Path,
    profile: str | None,
    regions: tuple[str, ...],
    all_regions: bool,
    role: str,
    redact: bool,
    verbose: bool,
) -> None:
    """Read the regions, and the home regions of their trails, into a snapshot.

    The file lists the reads that were denied. It contains names, policies and the addresses of
    subscribers (of a URL only the host), but no log events and no secrets.
    """
    from alarmchain.cli.live import live_audit

    if role and Arn.parse(role) is None:
        raise click.ClickException(
            f"organization trail role '{role}': expected the ARN of an IAM role"
        )
    targets = options.TargetOptions(profile, regions, all_regions, verbose=verbose)
    targets.check(in_file=False)
    to_standard_output = output_file.is_standard_output(path)
    if not to_standard_output:
        output_file.check_writable(path)
    snapshot = live_audit.collect(targets, role)
    snapshot = without_endpoints(snapshot) if redact else snapshot
    text = json.dumps(to_json(snapshot), indent=1) + "\n"
    if to_standard_output:
        click.echo(text, nl=False)
        write_error(f"alarmchain: {_summary(snapshot)}")
    else:
        output_file.write(path, text)
        click.echo(f"{_summary(snapshot)}; see {path}")


def _summary(snapshot: Snapshot) -> str:
    count = len(snapshot.denied)
    denied = f", {count} read{'' if count == 1 else 's'} denied" if count else ""
    return f"account {snapshot.account}: {', '.join(sorted(snapshot.regions))}{denied}"
