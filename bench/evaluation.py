"""CPU and memory of one rule's evaluation of a large account that has already been read."""

import json
import sys
import tracemalloc
from collections.abc import Iterator

from alarmchain.control import Control
from alarmchain.decision.assess import assess
from alarmchain.parameters import Parameters
from alarmchain.testing.account import REGION
from bench.accounts import ALARMS, FILTERS, TOPICS, large_account
from bench.lambda_child import peak
from bench.measure import Measurement, in_fresh_process, seconds
from deployment.folders import rule_folders

SECTION = "evaluation"
RULE = "CloudTrailChanges"
TIMES = (1, 10, 100)
_PROGRAM = "from bench.evaluation import report; report()"


def measure() -> Iterator[Measurement]:
    """Measure each size in a separate process, because memory does not shrink."""
    for times in TIMES:
        measured = json.loads(in_fresh_process(_PROGRAM, str(times)))
        size = f"{FILTERS * times:,} filters, {ALARMS * times:,} alarms, {TOPICS * times:,} topics"
        once = times == 1
        first, again = measured["first"] * 1e3, measured["again"] * 1e3
        yield Measurement(SECTION, f"CPU, x{times}", first, "ms", 50 if once else None, size)
        yield Measurement(SECTION, f"CPU again, x{times}", again, "ms", None, "patterns are known")
        yield Measurement(SECTION, f"memory, x{times}", measured["memory"] / 2**20, "MB", None)
        yield Measurement(SECTION, f"process, x{times}", measured["resident"] / 2**10, "MB", None)


def report() -> None:
    """Print the measurements of one size, the program's only argument, as JSON."""
    (folder,) = rule_folders(names=[RULE])
    control = Control.load(folder)
    snapshot = large_account(control, int(sys.argv[1]))

    def work() -> None:
        assessment = assess(control, snapshot, REGION, Parameters())
        if assessment.compliance != "COMPLIANT" or assessment.missing_reads:
            raise RuntimeError(f"the account should be compliant: {assessment.annotation}")

    measured = {"first": seconds(work, 1), "again": seconds(work, 3)}
    resident = peak()
    tracemalloc.start()
    work()
    measured |= {"memory": tracemalloc.get_traced_memory()[1], "resident": resident}
    sys.stdout.write(json.dumps(measured))
