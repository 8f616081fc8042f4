"""Lays out text: colours on a terminal, plain lines elsewhere."""

import os
import shutil
import textwrap
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest
from typing import Any

import click

from alarmchain.report.escape_text import visible

PLAIN_WIDTH = 80
"""Characters of a line without a terminal."""
_NARROWEST = 60
_NARROWEST_COLUMN = 20
"""The least width of a table's last column."""


def use_color() -> bool | None:
    """Return whether to write colours: None leaves it to whether the output is a terminal.

    The environment variables NO_COLOR and FORCE_COLOR decide if they are set.
    """
    return False if os.environ.get("NO_COLOR") else True if os.environ.get("FORCE_COLOR") else None


def write(text: str = "", *, line_break: bool = True, **style: Any) -> None:
    """Write to standard output, on a terminal in a style of click.style."""
    click.secho(text, nl=line_break, color=use_color(), **style)


def width() -> int:
    """Return the number of characters of a line."""
    return max(_NARROWEST, shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns)


def wrapped(lead: str, text: str, columns: int) -> list[str]:
    """Return the text after its `lead`, in indented lines of at most `columns` characters.

    A word that is too long for a line has a longer line of its own, so that an ARN can be copied.
    """
    return textwrap.wrap(
        visible(text),
        columns,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_on_hyphens=False,
        break_long_words=False,
    )


def listed(rows: list[tuple[str, str]], columns: int, before: int) -> list[str]:
    """Return rows of a name and its text, for lines that begin with `before` other characters.

    If one of the rows is too long for a line, each text goes below its name.
    """
    longest = max((len(name) for name, _ in rows), default=0)
    lines = [f"{name:<{longest}}  {text}".rstrip() for name, text in rows]
    if max(map(len, lines), default=0) <= columns - before:
        return lines
    return ["\n".join([name, *wrapped(" " * 6, text, columns)]) for name, text in rows]


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    columns: int,
    paint: Callable[[int, str], str] = lambda number, text: text,
) -> list[str]:
    """Return the lines of a table, each of at most `columns` characters.

    Cells that are too long are wrapped: those of the last column, then those of others. `paint`
    returns the text of one line of a cell in its style, given the number of its row from 0.
    """
    cells = [[visible(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    while sum(widths) + 2 * (len(widths) - 1) > columns:
        too_much = sum(widths) + 2 * (len(widths) - 1) - columns
        last = widths[-1] > _NARROWEST_COLUMN
        widest = len(widths) - 1 if last else widths.index(max(widths))
        least = _NARROWEST_COLUMN if last else 1
        if widths[widest] <= least:
            break
        widths[widest] = max(least, widths[widest] - too_much)
    lines = ["  ".join(f"{text:<{size}}" for text, size in zip(head, widths, strict=True))]
    lines.append("  ".join("-" * size for size in widths))
    for number, row in enumerate(cells):
        pieces = [
            textwrap.wrap(cell, size, break_on_hyphens=False)
            for cell, size in zip(row, widths, strict=True)
        ]
        for line in zip_longest(*pieces, fillvalue=""):
            lines.append(_line(line, widths, number, paint))
    return [line.rstrip() for line in lines]


def _line(
    texts: Sequence[str], widths: Sequence[int], number: int, paint: Callable[[int, str], str]
) -> str:
    parts = []
    for text, size in zip(texts, widths, strict=True):
        padding = " " * (size - len(text))
        parts.append((paint(number, text) if text else "") + padding)
    return "  ".join(parts)
