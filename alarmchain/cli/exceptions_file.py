"""Reads the file of --exceptions: the faults that people accept, in TOML."""

import tomllib
from collections.abc import Callable, Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from alarmchain.cli.json_input import read_file
from alarmchain.place import ACCOUNT_ID, REGION_NAME
from alarmchain.report.exceptions import ANY, AcceptedException

_TABLE = "exception"
_OPTIONAL = ("calls",)
_LEAST = 10
"""The fewest characters in a row of a reason: wildcards alone accept every fault."""


def load(path: Path | None, rules: Collection[str]) -> tuple[AcceptedException, ...]:
    """Return the exceptions in the file, without a file none; `rules`: the names of all rules.

    Raises click.ClickException, which names the file, the exception, the key and the value.
    """
    if path is None:
        return ()
    data = read_file(path, "exceptions")
    try:
        document = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        message = f"{path} is not valid TOML: byte {error.start} is not UTF-8"
        raise click.ClickException(message) from None
    except tomllib.TOMLDecodeError as error:
        raise click.ClickException(f"{path} is not valid TOML: {error}") from None
    except RecursionError:
        raise click.ClickException(f"{path} is nested too deeply") from None
    for key in document:
        if key != _TABLE:
            raise click.ClickException(f"{path}: '{key}' is unknown; expected [[{_TABLE}]]")
    entries = document.get(_TABLE, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise click.ClickException(f"{path}: expected tables that begin with [[{_TABLE}]]")
    return tuple(
        _exception(entry, number, f"{path}: exception {number}", rules)
        for number, entry in enumerate(entries, 1)
    )


def _exception(
    entry: Mapping[str, Any], number: int, where: str, rules: Collection[str]
) -> AcceptedException:
    checks = _checks(rules)
    for key in entry:
        if key not in checks:
            known = ", ".join(checks)
            raise click.ClickException(f"{where}: '{key}' is unknown; known: {known}")
    for key, (is_valid, expected) in checks.items():
        if key not in entry:
            if key in _OPTIONAL:
                continue
            raise click.ClickException(f"{where} has no {key}; expected {expected}")
        if not is_valid(entry[key]):
            value = _shown(entry[key])
            raise click.ClickException(f"{where}: {key} is {value}; expected {expected}")
    calls = tuple(entry.get("calls", ()))
    return AcceptedException(number, **{**entry, "calls": calls})


def _checks(rules: Collection[str]) -> dict[str, tuple[Callable[[Any], bool], str]]:
    """Return for each key what its value must be, as a check and in words."""
    return {
        "account": (
            lambda value: _is_text(value) and (value == ANY or bool(ACCOUNT_ID.fullmatch(value))),
            f"12 digits in quotes, or '{ANY}' for every account",
        ),
        "region": (
            lambda value: _is_text(value) and (value == ANY or bool(REGION_NAME.fullmatch(value))),
            f"a name such as 'us-east-1', or '{ANY}' for every region",
        ),
        "rule": (
            lambda value: _is_text(value) and (value == ANY or value in rules),
            f"'{ANY}' for every rule, or one of {', '.join(rules)}",
        ),
        "reason": (
            lambda value: _is_text(value) and _longest_part(value) >= _LEAST,
            "the reason of the fault as the report has it, with at least"
            f" {_LEAST} characters in a row without '{ANY}'",
        ),
        "until": (
            lambda value: type(value) is date,  # a datetime is a date, too
            "the last day of the exception, such as 2027-03-31 without quotes",
        ),
        "why": (_is_text, "why the fault is accepted"),
        "calls": (
            lambda value: isinstance(value, list) and bool(value) and all(map(_is_text, value)),
            "a list of one or more names of calls, such as ['StopLogging']",
        ),
    }


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _longest_part(reason: str) -> int:
    return max(len(" ".join(part.split())) for part in reason.split(ANY))


def _shown(value: object) -> str:
    """Return a value as TOML has it, as far as that takes one short line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{value}'"
    if isinstance(value, dict):
        return "a table"
    return str(value)
