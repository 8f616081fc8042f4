"""What a command is given to read."""

import sys
from typing import BinaryIO, NoReturn

import click


def standard_input() -> BinaryIO:
    """Standard input, as bytes. Raises click.ClickException where the caller has closed it."""
    if sys.stdin is None:
        raise click.ClickException("standard input is closed")
    return sys.stdin.buffer


def no_number(constant: str) -> NoReturn:
    """For `json.loads(parse_constant=...)`: Python takes NaN and Infinity, JSON has neither.

    Raises ValueError.
    """
    raise ValueError(f"{constant} is no JSON number")
