"""The number of API calls of each rule, and of an audit of all rules in 1 and in 17 regions."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator

from alarmchain.control import Control, known_controls
from bench import lambda_process
from bench.local_account import HOME, REGIONS, built_rule, calls_of, compliant_account, controls
from bench.measure import Measurement, in_fresh_process
from localaws.server import LocalAws

SECTION = "API calls"
_AUDIT = """
import sys
from alarmchain.cli.main import main
main(["audit", "--format", "json", *sys.argv[1:]])
"""


def measure() -> Iterator[Measurement]:
    """Count the calls that reach a local AWS."""
    few = controls()
    every = tuple(known_controls().values())
    with compliant_account(*(control for control in every if control not in few)) as aws:
        for control in few:
            with built_rule(aws, control.name) as folder:
                calls = calls_of(aws, lambda: lambda_process.run(aws, folder, 1))
            yield Measurement(SECTION, control.name, len(calls), "calls", None, by_name(calls))
        for rules in (few, every):
            for count in (1, len(REGIONS)):
                calls = calls_of(aws, lambda: audit(aws, REGIONS[:count], rules))  # noqa: B023
                aim = None if count == 1 else 2 * count + len(rules)
                name = f"audit of {len(rules)} rules in {count} region{'s' * (count > 1)}"
                yield Measurement(SECTION, name, len(calls), "calls", aim, by_name(calls))


def audit(aws: LocalAws, regions: Iterable[str], rules: Iterable[Control] = ()) -> None:
    """Run `alarmchain audit` of the regions in a separate process; nothing may be NON_COMPLIANT.

    `rules`: those of the demo by default.
    """
    options = [word for region in regions for word in ("--region", region)]
    options += [word for control in rules or controls() for word in ("--rule", control.name)]
    environment = aws.child_environment(HOME)
    report = json.loads(in_fresh_process(_AUDIT, *options, environment=environment))
    wrong = [
        result["annotation"]
        for result in report["results"]
        if result["compliance"] == "NON_COMPLIANT"
    ]
    if wrong or report["errors"]:
        raise RuntimeError(f"the account should be compliant: {wrong or report['errors']}")


def by_name(calls: Iterable[str]) -> str:
    """Return `sns:GetTopicAttributes x2, ...`, the most frequent call first."""
    counted = Counter(calls).most_common()
    return ", ".join(f"{name} x{count}" if count > 1 else name for name, count in counted)
