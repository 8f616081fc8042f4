"""AWS's limits for the size of a template that is in a request, or in S3."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from localaws.accounts import principal_of

MAX_TEMPLATE_BODY = 51_200
"""Bytes of a TemplateBody; larger templates go through S3 (AWS CloudFormation quotas)."""
MAX_TEMPLATE_IN_S3 = 1_000_000
"""Bytes of a template at a TemplateURL (AWS CloudFormation quotas: 1 MB)."""


def check_template_body(body: str | None) -> None:
    """Raise AWS's ValidationError for a template body that is too long."""
    if body:
        _check(body, "templateBody", MAX_TEMPLATE_BODY)


def _check(body: str, member: str, most: int) -> None:
    from moto.cloudformation.exceptions import ValidationError

    if len(body.encode()) > most:
        raise ValidationError(
            message=f"1 validation error detected: Value at '{member}' failed to satisfy "
            f"constraint: Member must have length less than or equal to {most}"
        )


def install() -> None:
    """Check the template in every operation that takes one."""
    from moto.cloudformation.responses import CloudFormationResponse

    for name in ("create_stack", "update_stack", "create_change_set", "validate_template"):
        method = getattr(CloudFormationResponse, name)
        if not hasattr(method, "__wrapped__"):
            setattr(CloudFormationResponse, name, _checked(method))
    read = CloudFormationResponse._get_stack_from_s3_url
    if not hasattr(read, "__wrapped__"):
        CloudFormationResponse._get_stack_from_s3_url = _checked_read(read)  # type: ignore[method-assign]


def _checked(method: Callable[[Any], Any]) -> Callable[[Any], Any]:
    @wraps(method)
    def checked(self: Any) -> Any:
        # AWS Config, which acts as CloudFormation here, takes a pack's template through S3.
        if principal_of(self.access_key) != "cloudformation":
            check_template_body(self._get_param("TemplateBody"))
        return method(self)

    return checked


def _checked_read(read: Callable[[Any, str], str]) -> Callable[[Any, str], str]:
    @wraps(read)
    def checked(self: Any, template_url: str) -> str:
        body = read(self, template_url)
        _check(body, "templateURL", MAX_TEMPLATE_IN_S3)
        return body

    return checked
