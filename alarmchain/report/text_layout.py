"""Lays out text: colours on a terminal, plain lines elsewhere."""

import shutil
import textwrap
from functools import cache
from typing import TYPE_CHECKING

from alarmchain.report.escape_text import visible

if TYPE_CHECKING:
    from rich.console import Console

PLAIN_WIDTH = 80
"""Characters of a line without a terminal."""
_NARROWEST = 60


@cache
def console() -> "Console":
    """Return standard output. rich is loaded here, because JSON does not need it."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True)


def width() -> int:
    """Return the number of characters of a line."""
    return max(_NARROWEST, shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns)


def wrapped(lead: str, text: str, columns: int) -> list[str]:
    """Return the text after its `lead`, in indented lines of at most `columns` characters."""
    return textwrap.wrap(
        visible(text),
        columns,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_on_hyphens=False,
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
