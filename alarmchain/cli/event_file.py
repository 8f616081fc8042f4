"""The events of a file: one event, or a log file of CloudTrail with its Records."""

import zlib
from pathlib import Path

import click

from alarmchain.cli.json_input import JsonError, input_name, parse_json, read_input
from alarmchain.records.record_fields import Json

MOST_BYTES = 200 * 2**20
"""A log file has at most 50 MB before compression (AWS CloudTrail User Guide, "Log file examples");
more is not unpacked."""
_GZIP = b"\x1f\x8b"


def read_events(file: str) -> tuple[list[dict[str, Json]], bool]:
    """Return the events in order, and whether the file is a list of Records.

    `file`: a path, or - for standard input; it may be compressed with gzip, as CloudTrail writes
    it. Raises click.ClickException, which names the file.
    """
    if not file:
        raise click.ClickException("EVENT.json is empty; expected the path of a file, or -")
    path = Path(file)
    name = input_name(path)
    data = read_input(path)
    try:
        document = parse_json(_unpacked(data) if data.startswith(_GZIP) else data)
    except JsonError as error:
        raise click.ClickException(f"{name} {error}") from None
    if not isinstance(document, dict):
        raise click.ClickException(f"{name}: expected an event or Records, a JSON object")
    if "eventName" in document or not isinstance(document.get("Records"), list):
        return [document], False
    records = document["Records"]
    for index, record in enumerate(records):
        if not isinstance(record, dict):
            raise click.ClickException(f"{name}: Records[{index}]: expected a JSON object")
    if not records:
        raise click.ClickException(f"{name}: Records is empty; expected at least one event")
    return records, True


def _unpacked(data: bytes) -> bytes:
    """Return the content of a gzip file. Raises JsonError."""
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        content = unpacker.decompress(data, MOST_BYTES)
    except zlib.error as error:
        raise JsonError(f"is not a gzip file: {error}") from None
    if not unpacker.eof:
        problem = f"has over {MOST_BYTES} bytes" if unpacker.unconsumed_tail else "ends too early"
        raise JsonError(f"{problem} when it is unpacked")
    return content
