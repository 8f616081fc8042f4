"""The Lambda function: its import, a cold and a warm invocation, its memory."""

from collections.abc import Iterator
from pathlib import Path
from shutil import make_archive
from statistics import median
from typing import Any

from bench import lambda_process
from bench.local_account import built_rule, compliant_account, controls, packs_function
from bench.measure import Measurement
from deployment.build import build_function
from localaws.server import LocalAws

SECTION = "Lambda"
RULE = "ConfigChanges"
PROCESSES = 7
MEMORY = 256
"""The memory, in MB, that RDK configures for a function."""


def measure() -> Iterator[Measurement]:
    """Measure the deployed rule on a local AWS; values are medians over fresh processes."""
    with compliant_account() as aws, built_rule(aws, RULE) as folder:
        bare = median(lambda_process.bare_boto3(aws) for _ in range(PROCESSES))
        runs = [lambda_process.run(aws, folder, 3) for _ in range(PROCESSES)]
        size = _size(folder)
        build_function(folder, with_bytecode=True)
        compiled = [lambda_process.run(aws, folder, 1) for _ in range(PROCESSES)]
        compiled_size = _size(folder)
        yield from _measure_shared(aws)

    def of(name: str) -> float:
        return 1e3 * median(float(run[name]) for run in runs)

    whole = _whole(runs)
    work = median(run["cpu"][0] for run in runs) * 1e3
    cold = median(run["invocations"][0] for run in runs) * 1e3
    warm = median(seconds for run in runs for seconds in run["invocations"][1:]) * 1e3
    note = f"CPU, median of {PROCESSES} fresh processes"
    yield Measurement(SECTION, "import boto3 and one client", bare * 1e3, "ms", None, note)
    yield Measurement(SECTION, "import of the whole function", whole, "ms", None, note)
    yield Measurement(SECTION, "of which boto3", of("boto3"), "ms")
    yield Measurement(SECTION, "of which rdklib", of("rdklib"), "ms")
    yield Measurement(SECTION, "of which the core", of("core"), "ms")
    share = 100 * of("core") / whole
    yield Measurement(SECTION, "the core's share", share, "%", 10, "of the import")
    share = 1e5 * median(run["core"] for run in compiled) / _whole(compiled)
    note = f"of {_whole(compiled):.0f} ms, with COMPILED=1 and {compiled_size / 1e3:.0f} kB"
    yield Measurement(SECTION, "the core's share, compiled", share, "%", None, note)
    yield Measurement(SECTION, "first invocation, CPU", work, "ms", None, "after the import")
    clients = f"{runs[0]['clients']} clients of boto3"
    yield Measurement(SECTION, "of which clients", of("client_seconds"), "ms", None, clients)
    share = 100 * of("core") / (whole + work)
    note = "import and first invocation"
    yield Measurement(SECTION, "the core's import in a cold start", share, "%", None, note)
    yield Measurement(SECTION, "first invocation", cold, "ms", None, "wall, after the import")
    yield Measurement(SECTION, "further invocation", warm, "ms", None, "wall")
    yield Measurement(SECTION, "zip", size / 1e3, "kB", 200)
    peak = max(run["peak"] for run in runs) / 2**10
    yield Measurement(SECTION, "peak memory", peak, "MB", MEMORY, f"of RDK's {MEMORY} MB")


def _measure_shared(aws: LocalAws) -> Iterator[Measurement]:
    """Measure the function of a pack of all rules."""
    rules = [control.name for control in controls()]
    with packs_function() as folder:
        runs = [lambda_process.run_shared(aws, folder, rules) for _ in range(PROCESSES)]
        size = _size(folder)
    note = "CPU, of a pack's one function, after boto3 and rdklib"
    core = 1e3 * median(float(run["core"]) for run in runs)
    yield Measurement(SECTION, "shared: import of the core", core, "ms", None, note)
    first = 1e3 * median(run["cpu"][0] for run in runs)
    yield Measurement(SECTION, "shared: first invocation", first, "ms", None, "CPU")
    others = 1e3 * median(seconds for run in runs for seconds in run["cpu"][1:])
    note = "CPU, a rule that this process has not evaluated before"
    yield Measurement(SECTION, "shared: another rule's invocation", others, "ms", None, note)
    note = "of all rules, compressed; make pack does not compress it"
    yield Measurement(SECTION, "shared: zip", size / 1e3, "kB", None, note)
    peak = max(run["peak"] for run in runs) / 2**10
    note = f"after {len(rules)} rules"
    yield Measurement(SECTION, "shared: peak memory", peak, "MB", MEMORY, note)


def _whole(runs: list[dict[str, Any]]) -> float:
    """Return the median of the whole import, in milliseconds."""
    return 1e3 * median(float(run["boto3"] + run["rdklib"] + run["core"]) for run in runs)


def _size(folder: Path) -> int:
    """Return the bytes of the folder's zip archive."""
    return Path(make_archive(str(folder.parent / "zip"), "zip", folder)).stat().st_size
