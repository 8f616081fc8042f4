"""The command line: its start, the time of an audit, and other tools on the same account."""

import json
import resource
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from alarmchain.snapshot.snapshot_json import to_json
from bench import peers
from bench.accounts import large_account
from bench.calls import audit
from bench.local_account import REGIONS, compliant_account, controls
from bench.measure import CHECKOUT, Measurement, in_fresh_process, median_of, wall

SECTION = "command line"
EXAMPLE = CHECKOUT / "docs" / "example-account.json"
_MAIN = "import sys; from alarmchain.cli.main import main; main(sys.argv[1:])"
_AUDIT = """
import sys
from alarmchain.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    sys.exit(end.code == 2)  # 1 means that a result is not compliant
"""


def measure() -> Iterator[Measurement]:
    """Measure wall times of whole processes, including the interpreter's start."""
    bare = median_of(lambda: _timed("pass"))
    yield Measurement(SECTION, "Python alone", bare, "s")
    yield Measurement(SECTION, "--version", median_of(lambda: _timed(_MAIN, "--version")), "s")
    small = ("audit", "--snapshot", str(EXAMPLE))
    taken = median_of(lambda: _timed(_AUDIT, *small))
    yield Measurement(SECTION, "audit --snapshot", taken, "s", 0.3, EXAMPLE.name)
    taken = median_of(lambda: _cpu(_AUDIT, *small))
    note = "other work on the machine does not change it"
    yield Measurement(SECTION, "audit --snapshot, CPU", taken, "s", 0.3, note)
    with TemporaryDirectory(prefix="bench-") as folder:
        file = Path(folder) / "large.json"
        file.write_text(json.dumps(to_json(large_account(controls()[0], 1))))
        large = median_of(lambda: _timed(_AUDIT, "audit", "--snapshot", str(file)), 3)
        note = f"5,000 alarms, {file.stat().st_size / 2**20:.1f} MB"
        yield Measurement(SECTION, "audit --snapshot, large", large, "s", None, note)
    with compliant_account() as aws:
        for count in (1, len(REGIONS)):
            taken = median_of(lambda: wall(lambda: audit(aws, REGIONS[:count])), 3)  # noqa: B023
            yield Measurement(SECTION, f"audit of 4 rules x {count}", taken, "s", None, "local AWS")
            yield from peers.measure(aws, REGIONS[:count], taken)


def _timed(program: str, *arguments: str) -> float:
    return wall(lambda: in_fresh_process(program, *arguments))


def _cpu(program: str, *arguments: str) -> float:
    """Return the seconds of CPU time, including the system's."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    in_fresh_process(program, *arguments)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
