"""An audit of a snapshot file. Imports neither boto3 nor rdklib."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from alarmchain.control import Control
from alarmchain.decision.assess import assess
from alarmchain.decision.assessment import Assessment
from alarmchain.parameters import Parameters
from alarmchain.report.findings import Failure
from alarmchain.snapshot.snapshot import Snapshot
from alarmchain.snapshot.snapshot_json import SnapshotError, from_json


def load(path: Path) -> Snapshot:
    """The snapshot in a file.

    Raises click.ClickException, which names the file and the place in it.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise click.ClickException(
            f"cannot read snapshot {path}: {error.strerror or error}"
        ) from None
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path} is no JSON: byte {error.start} is not UTF-8") from None
    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
        return from_json(document)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise click.ClickException(f"{path} is no JSON: {error.msg} at {place}") from None
    except (SnapshotError, _JsonError) as error:
        raise click.ClickException(f"{path} is no snapshot: {error}") from None
    except RecursionError:
        raise click.ClickException(f"{path} is no snapshot: it is nested too deeply") from None


class _JsonError(ValueError):
    """JSON that can't be trusted to mean one thing."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _JsonError(f"'{key}' is there twice in one object")
        found[key] = value
    return found


def _no_number(name: str) -> Any:
    raise _JsonError(f"{name} is no JSON number")


def audit_snapshot(
    snapshot: Snapshot,
    controls: Iterable[Control],
    regions: Iterable[str],
    parameters: Parameters,
) -> Iterator[Assessment | Failure]:
    """Every control in every region; one that is not in the snapshot is assessed as unread.

    Raises click.ClickException where there is no region at all.
    """
    wanted = tuple(regions) or tuple(snapshot.regions)
    if not wanted:
        # Else nothing would be judged, and the audit would end as if all were well.
        raise click.ClickException("the snapshot holds no region; name one with --region")
    for control in controls:
        for region in wanted:
            try:
                yield assess(control, snapshot, region, parameters)
            except Exception as error:  # noqa: BLE001 - told as an error, and the rest goes on
                why = f"cannot be assessed: {type(error).__name__}: {error}"
                yield Failure(snapshot.account, region, control.name, why)
