"""Other tools on the same account, if CUSTODIAN and PROWLER, or the PATH, name their programs.

They need their own environments, because their dependencies conflict with ours.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.local_account import HOME, calls_of, controls
from bench.measure import Measurement, median_of, wall
from localaws.server import LocalAws

SECTION = "command line"
CHECKS = {
    "CMKChanges": "disable_or_scheduled_deletion_of_kms_cmk",
    "CloudTrailChanges": "and_alarm_for_cloudtrail_configuration_changes_enabled",
    "ConfigChanges": "and_alarm_for_aws_config_configuration_changes_enabled",
    "SecurityGroupChanges": "security_group_changes",
}
"""Prowler's checks of the controls, without the prefix `cloudwatch_log_metric_filter_`."""


def measure(aws: LocalAws, regions: Sequence[str], ours: float) -> Iterator[Measurement]:
    """Measure each tool's wall time and calls. `ours` is our wall time in seconds."""
    for name, command in {"Cloud Custodian": _custodian, "Prowler": _prowler}.items():
        word = name.split()[-1]
        program = shutil.which(os.environ.get(word.upper(), word.lower()))
        if program is None:
            sys.stderr.write(
                f"{name} is skipped: neither the PATH nor {word.upper()} has '{word.lower()}'\n"
            )
            continue
        with TemporaryDirectory(prefix="bench-") as folder:
            run = _run(aws, Path(folder), command(program, Path(folder), regions))
            calls = len(calls_of(aws, run))
            theirs = median_of(lambda: wall(run), 3)  # noqa: B023
        note = f"{calls} calls; {theirs / ours:.1f} times ours"
        yield Measurement(SECTION, f"{name} x {len(regions)}", theirs, "s", None, note)


def _run(aws: LocalAws, folder: Path, command: Sequence[str]) -> Callable[[], None]:
    """Return a function that runs a program. Exit status 3 is Prowler's for failed findings."""

    def run() -> None:
        environment = {**aws.child_environment(HOME), "HOME": str(folder)}
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode not in (0, 3):
            words = (done.stderr or done.stdout).strip()[-300:]
            raise RuntimeError(f"{Path(command[0]).name} failed: {words}")

    return run


def _prowler(program: str, folder: Path, regions: Sequence[str]) -> list[str]:
    checks = [
        f"cloudwatch_log_metric_filter_{CHECKS[control.name]}"
        for control in controls()
        if control.name in CHECKS
    ]
    output = ["--output-formats", "csv", "--output-directory", str(folder / "output")]
    return [program, "aws", "--no-banner", *output, "--region", *regions, "--checks", *checks]


def _custodian(program: str, folder: Path, regions: Sequence[str]) -> list[str]:
    policy = folder / "policy.json"
    policy.write_text(json.dumps({"policies": [_policy(control.name) for control in controls()]}))
    region_options = [word for region in regions for word in ("--region", region)]
    return [program, "run", "--cache-period", "0", "-s", str(folder), str(policy), *region_options]


def _policy(rule: str) -> dict[str, object]:
    """Return Custodian's check of one control: a trail has a filter with an alarm.

    Source: Cloud Custodian's reference, filter `check-cloudtrail` of resource `aws.account`.
    """
    (control,) = (control for control in controls() if control.name == rule)
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
