"""How each template of a pack is deployed, which depends on its size. Pure.

The limits are those of AWS CloudFormation (CloudFormation quotas, template body size) and of
PutConformancePack (AWS Config API reference).
"""

from collections.abc import Mapping

from deployment.errors import DeploymentError
from deployment.pack.check import MOST_BYTES

PACK_FILE, STACK_SET_FILE = "conformance-pack.yaml", "stack-set.yaml"
MOST_BODY = 51_200
"""Bytes of a template in a request of CreateStack or PutConformancePack."""
MOST_IN_S3 = 1_000_000
"""Bytes of a stack's template in S3."""


def check_sizes(templates: Mapping[str, bytes]) -> None:
    """Raise DeploymentError for a stack's template that CloudFormation refuses."""
    for name, data in templates.items():
        if len(data) > MOST_IN_S3:
            raise DeploymentError(
                f"CloudFormation would refuse {name}: it has {len(data)} bytes; at most"
                f" {MOST_IN_S3}: choose fewer rules with RULES or RULE_SET"
            )


def delivery(name: str, size: int) -> str:
    """Return how to deploy a template of this size in bytes; "" for other files."""
    if name == PACK_FILE:
        if size <= MOST_BODY:
            return f"--template-body, {MOST_BODY - size} bytes below its limit of {MOST_BODY}"
        return f"--template-s3-uri, as it has more than {MOST_BODY} bytes; at most {MOST_BYTES}"
    if name.endswith(".yaml") and size > MOST_BODY:
        option = "--template-url" if name == STACK_SET_FILE else "--s3-bucket"
        return f"{option}, as it has more than {MOST_BODY} bytes"
    return ""
