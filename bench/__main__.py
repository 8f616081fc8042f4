"""`make bench`: takes the measurements, shows them, and holds them against a stored run.

    python -m bench [--store] [SECTION ...]     all sections if none is named

They are written to build/bench.json; with --store they become the run to compare with.
"""

import argparse
import json
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import calls, command_line, evaluation, function, organization, patterns, scale
from bench.measure import CHECKOUT, Measurement

BASELINE = Path(__file__).with_name("baseline.json")
RESULT = CHECKOUT / "build" / "bench.json"
SECTIONS: Mapping[str, Callable[[], Iterator[Measurement]]] = {
    "patterns": patterns.measure,
    "evaluation": evaluation.measure,
    "calls": calls.measure,
    "lambda": function.measure,
    "command-line": command_line.measure,
    "organization": organization.measure,
    "scale": scale.measure,
}


def main() -> None:
    """Exit status 0 whatever is measured: a slow machine is no error."""
    parser = argparse.ArgumentParser(prog="make bench", description="Measure alarmchain.")
    parser.add_argument("--store", action="store_true", help="compare with this run from now on")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    given = parser.parse_args()
    unknown = [name for name in given.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"section '{unknown[0]}' is unknown; known: {', '.join(SECTIONS)}")
    before = _stored()
    taken: list[Measurement] = []
    console = Console()
    if not console.is_terminal:
        console = Console(width=140)  # a file or a log has no width of its own
    for name in given.sections or SECTIONS:
        with console.status(f"measuring {name} ..."):
            found = list(SECTIONS[name]())
        taken += found
        console.print(_table(name, found, before))
    _write(RESULT, taken, {})
    if given.store:
        _write(BASELINE, taken, before)
    short = [one for one in taken if one.falls_short]
    for one in short:
        console.print(f"short of its aim: {one.key}: {one.value:.4g} {one.unit}, aim {one.aim:g}")
    aims = sum(one.aim is not None for one in taken)
    console.print(f"{aims - len(short)} of {aims} aims met; see {RESULT.relative_to(CHECKOUT)}")


def _table(title: str, found: Iterable[Measurement], before: Mapping[str, Any]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", expand=False)
    table.add_column("what")
    for column in ("value", "aim", "stored", "ratio"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("of", style="dim", overflow="fold")
    for one in found:
        stored = before.get(one.key, {}).get("value")
        ratio = "" if not stored else f"{one.value / stored:.2f}"
        table.add_row(
            one.name,
            f"[{'red' if one.falls_short else 'default'}]{one.value:,.4g} {one.unit}[/]",
            "" if one.aim is None else f"{one.aim:g}",
            "" if stored is None else f"{stored:,.4g}",
            ratio,
            one.note,
        )
    return table


def _stored() -> dict[str, Any]:
    if not BASELINE.exists():
        return {}
    document = json.loads(BASELINE.read_text("utf-8"))
    return {f"{one['section']}: {one['name']}": one for one in document["measurements"]}


def _write(file: Path, taken: Iterable[Measurement], before: Mapping[str, Any]) -> None:
    """What was not measured this time stays as it was stored."""
    found = {**before, **{one.key: asdict(one) for one in taken}}
    document = {
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "measurements": list(found.values()),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


main()
