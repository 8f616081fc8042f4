"""`make bench`: takes measurements, prints them and compares them with a stored run.

    python -m bench [--store] [SECTION ...]     all sections if none is named

The results are written to build/bench.json. With --store they become the run to compare with.
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
    """Measure and print. The exit status is 0 for any result: a slow machine is not an error."""
    parser = argparse.ArgumentParser(prog="make bench", description="Measure alarmchain.")
    parser.add_argument("--store", action="store_true", help="compare later runs with this run")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    options = parser.parse_args()
    unknown = [name for name in options.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"section '{unknown[0]}' is unknown; known: {', '.join(SECTIONS)}")
    before = _stored()
    taken: list[Measurement] = []
    console = Console()
    if not console.is_terminal:
        console = Console(width=140)  # a file or a log has no width
    for name in options.sections or SECTIONS:
        with console.status(f"measuring {name} ..."):
            measured = list(SECTIONS[name]())
        taken += measured
        console.print(_table(name, measured, before))
    _write(RESULT, taken, {})
    if options.store:
        _write(BASELINE, taken, before)
    missed = [measurement for measurement in taken if measurement.misses_aim]
    for measurement in missed:
        value = f"{measurement.value:.4g} {measurement.unit}"
        console.print(f"aim missed: {measurement.key}: {value}, aim {measurement.aim:g}")
    aims = sum(measurement.aim is not None for measurement in taken)
    console.print(f"{aims - len(missed)} of {aims} aims met; see {RESULT.relative_to(CHECKOUT)}")


def _table(title: str, measured: Iterable[Measurement], before: Mapping[str, Any]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", expand=False)
    table.add_column("what")
    for column in ("value", "aim", "stored", "ratio"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("of", style="dim", overflow="fold")
    for measurement in measured:
        stored = before.get(measurement.key, {}).get("value")
        ratio = "" if not stored else f"{measurement.value / stored:.2f}"
        colour = "red" if measurement.misses_aim else "default"
        table.add_row(
            measurement.name,
            f"[{colour}]{measurement.value:,.4g} {measurement.unit}[/]",
            "" if measurement.aim is None else f"{measurement.aim:g}",
            "" if stored is None else f"{stored:,.4g}",
            ratio,
            measurement.note,
        )
    return table


def _stored() -> dict[str, Any]:
    if not BASELINE.exists():
        return {}
    document = json.loads(BASELINE.read_text("utf-8"))
    return {
        f"{measurement['section']}: {measurement['name']}": measurement
        for measurement in document["measurements"]
    }


def _write(file: Path, taken: Iterable[Measurement], before: Mapping[str, Any]) -> None:
    """Write the measurements, and keep the earlier values of those not taken this time."""
    measured = {**before, **{measurement.key: asdict(measurement) for measurement in taken}}
    document = {
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "measurements": list(measured.values()),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


main()
