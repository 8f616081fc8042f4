"""The table of an audit as text: rules and regions of one account, and what is broken."""

import textwrap
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest

from alarmchain.decision.assessment import Assessment
from alarmchain.report.escape_text import visible
from alarmchain.report.findings import OUTCOMES

_HEAD = ("rule", "region", "verdict", "the chain, or its broken link")
_NARROWEST = 20
"""The least width of the last column."""


def audit_table(
    assessments: Iterable[Assessment], describe: Callable[[Assessment], str], width: int
) -> str:
    """Return a row for each rule and region, in lines of at most `width` characters.

    Regions with the same verdict and the same text of `describe` share a row.
    """
    regions: dict[tuple[str, str, str], list[str]] = {}
    for assessment in assessments:
        key = (assessment.rule, OUTCOMES[assessment.outcome.value], describe(assessment))
        regions.setdefault(key, []).append(assessment.region)
    rows = [
        ([rule], names, [verdict], visible(description).splitlines())
        for (rule, verdict, description), names in regions.items()
    ]
    columns = list(zip(([text] for text in _HEAD), *rows, strict=True))
    widths = [_longest(line for cell in column for line in cell) for column in columns[:-1]]
    rest = max(width - sum(widths) - 3 * len(widths), _NARROWEST)
    wrapped = [[piece for line in cell for piece in _wrap(line, rest)] for cell in columns[-1]]
    widths.append(_longest(line for cell in wrapped for line in cell))
    head, *body = zip(*columns[:-1], wrapped, strict=True)
    lines = [*_lines(head, widths), "-+-".join("-" * each for each in widths)]
    return "\n".join([*lines, *(line for row in body for line in _lines(row, widths))])


def _longest(lines: Iterable[str]) -> int:
    return max(map(len, lines), default=0)


def _wrap(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, width, break_on_hyphens=False) or [""]


def _lines(row: Sequence[list[str]], widths: Sequence[int]) -> list[str]:
    """Return the lines of a row; a cell with fewer lines than others is filled with spaces."""
    return [
        " | ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()
        for cells in zip_longest(*row, fillvalue="")
    ]
