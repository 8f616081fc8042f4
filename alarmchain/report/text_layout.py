"""Where text is written: colours on a terminal, plain lines elsewhere."""

import shutil
import textwrap
from functools import cache
from typing import TYPE_CHECKING

from alarmchain.report.escape_text import visible

if TYPE_CHECKING:
    from rich.console import Console

PLAIN_WIDTH = 80
"""Characters in a line where there is no terminal to ask."""
_NARROWEST = 60


@cache
def console() -> "Console":
    """Standard output. rich is loaded here, since JSON does without it."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True)


def width() -> int:
    """Characters in a line of the terminal, or of text that goes elsewhere."""
    return max(_NARROWEST, shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns)


def wrapped(lead: str, text: str, columns: int) -> list[str]:
    """The text behind its lead, in lines of so many columns that are indented as far."""
    return textwrap.wrap(
        visible(text),
        columns,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_on_hyphens=False,
    )


def listed(rows: list[tuple[str, str]], columns: int, before: int) -> list[str]:
    """Names, each `before` columns from the left, with what is said of them beside them; where
    that is too long for one of them, below the names."""
    space = max((len(name) for name, _ in rows), default=0)
    beside = [f"{name:<{space}}  {said}".rstrip() for name, said in rows]
    if max(map(len, beside), default=0) <= columns - before:
        return beside
    return ["\n".join([name, *wrapped(" " * 6, said, columns)]) for name, said in rows]
