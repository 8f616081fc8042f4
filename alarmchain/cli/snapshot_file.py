"""Audits a snapshot file. Imports neither boto3 nor rdklib."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import click

from alarmchain.chain.judgement import unknown
from alarmchain.cli.json_input import JsonError, input_name, parse_json, read_input
from alarmchain.control import Control
from alarmchain.decision.assess import assess
from alarmchain.decision.assessment import Assessment, Link, Outcome
from alarmchain.json_document import DocumentError
from alarmchain.parameters import Parameters
from alarmchain.report.findings import Failure
from alarmchain.snapshot.snapshot import Snapshot
from alarmchain.snapshot.snapshot_json import from_json


def load(path: Path) -> Snapshot:
    """Return the snapshot in a file, or for STANDARD_INPUT the one in standard input.

    Raises click.ClickException, which names the file and the position of the fault.
    """
    name = input_name(path)
    try:
        return from_json(parse_json(read_input(path, "snapshot"), unique_keys=True))
    except JsonError as error:
        raise click.ClickException(f"{name} {error}") from None
    except DocumentError as error:
        raise click.ClickException(f"{name} is not a snapshot: {error}") from None
    except RecursionError:
        raise click.ClickException(f"{name} is nested too deeply") from None


def audit_snapshot(
    snapshot: Snapshot,
    controls: Iterable[Control],
    regions: Iterable[str],
    parameters: Parameters,
) -> Iterator[Assessment | Failure]:
    """Yield the result of every control in every region, by default those of the snapshot.

    A region that is not in the snapshot is unknown. Raises click.ClickException if there is no
    region at all: an audit without any result would look like a success.
    """
    names = tuple(regions) or tuple(snapshot.regions)
    if not names:
        raise click.ClickException("the snapshot holds no region; name one with --region")
    for control in controls:
        for region in names:
            try:
                assessment = assess(control, snapshot, region, parameters)
            except Exception as error:  # noqa: BLE001 - reported, and the others are still assessed
                reason = f"the assessment failed: {type(error).__name__}: {error}"
                yield Failure(snapshot.account, region, control.name, reason)
                continue
            if assessment.outcome is Outcome.UNKNOWN and region not in snapshot.regions:
                assessment = _not_in_snapshot(assessment, snapshot)
            yield assessment


def _not_in_snapshot(assessment: Assessment, snapshot: Snapshot) -> Assessment:
    """Return the result with the missing region as its reason, instead of the missing read."""
    reason = f"{assessment.region} is not in this snapshot"
    remedy = f"collect it: alarmchain collect --region {assessment.region}"
    judgement = unknown(
        reason,
        observed=f"a snapshot of {', '.join(sorted(snapshot.regions)) or 'no region'}",
        wanted="a snapshot of the region",
        remedy=remedy,
    )
    calls = {name: replace(call, reason=reason) for name, call in assessment.calls.items()}
    return replace(
        assessment,
        annotation=f"UNKNOWN: {reason}. {remedy[0].upper()}{remedy[1:]}",
        remedy=remedy,
        calls=calls,
        chain=(Link("trail", assessment.account, assessment.region, "", judgement),),
    )
