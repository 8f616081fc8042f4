"""An audit of an organization: ten accounts in 17 regions, compliant, and with injected faults."""

import re
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench.calls import by_name
from bench.local_account import HOME, REGIONS, controls
from bench.measure import CHECKOUT, Measurement, run
from demo.account import FAULTS, Fault, make_account
from localaws.accounts import DEFAULT_ACCOUNT
from localaws.server import LocalAws

SECTION = "organization"
ROLE = "alarmchain-audit"
MEMBERS = {
    "Payments": {name: Fault(None) for name in FAULTS},
    "Web Shop": FAULTS,
    "Data Lake": {name: Fault(None) for name in FAULTS},
    "Sandbox": None,
    "Log Archive": {name: Fault(None) for name in FAULTS},
    "Staging": FAULTS,
    "Human Resources": FAULTS,
    "Build Farm": {name: Fault(None) for name in FAULTS},
    "Acquired Ltd": None,
}
"""The member accounts with the faults of each (None: nothing exists)."""
DISABLED = "sa-east-1"
PAGES = CHECKOUT / "build" / "organization"


def measure() -> Iterator[Measurement]:
    """Measure wall times and calls. The HTML pages stay in build/organization."""
    PAGES.mkdir(parents=True, exist_ok=True)
    with LocalAws() as aws:
        members = _organization(aws)
        yield from _audited(aws, "10 accounts x 17 regions", "whole", 1)
        inject(aws, list(members.values()))
        yield from _audited(aws, "the same, faults injected", "faults", 2)


def inject(aws: LocalAws, members: list[str]) -> None:
    """Inject one fault of each kind: a region, a read, throttling, a service, three roles.

    Roles are assumed by calls from the caller's account, so the first three calls are refused.
    """
    aws.fail("cloudtrail:*", "InternalError", 500, None, account=members[4])
    aws.fail("*:*", "UnrecognizedClientException", 400, None, account=members[5], region=DISABLED)
    aws.deny("sns:ListSubscriptionsByTopic", account=members[6])
    aws.fail("logs:DescribeMetricFilters", "ThrottlingException", 400, 2, account=members[7])
    aws.fail("sts:AssumeRole", "AccessDenied", 403, 3, message="not authorized")


def _organization(aws: LocalAws) -> dict[str, str]:
    """Return the members' ids by name. Every account but the empty ones has a trail and alarms."""
    client = aws.client("organizations")
    client.create_organization(FeatureSet="ALL")
    members = {}
    for name, faults in MEMBERS.items():
        email = f"{re.sub(r'[^a-z]', '', name.lower())}@example.com"
        status = client.create_account(AccountName=name, Email=email)["CreateAccountStatus"]
        members[name] = account = str(status["AccountId"])
        if faults is not None:
            _fill(aws, account, faults)
    _fill(aws, DEFAULT_ACCOUNT, FAULTS)
    return members


def _fill(aws: LocalAws, account: str, faults: dict[str, Fault]) -> None:
    def clients(service: str, region: str) -> object:
        return aws.client(service, region, account)

    make_account(clients, account, (HOME,), controls(), faults)


def _audited(aws: LocalAws, name: str, page: str, status: int) -> Iterator[Measurement]:
    """Run one audit by the command line in a separate process; it must end with `status`."""
    aws.calls.clear()
    file = PAGES / f"{page}.html"
    begin = time.perf_counter()
    done = run(*_command(file), environment=aws.child_environment(HOME))
    wall = time.perf_counter() - begin
    if done.returncode != status or not file.exists():
        raise RuntimeError(f"audit ended with {done.returncode}: {done.stderr}")
    (file.with_suffix(".txt")).write_text(done.stdout + done.stderr, encoding="utf-8")
    summary = done.stdout.partition(";")[0]
    yield Measurement(SECTION, f"{name}: wall time", wall, "s", None, summary)
    calls = Counter(call.account for call in aws.calls)
    middle = statistics.median(calls.values())
    note = ", ".join(f"{count}" for _, count in sorted(calls.items()))
    yield Measurement(SECTION, f"{name}: calls an account", middle, "calls", None, note)
    filled = max(
        (account for account in calls if account != DEFAULT_ACCOUNT), key=calls.__getitem__
    )
    named = by_name(call.action for call in aws.calls if call.account == filled)
    yield Measurement(SECTION, f"{name}: most", calls[filled], "calls", None, named)


def _command(file: Path) -> list[str]:
    regions = [word for region in REGIONS for word in ("--region", region)]
    regions += [word for control in controls() for word in ("--rule", control.name)]
    options = ["--organization", "--role-name", ROLE, "--format", "html", "--output", str(file)]
    return ["-m", "alarmchain", "audit", *options, *regions]
