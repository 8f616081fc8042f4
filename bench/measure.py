"""A measurement, and functions that measure."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measured number. `section` and `name` identify it. A lower value is always better.

    `aim` is the highest acceptable value (None: no aim). `note` says what was measured.
    """

    section: str
    name: str
    value: float
    unit: str
    aim: float | None = None
    note: str = ""

    @property
    def key(self) -> str:
        """Return the name of the measurement in a stored run."""
        return f"{self.section}: {self.name}"

    @property
    def misses_aim(self) -> bool:
        """Return whether the value misses its aim."""
        return self.aim is not None and self.value > self.aim


def seconds(work: Callable[[], object], repeat: int = 3) -> float:
    """Return the lowest CPU time of `repeat` runs, because disturbances only increase it."""
    best = float("inf")
    for _ in range(repeat):
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
    return best


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(round(share * len(ordered)), len(ordered) - 1)]


def median_of(work: Callable[[], float], repeat: int = 5) -> float:
    """Return the median of several runs that measure themselves."""
    return statistics.median(work() for _ in range(repeat))


def wall(work: Callable[[], object]) -> float:
    """Return the wall time of one run in seconds."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def run(
    *arguments: str, environment: Mapping[str, str] | None = None, folder: Path = CHECKOUT
) -> subprocess.CompletedProcess[str]:
    """Run a Python process, and return it for any exit status."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=None if environment is None else dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )


def in_fresh_process(
    program: Path | str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    folder: Path = CHECKOUT,
) -> str:
    """Return the standard output of a Python program (a file, or text for -c).

    Raises RuntimeError with the end of its output if it fails.
    """
    called = [str(program)] if isinstance(program, Path) else ["-c", program]
    done = run(*called, *arguments, environment=environment, folder=folder)
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines() or ["no output"]
        raise RuntimeError(f"{called[0]} failed: {words[-1]}")
    return done.stdout
