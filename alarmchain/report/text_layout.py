"""Lays out text: colours on a terminal, plain lines elsewhere."""

import os
import shutil
import textwrap
from typing import Any

import click

from alarmchain.report.escape_text import visible

PLAIN_WIDTH = 80
"""Characters of a line without a terminal."""
_NARROWEST = 60


def write(text: str = "", *, line_break: bool = True, **style: Any) -> None:
    """Write to standard output, on a terminal in a style of click.style.

    The environment variables NO_COLOR and FORCE_COLOR override whether the style is used.
    """
    color = False if os.environ.get("NO_COLOR") else True if os.environ.get("FORCE_COLOR") else None
    click.secho(text, nl=line_break, color=color, **style)


def width() -> int:
    """Return the number of characters of a line."""
    return max(_NARROWEST, shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns)


def wrapped(lead: str, text: str, columns: int, *, cut_words: bool = True) -> list[str]:
    """Return the text after its `lead`, in indented lines of at most `columns` characters.

    Unless `cut_words`, a word that is too long for a line has a longer line of its own.
    """
    return textwrap.wrap(
        visible(text),
        columns,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_on_hyphens=False,
        break_long_words=cut_words,
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
