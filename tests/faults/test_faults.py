"""No fault of an API call ends in a COMPLIANT that is not so, nor in silence."""

import copy
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError
from botocore.parsers import ResponseParserError

from alarmchain.audit.live import AccountAudit
from alarmchain.audit.shared import Shared
from alarmchain.collecting import Clients, CollectError
from alarmchain.control import Control
from alarmchain.parameters import Parameters
from alarmchain.report.findings import Failure
from alarmchain.rule import ReportError, handler
from alarmchain.testing import Context, scheduled_event
from alarmchain.testing.account import ACCOUNT, REGION, good_account
from deployment.folders import CHECKOUT
from tests.faults.injection import FAULTS, Injected, Place, client, in_place_of_aws

FOLDER = CHECKOUT / "rules" / "ConfigChanges"
CONTROL = Control.load(FOLDER)
HANDLER = handler(str(FOLDER / "ConfigChanges.py"))
RAISED = (CollectError, ReportError, BotoCoreError, ResponseParserError)
"""With these Lambda tries again, and the function's errors show."""
SWEPT = "DescribeAlarms is asked then, and tells the alarm as well"
DEFAULTS = "a selector without members has the documented defaults, and records everything"
NO_LIST = "no list is what an empty one says"
LAST = "nothing of the account is read after it"
HARMLESS: dict[tuple[str, int, str], str] = {
    **{
        ("DescribeAlarmsForMetric", 0, fault): SWEPT
        for fault in ("denied", "not found", "invalid", "empty answer", "empty lists", "mistyped")
    },
    ("DescribeAlarmsForMetric", 0, "second page is refused"): SWEPT,
    ("GetEventSelectors", 0, "hollow items"): DEFAULTS,
    ("GetEventSelectors", 0, "nulls"): DEFAULTS,
    ("ListAlarmMuteRules", 0, "empty answer"): NO_LIST,
    ("DescribeMetricFilters", 1, "all is gone afterwards"): LAST,
    ("PutEvaluations", 0, "all is gone afterwards"): LAST,
    ("PutEvaluations", 0, "empty answer"): NO_LIST,
    ("PutEvaluations", 0, "second page is refused"): "it does not page",
}
"""The faults after which COMPLIANT is right although the answer was another, each with why."""
IN_PAIRS = ("denied", "empty answer")
"""The faults that are also injected two at a time: after them the rule goes on."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: a verdict with its words, or what was raised."""

    verdict: str
    words: str

    @property
    def kind(self) -> str:
        """What it counts as."""
        return "UNKNOWN" if self.words.startswith("UNKNOWN: ") else self.verdict


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)


def rule(aws: Injected) -> Ending:
    """The rule's handler, run as in a Lambda."""
    with in_place_of_aws(aws):
        try:
            HANDLER(scheduled_event("ConfigChanges", {}), Context())
        except RAISED as error:
            return Ending("raised", f"{type(error).__name__}: {error}")
    (evaluation,) = aws.reported
    return Ending(evaluation["ComplianceType"], evaluation["Annotation"])


def audit(aws: Injected) -> Ending:
    """The audit of the same rule."""
    with in_place_of_aws(aws):
        now = aws.account["trails"][0]["Status"]["LatestCloudWatchLogsDeliveryTime"].timestamp()
        account_audit = AccountAudit(ACCOUNT, Clients(client), Parameters(), now, Shared())
        (found,) = account_audit.run((CONTROL,), [REGION])
    if isinstance(found, Failure):
        return Ending("raised", found.error)
    return Ending(found.compliance, found.annotation)


RUNS = {"rule": rule, "audit": audit}
ACCOUNT_DATA = good_account(CONTROL)


def account() -> Mapping[str, Any]:
    """An account in which the chain is whole."""
    return copy.deepcopy(ACCOUNT_DATA)


def singles(run: str) -> Iterator[Mapping[Place, str]]:
    """Every fault at every call of an undisturbed run."""
    aws = Injected(account())
    assert RUNS[run](aws).verdict == "COMPLIANT"
    assert len(aws.places) == {"rule": 12, "audit": 11}[run]
    yield from ({place: fault} for place in aws.places for fault in FAULTS)


def pairs() -> Iterator[Mapping[Place, str]]:
    """Two faults in one run of the rule."""
    aws = Injected(account())
    rule(aws)
    for first, second in combinations(aws.places, 2):
        for one in IN_PAIRS:
            for other in IN_PAIRS:
                yield {first: one, second: other}


def judge(run: str, faults: Iterable[Mapping[Place, str]]) -> Counter[tuple[str, str]]:
    """Runs with each of the faults; how each kind of fault ended."""
    outcomes: Counter[tuple[str, str]] = Counter()
    for chosen in faults:
        aws = Injected(account(), chosen)
        ending = RUNS[run](aws)
        about = f"{run} with {chosen}: {ending}"
        assert ending.words.strip(), about
        assert "\n" not in ending.words, about
        assert ending.words.isprintable(), about
        if ending.verdict == "COMPLIANT":
            noticed = aws.injected.keys() - aws.unnoticed
            assert {(*place, aws.injected[place]) for place in noticed} <= HARMLESS.keys(), about
        for name in sorted({chosen[place] for place in aws.injected if place in chosen}):
            outcomes[name, ending.kind] += 1
    return outcomes


def show(title: str, outcomes: Counter[tuple[str, str]]) -> None:
    """Prints how many faults of each kind ended how (pytest -s shows it)."""
    kinds = ("COMPLIANT", "NON_COMPLIANT", "UNKNOWN", "raised")
    print(f"\n{title:24}", *(f"{kind:>14}" for kind in kinds))  # noqa: T201
    for name in sorted({name for name, _ in outcomes}):
        print(f"{name:24}", *(f"{outcomes[name, kind]:14}" for kind in kinds))  # noqa: T201


@pytest.mark.parametrize("run", RUNS)
def test_every_fault_at_every_call(run: str) -> None:
    """One at a time: a right verdict, an UNKNOWN that says why, or an error that is raised."""
    outcomes = judge(run, singles(run))
    show(f"{run}: single faults", outcomes)
    assert outcomes.total() == {"rule": 12, "audit": 11}[run] * len(FAULTS)


def test_faults_in_pairs() -> None:
    """Two in one run: neither makes up for the other."""
    outcomes = judge("rule", pairs())
    show("rule: faults in pairs", outcomes)
    assert outcomes.total() > 300
