"""A value that AWS Config hands to a remediation's document: whether both take it."""

from collections.abc import Mapping
from typing import Any

from alarmchain.remediation.parameters import refusal
from deployment.errors import ProblemError

MOST_CHARACTERS = 256
"""Of a static value (AWS Config API reference, StaticValue)."""


def check_static_value(rule: str, name: str, value: str, declared: Mapping[str, Any]) -> None:
    """`declared`: the document's parameter. Raises ProblemError, so that it is told before a
    deployment and not by the first run."""
    if not value:
        raise ProblemError(f"{rule}: {name} is empty; leave it out for its default")
    if problem := refusal(name, value, declared):
        raise ProblemError(f"{rule}: {problem}")
    if len(value) > MOST_CHARACTERS:
        raise ProblemError(
            f"{rule}: {name} has {len(value)} characters; a remediation takes {MOST_CHARACTERS}"
        )
