"""The table of an audit as text: rules and regions of one account, with what does not hold."""

import io
from collections.abc import Callable, Iterable

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from alarmchain.decision.assessment import Assessment
from alarmchain.report.escape_text import visible
from alarmchain.report.findings import OUTCOMES


def table(ones: Iterable[Assessment], words: Callable[[Assessment], str], width: int) -> str:
    """A row for each rule and region, in lines of at most `width` characters; regions of which
    the same `words` are told share them."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for one in ones:
        key = (one.rule, OUTCOMES[one.outcome.value], words(one))
        rows.setdefault(key, []).append(one.region)
    found = Table(box=box.ASCII2, show_edge=False, pad_edge=False, expand=False)
    for column in ("rule", "region", "verdict"):
        found.add_column(column, no_wrap=True)
    found.add_column("the chain, or its broken link", overflow="fold")
    for (rule, verdict, told), regions in rows.items():
        cells = (rule, "\n".join(regions), verdict, told)
        found.add_row(*(Text(visible(cell)) for cell in cells))
    out = io.StringIO()
    Console(file=out, width=width, color_system=None).print(found)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())
