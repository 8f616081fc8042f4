"""`alarmchain collect`: the snapshot of an account, for an audit elsewhere or later."""

import json
from pathlib import Path

import click

from alarmchain.arn import Arn
from alarmchain.cli import options, output_file
from alarmchain.cli.live.where import TargetOptions
from alarmchain.cli.redaction import without_endpoints
from alarmchain.snapshot.snapshot import Snapshot
from alarmchain.snapshot.snapshot_json import to_json


@click.command("collect", short_help="Read an account into a snapshot, to audit it later.")
@click.option(
    "--output",
    "path",
    type=options.FilePath(),
    required=True,
    metavar="FILE",
    help="File to write the snapshot to.",
)
@click.option("--profile", metavar="NAME", help=options.PROFILE)
@click.option(
    "--region",
    "regions",
    multiple=True,
    metavar="NAME",
    help="Region to read; may be repeated. Without it the profile's.",
)
@click.option("--all-regions", is_flag=True, help="Read every region that the account has enabled.")
@click.option(
    "--organization-trail-role",
    "role",
    default="",
    metavar="ARN",
    help="Role in the account that owns an organization trail, to follow that trail.",
)
@click.option(
    "--redact-endpoints",
    "redact",
    is_flag=True,
    help="Leave out the addresses of subscribers; no verdict hangs on them.",
)
def command(
    path: Path,
    profile: str | None,
    regions: tuple[str, ...],
    all_regions: bool,
    role: str,
    redact: bool,
) -> None:
    """Read the regions, and those where their trails are at home, into a snapshot.

    What may not be read is noted in the file. It holds no log events and no secrets, but names,
    policies and the addresses of subscribers, of a URL no more than its host.
    """
    from alarmchain.cli.live import live_audit

    if role and Arn.parse(role) is None:
        raise click.ClickException(f"organization trail role '{role}' is no ARN of an IAM role")
    where = TargetOptions(profile, regions, all_regions)
    where.check(in_file=False)
    output_file.writable(path)
    snapshot = live_audit.collect(where, role)
    snapshot = without_endpoints(snapshot) if redact else snapshot
    output_file.write(path, json.dumps(to_json(snapshot), indent=1) + "\n")
    click.echo(f"{_summary(snapshot)}; see {path}")


def _summary(snapshot: Snapshot) -> str:
    refused = len(snapshot.denied)
    denied = f", {refused} read{'' if refused == 1 else 's'} denied" if refused else ""
    return f"account {snapshot.account}: {', '.join(sorted(snapshot.regions))}{denied}"
