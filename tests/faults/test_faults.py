"""A fault of an API call never leads to a wrong COMPLIANT, and is never left out of the report.

`make faults` injects every pair of faults into intact accounts, and every fault into every broken
account. `make test` injects one in SHARE of these, every single fault into the rule's run, and some
single faults into an audit.
"""

import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import pytest
from botocore.exceptions import BotoCoreError
from botocore.parsers import ResponseParserError

from alarmchain.cli.live.audit_account import AccountAudit
from alarmchain.cli.live.trail_owner_cache import TrailOwnerCache
from alarmchain.collector.clients import Clients
from alarmchain.collector.errors import CollectError
from alarmchain.control import Control
from alarmchain.parameters import Parameters
from alarmchain.report.findings import Failure
from alarmchain.rule import ReportError, handler
from alarmchain.snapshot.reads import ReadKind
from alarmchain.testing import Context, scheduled_event
from alarmchain.testing.account import ACCOUNT, REGION
from tests.faults.accounts import (
    BREAKS,
    CONTROL,
    FOLDER,
    ROLE,
    Account,
    Broken,
    plain,
    wide,
)
from tests.faults.harmless import HARMLESS
from tests.faults.injection import FAULTS, Injected, Place, client, in_place_of_aws

SHARE = 1 if os.environ.get("FAULTS") == "all" else 97
OTHER = Control.load(FOLDER.parent / "CloudTrailChanges")
HANDLER = handler(str(FOLDER / "ConfigChanges.py"))
RAISED = (CollectError, ReportError, BotoCoreError, ResponseParserError)
"""After these errors Lambda tries again, and the function's metrics show them."""
FORGED = {"empty answer", "empty lists", "hollow items", "nulls", "mistyped"}
"""The faults that can turn an answer that shows a break into an answer of an intact account."""
TELLING = FORGED | {"not found", "all is gone afterwards"}
"""The faults that say that something is missing in an intact account: NON_COMPLIANT is right.

After any other fault, UNKNOWN is right.
"""
WHOLE_REGION = {
    "DescribeMetricFilters": {"DescribeMetricFilters"},
    "DescribeAlarms": {"DescribeAlarms", "DescribeAlarmsForMetric"},
    "ListAlarmMuteRules": {"ListAlarmMuteRules"},
}
"""What several rules read at once for a whole region, and how each rule reads its part of it."""
BELIEVED = {"empty answer", "empty lists", "all is gone afterwards"}
"""The faults whose answers for a whole region cannot be told from AWS's."""
Chosen = Mapping[Place, str]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: a verdict with its annotation, or `raised` with the error."""

    verdict: str
    text: str

    @property
    def kind(self) -> str:
        """Return the verdict, or UNKNOWN if the annotation says so."""
        return "UNKNOWN" if self.text.startswith("UNKNOWN: ") else self.verdict


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)


def rule(aws: Injected) -> Ending:
    """Run the rule's handler as in a Lambda function."""
    event = scheduled_event("ConfigChanges", {"OrganizationTrailRoleArn": ROLE})
    with in_place_of_aws(aws):
        try:
            HANDLER(event, Context())
        except RAISED as error:
            return Ending("raised", f"{type(error).__name__}: {error}")
    (evaluation,) = aws.reported
    return Ending(evaluation["ComplianceType"], evaluation["Annotation"])


def audit(aws: Injected, before: tuple[Control, ...] = ()) -> Ending:
    """Audit the account with the same rule, after the rules `before`."""
    parameters = Parameters(organization_trail_role_arn=ROLE)
    with in_place_of_aws(aws):
        now = AT.timestamp()
        account_audit = AccountAudit(
            ACCOUNT, Clients(client, ROLE), parameters, now, TrailOwnerCache()
        )
        *_, outcome = account_audit.run((*before, CONTROL), [REGION])
    if isinstance(outcome, Failure):
        assert not outcome.error.startswith("the assessment failed"), outcome.error
        return Ending("raised", outcome.error)
    return Ending(outcome.compliance, outcome.annotation)


def audit_of_two(aws: Injected) -> Ending:
    """Audit the account with two rules, which share their reads, and return how the rule ended."""
    return audit(aws, (OTHER,))


AT = plain()["trails"][0]["Status"]["LatestCloudWatchLogsDeliveryTime"]
RUNS: Mapping[str, Callable[[Injected], Ending]] = {
    "rule": rule,
    "audit": audit,
    "audit of two": audit_of_two,
}
ACCOUNTS: Mapping[str, Callable[[], Account]] = {"plain": plain, "wide": wide}
CALLS = {
    ("rule", "plain"): 12,
    ("audit", "plain"): 11,
    ("audit of two", "plain"): 10,
    ("rule", "wide"): 17,
    ("audit", "wide"): 16,
    ("audit of two", "wide"): 14,
}


def undisturbed(run: str, account: Account) -> list[Place]:
    """Return the calls of a run without a fault."""
    aws = Injected(account)
    RUNS[run](aws)
    return aws.places


def singles(places: Iterable[Place]) -> Iterator[Chosen]:
    """Yield every fault at every call."""
    yield from ({place: fault} for place in places for fault in FAULTS)


def pairs(run: str, make: Callable[[], Account]) -> Iterator[Chosen]:
    """Yield every pair of faults in one run.

    The second fault is at each later call that the run makes after the first fault. A first fault
    that ends the run has no second.
    """
    firsts = singles(undisturbed(run, make()))
    # The steps are primes, so that each of the 20 faults is chosen.
    for number, first in enumerate(islice(firsts, 0, None, 1 if SHARE == 1 else 13)):
        aws = Injected(make(), first)
        if RUNS[run](aws).verdict == "raised":
            continue
        ((place, _),) = first.items()
        laters = singles(aws.places[aws.places.index(place) + 1 :])
        for later in islice(laters, number % SHARE, None, SHARE):
            yield {**first, **later}


def judge(
    run: str,
    make: Callable[[], Account],
    faults: Iterable[Chosen],
    fine: Callable[[Injected], bool],
    broken: bool = False,
) -> Counter[tuple[str, str]]:
    """Run with each of the faults, and return how often each kind of fault ended how.

    COMPLIANT is allowed if `fine` says so. NON_COMPLIANT is allowed if the account is broken, or if
    a fault says that something is missing.
    """
    outcomes: Counter[tuple[str, str]] = Counter()
    for chosen in faults:
        aws = Injected(make(), chosen)
        ending = RUNS[run](aws)
        about = f"{run} with {chosen}: {ending}"
        assert ending.text.strip(), about
        assert ending.text.isprintable(), about
        assert ending.verdict != "COMPLIANT" or fine(aws), about
        assert ending.kind != "NON_COMPLIANT" or broken or TELLING & set(chosen.values()), about
        for name in sorted({chosen[place] for place in aws.injected if place in chosen}):
            outcomes[name, ending.kind] += 1
        outcomes["runs", ending.kind] += 1
    return outcomes


def harmless(run: str) -> Callable[[Injected], bool]:
    """Return a function that says whether an intact account is rightly COMPLIANT.

    HARMLESS lists every noticed fault. Or several rules read a whole region in vain, and then each
    rule read what it needs.
    """

    def rightly_compliant(aws: Injected) -> bool:
        noticed = aws.injected.keys() - aws.unnoticed
        if run == "audit of two":
            noticed -= {place for place in noticed if read_again(aws, place)}
        return {(*place, aws.injected[place]) for place in noticed} <= HARMLESS.keys()

    return rightly_compliant


def read_again(aws: Injected, place: Place) -> bool:
    """Return whether a read that several rules share, or that one of them made, gave no answer, and
    a later one that returns the same followed."""
    operation, _ = place
    if operation not in WHOLE_REGION or aws.injected[place] in BELIEVED:
        return False
    later = aws.places[aws.places.index(place) + 1 :]
    return any(each in WHOLE_REGION[operation] for each, _ in later)


def show(title: str, outcomes: Counter[tuple[str, str]]) -> None:
    """Print how many faults of each kind ended how (`pytest -s` shows it)."""
    kinds = ("COMPLIANT", "NON_COMPLIANT", "UNKNOWN", "raised")
    print(f"\n{title:30}", *(f"{kind:>14}" for kind in kinds))  # noqa: T201
    names = sorted({name for name, _ in outcomes}, key=lambda name: (name == "runs", name))
    for name in names:
        print(f"{name:30}", *(f"{outcomes[name, kind]:14}" for kind in kinds))  # noqa: T201


def test_every_read_is_made() -> None:
    """The two accounts together need every kind of read, so that each gets every fault.

    Only an account without alarms needs the links to monitoring accounts, and only one rule the
    organization.
    """
    uncalled = (ReadKind.OAM_LINKS, ReadKind.ORGANIZATION)
    called = {operation for operation, _ in undisturbed("rule", wide())}
    called |= {operation for operation, _ in undisturbed("rule", plain())}
    kinds = {kind for kind in ReadKind if kind not in uncalled}
    assert called == {kind.value.partition(":")[2] for kind in kinds} | {"PutEvaluations"}


@pytest.mark.parametrize("which", ACCOUNTS)
@pytest.mark.parametrize("run", RUNS)
def test_every_fault_at_every_call(run: str, which: str) -> None:
    """A single fault ends in a right verdict, an UNKNOWN with its reason, or a raised error."""
    make = ACCOUNTS[which]
    places = undisturbed(run, make())
    assert RUNS[run](Injected(make())).verdict == "COMPLIANT"
    assert len(places) == CALLS[run, which]
    # Rule and audit share the reads and the decision.
    share = 1 if SHARE == 1 or run == "rule" else 7
    chosen = islice(singles(places), 0, None, share)
    outcomes = judge(run, make, chosen, harmless(run))
    show(f"{run}, {which}: single faults", outcomes)


@pytest.mark.parametrize("which", ACCOUNTS)
@pytest.mark.parametrize("run", RUNS)
def test_faults_in_pairs(run: str, which: str) -> None:
    """Two faults in one run end as well as a single fault; neither hides the other."""
    outcomes = judge(run, ACCOUNTS[which], pairs(run, ACCOUNTS[which]), harmless(run))
    assert outcomes
    show(f"{run}, {which}: faults in pairs", outcomes)


@pytest.mark.parametrize("which", ACCOUNTS)
@pytest.mark.parametrize("run", RUNS)
def test_faults_in_broken_accounts(run: str, which: str) -> None:
    """A broken account is COMPLIANT only if a fault forged the answer that shows the break."""
    outcomes: Counter[tuple[str, str]] = Counter()
    for number, (name, broken) in enumerate(BREAKS[which].items()):

        def make(broken: Broken = broken) -> Account:
            account = ACCOUNTS[which]()
            broken.break_it(account)
            return account

        def forged(aws: Injected, broken: Broken = broken) -> bool:
            return any(
                place[0] in broken.shown_by and fault in FORGED
                for place, fault in aws.injected.items()
            )

        assert RUNS[run](Injected(make())).verdict == "NON_COMPLIANT", name
        chosen = islice(singles(undisturbed(run, make())), number % SHARE, None, SHARE)
        outcomes += judge(run, make, chosen, forged, broken=True)
    show(f"{run}, {which}: broken", outcomes)
