"""Reads files, standard input, and the JSON in them."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import click

STANDARD_INPUT = Path("-")
"""The file that stands for standard input."""


class JsonError(ValueError):
    """Invalid JSON; the message continues a sentence that begins with the name of the input."""


def parse_json(data: bytes, *, unique_keys: bool = False) -> Any:
    """Return the value of a JSON text.

    With `unique_keys`, an object with the same key twice is refused. Raises JsonError.
    """
    pairs_hook = _unique if unique_keys else None
    try:
        return json.loads(data, object_pairs_hook=pairs_hook, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise JsonError(f"is not valid JSON: byte {error.start} is not UTF-8") from None
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if "\n" in error.doc else ""
        where = f"{line}column {error.colno}"
        raise JsonError(f"is not valid JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise JsonError("is nested too deeply") from None
    except ValueError as error:
        raise JsonError(f"is not valid JSON: {one_line(str(error))}") from None


def input_name(path: Path) -> str:
    """Return the name of an input for a message."""
    return "standard input" if path == STANDARD_INPUT else str(path)


def read_file(path: Path, kind: str = "") -> bytes:
    """Return the content of a file; `kind`: what it is, for the message.

    Raises click.ClickException, which names the kind and the file.
    """
    return _read(path.read_bytes, f"{kind} {path}".lstrip())


def read_input(path: Path, kind: str = "") -> bytes:
    """Return the content of a file as read_file() does, or for STANDARD_INPUT that of standard
    input."""
    if path == STANDARD_INPUT:
        return _read(standard_input().read, input_name(path))
    return read_file(path, kind)


def standard_input() -> BinaryIO:
    """Return standard input as bytes. Raises click.ClickException if it is closed."""
    if sys.stdin is None:
        raise click.ClickException("standard input is closed")
    return sys.stdin.buffer


def _read(read: Callable[[], bytes], name: str) -> bytes:
    try:
        return read()
    except OSError as error:
        raise click.ClickException(f"cannot read {name}: {error.strerror or error}") from None


def one_line(message: str) -> str:
    """Return the message without line breaks."""
    return " ".join(message.split())


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"'{key}' is set twice in one object")
        result[key] = value
    return result


def _refuse_constant(constant: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python reads and JSON does not have."""
    raise ValueError(f"{constant} is not a JSON number")
