"""Lays out text: colours on a terminal, plain lines elsewhere."""

import os
import shutil
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import zip_longest
from typing import Any

import click

from alarmchain.report.escape_text import visible

PLAIN_WIDTH = 80
"""Characters of a line without a terminal."""
_NARROWEST = 60
_NARROWEST_COLUMN = 20
"""The least width of a table's last column."""
_SHORTEST_PART = 12
"""The least width of a word that is broken: an account's id has as many characters."""
_GAP = "  "
"""What is between two columns of a table."""


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
    paint: Callable[[int, int, str], str] = lambda row, column, text: text,
) -> list[str]:
    """Return the lines of a table, of at most `columns` characters where that is possible.

    Cells that are too long are wrapped: those of the last column, then those of the widest. Words
    are broken only if nothing else helps, and an account's id never. `paint` returns the text of
    one line of a cell in its style, given the numbers of its row and column from 0.
    """
    cells = [[visible(cell) for cell in row] for row in rows]
    widths = _widths(list(zip(head, *cells, strict=True)), columns)
    lines = [_line(texts, widths) for texts in _wrapped_row(head, widths)]
    lines.append(_GAP.join("-" * size for size in widths))
    for number, row in enumerate(cells):
        for texts in _wrapped_row(row, widths):
            lines.append(_line(texts, widths, partial(paint, number)))
    return [line.rstrip() for line in lines]


def _widths(table_columns: Sequence[Sequence[str]], columns: int) -> list[int]:
    """Return the width of each column, given its texts."""
    widths = [max(map(len, texts)) for texts in table_columns]
    words = [max(map(len, " ".join(texts).split())) for texts in table_columns]
    last = len(widths) - 1
    room = columns - len(_GAP) * last
    _narrow(widths, [last], [*words[:last], max(_NARROWEST_COLUMN, words[last])], room)
    _narrow(widths, _widest_first(widths), words, room)
    _narrow(widths, _widest_first(widths), [min(_SHORTEST_PART, word) for word in words], room)
    return widths


def _widest_first(widths: Sequence[int]) -> list[int]:
    return sorted(range(len(widths)), key=lambda number: -widths[number])


def _narrow(widths: list[int], numbers: Iterable[int], least: Sequence[int], room: int) -> None:
    """Narrow the columns with these numbers, in order, until all columns fit or have the least."""
    for number in numbers:
        too_much = max(0, sum(widths) - room)
        widths[number] = min(widths[number], max(least[number], widths[number] - too_much))


def _wrapped_row(texts: Iterable[str], widths: Sequence[int]) -> Iterator[tuple[str, ...]]:
    """Yield the texts of each line of a row."""
    pieces = [
        textwrap.wrap(text, size, break_on_hyphens=False)
        for text, size in zip(texts, widths, strict=True)
    ]
    return zip_longest(*pieces, fillvalue="")


def _line(
    texts: Sequence[str],
    widths: Sequence[int],
    paint: Callable[[int, str], str] = lambda column, text: text,
) -> str:
    parts = []
    for column, (text, size) in enumerate(zip(texts, widths, strict=True)):
        padding = " " * (size - len(text))
        parts.append((paint(column, text) if text else "") + padding)
    return _GAP.join(parts)
