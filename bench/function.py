"""The Lambda: its import, a cold and a warm invocation, its memory."""

from collections.abc import Iterator
from pathlib import Path
from shutil import make_archive
from statistics import median

from bench import lambda_process
from bench.local_account import built_rule, compliant_account
from bench.measure import Measurement

SECTION = "Lambda"
RULE = "ConfigChanges"
PROCESSES = 7
MEMORY = 256
"""MB that RDK gives a function."""


def measure() -> Iterator[Measurement]:
    """Medians over fresh processes, each importing the rule as deployed; the AWS is local."""
    with compliant_account() as aws, built_rule(aws, RULE) as folder:
        bare = median(lambda_process.bare_boto3(aws) for _ in range(PROCESSES))
        runs = [lambda_process.run(aws, folder, 3) for _ in range(PROCESSES)]
        archive = make_archive(str(folder.parent / "zip"), "zip", folder)
        size = Path(archive).stat().st_size

    def of(name: str) -> float:
        return 1e3 * median(float(run[name]) for run in runs)

    whole = median(run["boto3"] + run["rdklib"] + run["core"] for run in runs) * 1e3
    work = median(run["cpu"][0] for run in runs) * 1e3
    cold = median(run["invocations"][0] for run in runs) * 1e3
    warm = median(one for run in runs for one in run["invocations"][1:]) * 1e3
    note = f"CPU, median of {PROCESSES} fresh processes"
    yield Measurement(SECTION, "import boto3 and one client", bare * 1e3, "ms", None, note)
    yield Measurement(SECTION, "import of the whole function", whole, "ms", None, note)
    yield Measurement(SECTION, "of which boto3", of("boto3"), "ms")
    yield Measurement(SECTION, "of which rdklib", of("rdklib"), "ms")
    yield Measurement(SECTION, "of which the core", of("core"), "ms")
    share = 100 * of("core") / whole
    yield Measurement(SECTION, "the core's share", share, "%", 10, "of the import")
    yield Measurement(SECTION, "first invocation, CPU", work, "ms", None, "after the import")
    clients = f"{runs[0]['clients']} clients of boto3"
    yield Measurement(SECTION, "of which clients", of("client_seconds"), "ms", None, clients)
    share = 100 * of("core") / (whole + work)
    note = "import and first invocation"
    yield Measurement(SECTION, "the core's import in a cold start", share, "%", None, note)
    yield Measurement(SECTION, "first invocation", cold, "ms", None, "wall, after the import")
    yield Measurement(SECTION, "further invocation", warm, "ms", None, "wall")
    yield Measurement(SECTION, "zip", size / 1e3, "kB", 700)
    peak = max(run["peak"] for run in runs) / 2**10
    yield Measurement(SECTION, "peak memory", peak, "MB", MEMORY, f"of RDK's {MEMORY} MB")
