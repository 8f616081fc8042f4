"""The expected results of the demo's steps, and their checks."""

from collections.abc import Iterable

from demo.account import FAULTS, NO_FAULT
from demo.config import Verdict
from demo.errors import DiffersError
from demo.steps import Notification

RANG = "CloudTrail Changes"
"""The alarm for StopLogging. Remediation adds a suffix to the name if the name is in use."""


def check_before(verdicts: Iterable[Verdict]) -> None:
    """Check that exactly the faulty chains are NON_COMPLIANT, and that annotations name the fault.

    Raises DiffersError for the first unexpected verdict.
    """
    for verdict in verdicts:
        fault = FAULTS.get(verdict.rule, NO_FAULT)
        expected = "NON_COMPLIANT" if fault.description else "COMPLIANT"
        if verdict.compliance != expected or fault.named not in verdict.annotation:
            naming = f" with an annotation that names '{fault.named}'" if fault.named else ""
            raise DiffersError(f"{_describe(verdict)}; expected: {expected}{naming}")


def check_after(verdicts: Iterable[Verdict]) -> None:
    """Check that every verdict is COMPLIANT. Raises DiffersError for the first that is not."""
    for verdict in verdicts:
        if verdict.compliance != "COMPLIANT":
            raise DiffersError(f"{_describe(verdict)}; expected: COMPLIANT")


def check_rang(notification: Notification) -> None:
    """Check that the alarm on CloudTrail changes went into ALARM. Raises DiffersError if not."""
    if not notification.alarm.startswith(RANG) or notification.state != "ALARM":
        raise DiffersError(
            f"alarm '{notification.alarm}' is {notification.state}; expected: '{RANG}' in ALARM"
        )


def _describe(verdict: Verdict) -> str:
    return f"{verdict.rule} in {verdict.region} is {verdict.compliance} ('{verdict.annotation}')"
