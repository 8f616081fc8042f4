"""Check a value that AWS Config passes to a remediation's document."""

from collections.abc import Mapping
from typing import Any

from alarmchain.remediation.parameters import value_error
from deployment.errors import DeploymentError

MOST_CHARACTERS = 256
"""Of a static value (AWS Config API reference, StaticValue)."""


def check_static_value(rule: str, name: str, value: str, declared: Mapping[str, Any]) -> None:
    """Raise DeploymentError if AWS Config or the document would refuse the value.

    `declared` is the parameter in the document. Without this check the first run would fail.
    """
    if not value:
        raise DeploymentError(f"{rule}: {name} is empty; leave it out to use its default")
    if error := value_error(name, value, declared):
        raise DeploymentError(f"{rule}: {error}")
    if len(value) > MOST_CHARACTERS:
        raise DeploymentError(
            f"{rule}: {name} has {len(value)} characters;"
            f" a remediation takes at most {MOST_CHARACTERS}"
        )
