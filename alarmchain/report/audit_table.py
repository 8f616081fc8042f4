"""The table of an audit as text: rules and regions of one account, and what is broken."""

import io
from collections.abc import Callable, Iterable

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from alarmchain.decision.assessment import Assessment
from alarmchain.report.escape_text import visible
from alarmchain.report.findings import OUTCOMES


def audit_table(
    assessments: Iterable[Assessment], describe: Callable[[Assessment], str], width: int
) -> str:
    """Return a row for each rule and region, in lines of at most `width` characters.

    Regions with the same verdict and the same text of `describe` share a row.
    """
    rows: dict[tuple[str, str, str], list[str]] = {}
    for assessment in assessments:
        key = (assessment.rule, OUTCOMES[assessment.outcome.value], describe(assessment))
        rows.setdefault(key, []).append(assessment.region)
    table = Table(box=box.ASCII2, show_edge=False, pad_edge=False, expand=False)
    for column in ("rule", "region", "verdict"):
        table.add_column(column, no_wrap=True)
    table.add_column("the chain, or its broken link", overflow="fold")
    for (rule, verdict, description), regions in rows.items():
        cells = (rule, "\n".join(regions), verdict, description)
        table.add_row(*(Text(visible(cell)) for cell in cells))
    out = io.StringIO()
    Console(file=out, width=width, color_system=None).print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())
