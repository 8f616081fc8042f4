"""AWS's limit for the size of a template that is sent in a request."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

MAX_TEMPLATE_BODY = 51_200
"""Bytes of a TemplateBody; larger templates go through S3 (AWS CloudFormation quotas)."""


def check_template_body(body: str | None) -> None:
    """Raise AWS's ValidationError for a template body that is too long."""
    from moto.cloudformation.exceptions import ValidationError

    if body and len(body.encode()) > MAX_TEMPLATE_BODY:
        raise ValidationError(
            message="1 validation error detected: Value at 'templateBody' failed to satisfy "
            f"constraint: Member must have length less than or equal to {MAX_TEMPLATE_BODY}"
        )


def install() -> None:
    """Check the body in every operation that takes one."""
    from moto.cloudformation.responses import CloudFormationResponse

    for name in ("create_stack", "update_stack", "create_change_set", "validate_template"):
        method = getattr(CloudFormationResponse, name)
        if not hasattr(method, "__wrapped__"):
            setattr(CloudFormationResponse, name, _checked(method))


def _checked(method: Callable[[Any], Any]) -> Callable[[Any], Any]:
    @wraps(method)
    def checked(self: Any) -> Any:
        check_template_body(self._get_param("TemplateBody"))
        return method(self)

    return checked
