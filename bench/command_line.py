"""The command line: how soon it starts, how long an audit takes, and others on the same account."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from alarmchain.snapshot import to_json
from bench.accounts import large_account
from bench.calls import audit
from bench.local_account import HOME, REGIONS, asked, compliant_account, controls
from bench.measure import CHECKOUT, Measurement, in_fresh_process, median_of
from localaws.server import LocalAws

SECTION = "command line"
EXAMPLE = CHECKOUT / "docs" / "example-account.json"
_MAIN = "import sys; from alarmchain.audit.cli import main; main(sys.argv[1:])"
_AUDIT = """
import sys
from alarmchain.audit.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    sys.exit(end.code == 2)  # 1 says that something is not compliant
"""


def measure() -> Iterator[Measurement]:
    """Wall times of whole processes, the interpreter's start included."""
    bare = median_of(lambda: _timed("pass"))
    yield Measurement(SECTION, "Python alone", bare, "s")
    yield Measurement(SECTION, "--version", median_of(lambda: _timed(_MAIN, "--version")), "s")
    small = median_of(lambda: _timed(_AUDIT, "audit", "--snapshot", str(EXAMPLE)))
    yield Measurement(SECTION, "audit --snapshot", small, "s", 0.3, EXAMPLE.name)
    with TemporaryDirectory(prefix="bench-") as folder:
        file = Path(folder) / "large.json"
        file.write_text(json.dumps(to_json(large_account(controls()[0], 1))))
        large = median_of(lambda: _timed(_AUDIT, "audit", "--snapshot", str(file)), 3)
        note = f"5,000 alarms, {file.stat().st_size / 2**20:.1f} MB"
        yield Measurement(SECTION, "audit --snapshot, large", large, "s", None, note)
    with compliant_account() as aws:
        for count in (1, len(REGIONS)):
            taken = median_of(lambda: _wall(lambda: audit(aws, REGIONS[:count])), 3)  # noqa: B023
            yield Measurement(SECTION, f"audit of 4 rules x {count}", taken, "s", None, "local AWS")
            yield from _custodian(aws, REGIONS[:count], taken)


def _timed(program: str, *arguments: str) -> float:
    return _wall(lambda: in_fresh_process(program, *arguments))


def _wall(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _custodian(aws: LocalAws, regions: Sequence[str], ours: float) -> Iterator[Measurement]:
    """Cloud Custodian on the same account, where CUSTODIAN or the PATH leads to it."""
    program = shutil.which(os.environ.get("CUSTODIAN", "custodian"))
    if program is None:
        return
    with TemporaryDirectory(prefix="bench-") as folder:
        policy = Path(folder) / "policy.json"
        policy.write_text(json.dumps({"policies": [_policy(one.name) for one in controls()]}))
        command = [program, "run", "--cache-period", "0", "-s", folder, str(policy)]
        command += [word for region in regions for word in ("--region", region)]
        environment = aws.child_environment(HOME)

        def run() -> None:
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise RuntimeError(f"custodian failed: {done.stderr.strip()[-300:]}")

        calls = len(asked(aws, run))
        theirs = median_of(lambda: _wall(run), 3)
    name = f"Cloud Custodian x {len(regions)}"
    note = f"{calls} calls; {theirs / ours:.1f} times ours"
    yield Measurement(SECTION, name, theirs, "s", None, note)


def _policy(rule: str) -> dict[str, object]:
    """Custodian's check of one control: that some trail has a filter with an alarm that is told.

    Source: Cloud Custodian's reference, filter `check-cloudtrail` of resource `aws.account`.
    """
    (control,) = (one for one in controls() if one.name == rule)
    names = "|".join(call.event_name for call in control.calls["cis"])
    return {
        "name": rule.lower(),
        "resource": "aws.account",
        "filters": [
            {
                "type": "check-cloudtrail",
                "multi-region": True,
                "running": True,
                "include-management-events": True,
                "log-metric-filter-pattern": {
                    "type": "value",
                    "op": "regex",
                    "value": f".*({names}).*",
                },
            }
        ],
    }
