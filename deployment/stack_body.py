"""Build the body of a rule's stack as RDK 1.0.0 sends it, to know its size before deployment."""

import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import yaml

from deployment.errors import DeploymentError

MOST_BYTES = 51_200
"""Of a TemplateBody (CloudFormation API reference, CreateStack). RDK uses no TemplateURL."""
SPARE_BYTES = 2_048
"""What must be left of it: a build that fills it would fail with the next change."""


def stack_body() -> str:
    """Return RDK's template. Every rule has the same one; its values are the stack's parameters.

    Raises DeploymentError if RDK is not installed.
    """
    try:
        file = distribution("rdk").locate_file("rdk/template/configRule.yaml")
    except PackageNotFoundError:
        raise DeploymentError("rdk is not installed for this Python: run make setup") from None
    return json.dumps(yaml.safe_load(Path(str(file)).read_text()), indent=2)


def check_size(name: str, body: str) -> None:
    """Raise DeploymentError if less than SPARE_BYTES of a stack's body are left."""
    left = MOST_BYTES - len(body.encode())
    if left < SPARE_BYTES:
        raise DeploymentError(
            f"stack {name} has {MOST_BYTES - left} bytes of {MOST_BYTES}, so {left} are left;"
            f" expected at least {SPARE_BYTES}: shorten the remediation's scripts or values"
        )
