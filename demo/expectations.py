"""What the demo announces, and the check that it came so."""

from collections.abc import Iterable

from demo.account import FAULTS, RIGHT
from demo.config import Verdict
from demo.errors import DiffersError
from demo.steps import Notification

RANG = "CloudTrail Changes"
"""The alarm that StopLogging must ring; remediation may have had to add a suffix to the name."""


def check_before(verdicts: Iterable[Verdict]) -> None:
    """Each faulty chain is NON_COMPLIANT and its annotation names the fault; the right one is not.

    Raises DiffersError for the first verdict that differs.
    """
    for verdict in verdicts:
        fault = FAULTS.get(verdict.rule, RIGHT)
        wanted = "NON_COMPLIANT" if fault.words else "COMPLIANT"
        if verdict.compliance != wanted or fault.named not in verdict.annotation:
            naming = f" naming '{fault.named}'" if fault.named else ""
            raise DiffersError(f"{_shown(verdict)}; announced: {wanted}{naming}")


def check_after(verdicts: Iterable[Verdict]) -> None:
    """Every verdict is COMPLIANT. Raises DiffersError for the first that is not."""
    for verdict in verdicts:
        if verdict.compliance != "COMPLIANT":
            raise DiffersError(f"{_shown(verdict)}; announced: COMPLIANT")


def check_rang(told: Notification) -> None:
    """The alarm on CloudTrail changes went into ALARM. Raises DiffersError otherwise."""
    if not told.alarm.startswith(RANG) or told.state != "ALARM":
        raise DiffersError(f"alarm '{told.alarm}' is {told.state}; announced: '{RANG}' in ALARM")


def _shown(verdict: Verdict) -> str:
    return f"{verdict.rule} in {verdict.region} is {verdict.compliance} ('{verdict.annotation}')"
